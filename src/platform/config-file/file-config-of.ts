import { checkRule } from "../../core/rollup/rules/check-rule.ts";
import type { JobConfig, RuleConfig } from "../../core/rollup/rules/rule-config.ts";
import { renderSelector, type Selector } from "../../core/selector/selector.ts";
import type { FileConfig, FileFlink, FileSetting } from "./file-config.ts";
import { emptyFileConfig } from "./file-config.ts";
import { FLINK_FLAGS, type FileKeys, type FlinkKeys, type JobKeys, type RuleKeys } from "./keys.ts";
import type { Marks } from "./read-yaml.ts";
import type { Section } from "./section-shape.ts";

type Report = (at: number, message: string) => void;

/** What the sections of a file mean together. Reports what contradicts itself though each key is well written. */
export function fileConfigOf({ values }: Section<FileKeys>, report: Report, marks: Marks): FileConfig {
  const rules = (values.rules ?? []).map((entry) => ruleOf(entry, report));
  const jobs = (values.jobs ?? []).map((entry) => jobOf(entry, report));
  reportUnreachable(values.rules ?? [], report, marks);
  reportUnreachable(values.jobs ?? [], report, marks);
  return {
    rules: rules.filter((rule) => rule !== undefined),
    jobs: jobs.filter((job) => job !== undefined),
    flink: flinkOf(values.flink),
    permissions: values.permissions ?? emptyFileConfig.permissions,
    settings: settingsOf(values.flink, marks),
  };
}

/** Undefined where it has no selector, which has been reported. */
function ruleOf({ values, keysAt, at }: Section<RuleKeys>, report: Report): RuleConfig | undefined {
  const { match } = values;
  if (match === undefined) return undefined;
  const rule: RuleConfig = {
    match,
    action: values.action ?? "merge",
    kind: values.kind,
    function: values.function,
    by: values.by,
    without: values.without,
    skip: values.skip,
    level: values.level,
    companions: values.companions,
    intervals: values.intervals,
    window: values.window,
  };
  // What follows from a value that could not be read would only hide what is wrong with it.
  const isWhole = [...keysAt.keys()].every((key) => key in values);
  const faults = isWhole ? checkRule(rule) : [];
  for (const { key, message } of faults) report(keysAt.get(key) ?? at, message);
  return rule;
}

function jobOf({ values, keysAt, at }: Section<JobKeys>, report: Report): JobConfig | undefined {
  const { match, staleness, limits } = values;
  if (!keysAt.has("staleness") && !keysAt.has("limits")) {
    report(at, "the entry changes nothing: give it staleness or limits");
  }
  if (match === undefined) return undefined;
  return {
    match,
    staleness: typeof staleness === "object" ? staleness.limitMs : staleness,
    maxSeries: limits?.values.series,
  };
}

/** Of two entries with one selector the second never matches. */
function reportUnreachable(
  sections: readonly Section<{ readonly match: Selector }>[],
  report: Report,
  marks: Marks,
): void {
  const first = new Map<string, number>();
  for (const { values, keysAt, at } of sections) {
    if (values.match === undefined) continue;
    const text = renderSelector(values.match);
    const earlier = first.get(text);
    if (earlier === undefined) {
      first.set(text, at);
      continue;
    }
    report(
      keysAt.get("match") ?? at,
      `match: never reached, because line ${marks.lineOf(earlier)} matches the same; remove one`,
    );
  }
}

function flinkOf(flink: FileKeys["flink"] | undefined): FileFlink {
  if (flink === undefined) return emptyFileConfig.flink;
  if (flink === false) return { ...emptyFileConfig.flink, enabled: false };
  const { level, counters, companions, intervals, "instance-label": instanceLabel } = flink.values;
  return { enabled: true, level, counters, instanceLabel, companions, intervals };
}

function settingsOf(flink: FileKeys["flink"] | undefined, marks: Marks): readonly FileSetting[] {
  if (flink === undefined || flink === false) return [];
  return [...flink.keysAt].map(([key, at]) => ({
    key: `flink.${key}`,
    flag: FLINK_FLAGS[key as keyof FlinkKeys],
    where: marks.where(at),
  }));
}
