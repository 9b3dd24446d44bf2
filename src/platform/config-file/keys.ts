import type { FamilyKind, RuleAction, RuleFunction } from "../../core/rollup/rules/rule-config.ts";
import type { Level } from "../../core/rollup/flink/level.ts";
import type { Selector } from "../../core/selector/selector.ts";
import { type MergeConfig, mergeOptions as options } from "../config/merge-options.ts";
import { stalenessRule, type Staleness } from "../config/staleness.ts";
import type { Permission } from "../permissions/permission.ts";
import { permissionsOfUsers } from "../permissions/permission-shapes.ts";
import { orFalse } from "./or-false-shape.ts";
import { entries, listOf } from "./list-shape.ts";
import { asFlag, countAboveZero, labelName, oneOf, sampleNumber, trueOrFalse } from "./scalar-shapes.ts";
import { type Fields, type Section, section } from "./section-shape.ts";
import { groupSelector, seriesSelector } from "./selector-shape.ts";
import type { Shape } from "./shape.ts";

export interface RuleKeys {
  readonly match: Selector;
  readonly action: RuleAction;
  readonly kind: FamilyKind;
  readonly function: RuleFunction;
  readonly by: readonly string[];
  readonly without: readonly string[];
  readonly skip: readonly number[];
  readonly level: Level;
  readonly companions: boolean;
  readonly intervals: boolean;
  readonly window: number;
}

interface LimitKeys {
  readonly series: number;
}

export interface JobKeys {
  readonly match: Selector;
  readonly staleness: Staleness;
  readonly limits: Section<LimitKeys>;
}

export interface FlinkKeys {
  readonly level: MergeConfig["flinkLevel"];
  readonly counters: MergeConfig["flinkCounters"];
  readonly "instance-label": string;
  readonly companions: boolean;
  readonly intervals: boolean;
}

export interface FileKeys {
  readonly flink: Section<FlinkKeys> | false;
  readonly rules: readonly Section<RuleKeys>[];
  readonly jobs: readonly Section<JobKeys>[];
  readonly permissions: ReadonlyMap<string, readonly Permission[]>;
}

const labelNames = listOf(labelName, "a list of label names such as [instance, pod]");

const ruleFields: Fields<RuleKeys> = {
  match: {
    about: 'The series that the rule is for: a PromQL selector such as http_requests_total{job="shop"}.',
    shape: seriesSelector,
    isRequired: true,
  },
  action: {
    about: "merge (the default) rolls up, drop takes out of the merged view, pass shows as pushed.",
    shape: oneOf("merge", "drop", "pass"),
  },
  kind: {
    about: "What the family is, where its TYPE does not say so.",
    shape: oneOf("counter", "gauge", "histogram", "summary", "info", "stateset"),
  },
  function: {
    about:
      "How series become one. Counters and histograms: sum. Gauges: sum, min, max, avg, last or count, and they must say. Summaries: worst. Infos: union. State sets: max, or count.",
    shape: oneOf("sum", "min", "max", "avg", "last", "count", "worst", "union"),
  },
  by: { about: "The labels that stay; all others go. Not together with without.", shape: labelNames },
  without: { about: "The labels that go; all others stay.", shape: labelNames },
  skip: {
    about: "Numbers that stand for no value, such as -1.",
    shape: listOf(sampleNumber, "a list of numbers such as [-1]"),
  },
  level: {
    about: "For Flink's families: the level whose labels go besides; attempt lets all stay.",
    shape: oneOf("attempt", "subtask", "task"),
  },
  companions: {
    about:
      "Whether X_max, X_avg or X_contributors stands beside a gauge X whose one number would hide the truth.",
    shape: trueOrFalse,
  },
  intervals: {
    about:
      "Whether X_quantile_lower and X_quantile_upper stand beside a summary X: between them the quantile over all sources is certain to lie.",
    shape: trueOrFalse,
  },
  window: {
    about: "With intervals: how many observations a source's quantiles are made from at most.",
    shape: countAboveZero,
  },
};

const limitFields: Fields<LimitKeys> = {
  series: {
    about: "The most series in one push, instead of --limit.series-per-push.",
    shape: countAboveZero,
  },
};

const jobFields: Fields<JobKeys> = {
  match: {
    about: 'The grouping keys that the entry is for: a selector without a name such as {job="nightly"}.',
    shape: groupSelector,
    isRequired: true,
  },
  staleness: {
    about:
      "How long such a group may be silent before it leaves: auto, never or a duration such as 90s. Instead of --staleness, and for groups that are not a fleet's too.",
    shape: asFlag(stalenessRule, { pattern: `^(auto|never|${durationPattern()})$` }),
  },
  limits: { about: "Bounds for such groups.", shape: section(limitFields) },
};

const flinkFields: Fields<FlinkKeys> = {
  level: { about: options.flinkLevel.help, shape: oneOf("attempt", "subtask", "task") },
  counters: { about: options.flinkCounters.help, shape: oneOf("counter", "gauge") },
  "instance-label": {
    about: options.flinkInstanceLabel.help,
    shape: asFlag(options.flinkInstanceLabel.kind, { pattern: "^([a-zA-Z_][a-zA-Z0-9_]*)?$" }),
  },
  companions: { about: options.companions.help, shape: trueOrFalse },
  intervals: { about: options.flinkIntervals.help, shape: trueOrFalse },
};

/** The flags that say the same as the keys below `flink`. */
export const FLINK_FLAGS: { readonly [Key in keyof FlinkKeys]: `--${string}` } = {
  level: options.flinkLevel.flag,
  counters: options.flinkCounters.flag,
  "instance-label": options.flinkInstanceLabel.flag,
  companions: options.companions.flag,
  intervals: options.flinkIntervals.flag,
};

/** The whole file: the one table that reading, errors, the JSON schema and the editors go by. */
export const fileShape: Shape<Section<FileKeys>> = section<FileKeys>({
  flink: {
    about: "The rules for Flink's own metrics; false switches them off.",
    shape: orFalse(section(flinkFields)),
  },
  rules: {
    about: "How other metrics are merged. The first rule that matches wins, before those for Flink's own.",
    shape: entries(section(ruleFields), "a list of rules"),
  },
  jobs: {
    about: "What is different for some jobs. The first entry that matches wins.",
    shape: entries(section(jobFields), "a list of entries"),
  },
  permissions: {
    about:
      'What users of --web.config.file may do: lists of read, admin, push and push{job="shop"}. A user who is not named may do everything.',
    shape: permissionsOfUsers,
  },
});

/** Each unit at most once, longest first, and not 0: as `duration.ts` reads it. */
function durationPattern(): string {
  const units = ["y", "w", "d", "h", "m", "s", "ms"].map((unit) => `([0-9]+${unit})?`).join("");
  return `(?=.*[1-9])${units}`;
}
