import type { FamilyType } from "../exposition/parsed-body.ts";
import { Role } from "../exposition/parsed-body.ts";
import { formatNumber } from "../exposition/format-number.ts";
import { labelValue } from "../exposition/label-block.ts";
import { droppedLabels } from "../rollup/flink/level.ts";
import type { Output, OutputFunction, OutputTable } from "../rollup/output.ts";
import type { Rule } from "../rollup/rule.ts";
import { isStamp } from "../stamps.ts";
import type { LabelSet } from "./label-set.ts";
import type { Layout, LayoutFamily } from "./layout.ts";
import { suffixOf } from "./layout.ts";
import { mergedLabels } from "./merged-labels.ts";
import type { Settings } from "./settings.ts";

/** Some samples of a layout and the outputs that they feed; the arrays run parallel. */
export interface FeedList {
  readonly samples: readonly number[];
  readonly outputs: readonly Output[];
  /** Numbers that are no value for the sample, besides NaN. */
  readonly skips: readonly (readonly number[])[];
}

/** Which series of the merged view a layout feeds. Decided once, when the layout is new. */
export interface Feeds {
  readonly counters: FeedList;
  /** Everything that is folded over the live sources when a scrape asks. */
  readonly gauges: FeedList;
}

export interface FeedContext {
  readonly outputs: OutputTable;
  readonly settings: Settings;
  /** The job that the merged view shows. */
  readonly job: string;
  readonly wallMs: number;
  /** The rule for a family, or undefined where it passes through. */
  match(family: LayoutFamily): Rule | undefined;
  /** Whether the family has been taken for a counter and is none. */
  isNoCounter(family: string): boolean;
  /** Families that stay out of every view. */
  readonly leftOut: ReadonlySet<string>;
}

export function connectFeeds(layout: Layout, context: FeedContext): Feeds {
  const counters = newList();
  const gauges = newList();
  const plans = layout.families.map((family) => planFamily(family, context));
  for (const [i, set] of layout.sets.entries()) {
    const plan = plans[layout.familyOf[i] ?? 0];
    if (plan === undefined || layout.repeats?.has(i) === true) continue;
    const role = layout.roles[i] ?? Role.value;
    const bound = layout.bounds?.[i];
    const fn = functionOf(plan.rule, role, bound, context.settings);
    const output = context.outputs.find(
      {
        family: plan.name,
        suffix: suffixOf(role),
        labels: outputLabels(set, role, bound, plan, context),
        type: plan.type,
        function: fn,
        companions: role === Role.value ? plan.companions : [],
        perProcess: keepsProcess(set, plan, context),
      },
      context.wallMs,
    );
    const list = fn === "counter" ? counters : gauges;
    list.samples.push(i);
    list.outputs.push(output);
    list.skips.push(plan.rule?.skip ?? []);
  }
  return { counters, gauges };
}

interface Plan {
  readonly name: string;
  readonly rule: Rule | undefined;
  readonly type: FamilyType;
  readonly companions: Rule["companions"];
}

/** What happens to a family; undefined where it is shown nowhere. */
function planFamily(family: LayoutFamily, context: FeedContext): Plan | undefined {
  if (context.leftOut.has(family.name) || isStamp(family.name)) return undefined;
  const rule = context.match(family);
  if (rule?.action === "drop") return undefined;
  if (context.isNoCounter(family.name)) return passAsGauge(family);
  const { settings } = context;
  const isCounter = rule?.kind === "counter" && settings.counterType === "counter";
  const merges = rule !== undefined && settings.level !== "attempt";
  return {
    name: family.name,
    rule,
    type: isCounter ? "counter" : family.type,
    companions: merges && settings.companions ? rule.companions : [],
  };
}

/** A summary keeps its type: its quantiles are what they were, and only its count is no counter. */
function passAsGauge({ name, type }: LayoutFamily): Plan {
  return { name, rule: undefined, type: type === "counter" ? "gauge" : type, companions: [] };
}

function functionOf(
  rule: Rule | undefined,
  role: number,
  bound: number | undefined,
  settings: Settings,
): OutputFunction {
  if (rule === undefined || settings.level === "attempt") return "newest";
  if (role === Role.count || role === Role.sum) return "counter";
  if (role === Role.quantile) return bound === 0 ? "min" : "max";
  if (rule.kind === "counter") return "counter";
  // A row of quantiles is the only thing that `worst` is said of, and it has been dealt with.
  return rule.function === "worst" ? "max" : rule.function;
}

function outputLabels(
  set: LabelSet,
  role: number,
  bound: number | undefined,
  plan: Plan,
  context: FeedContext,
): string {
  const text = mergedLabels(
    set,
    dropped(set, plan, context.settings),
    context.job,
    context.settings.instanceLabel,
  );
  if (bound === undefined || Number.isNaN(bound)) return text;
  const name = role === Role.bucket ? "le" : "quantile";
  return `${text.slice(0, -1)},${name}="${formatNumber(bound)}"}`;
}

const NOTHING: ReadonlySet<string> = new Set();

function dropped(set: LabelSet, plan: Plan, settings: Settings): ReadonlySet<string> {
  if (plan.rule === undefined) return NOTHING;
  return droppedLabels(plan.name, labelValue(set.labels, "job_id") !== undefined, settings.level);
}

function keepsProcess(set: LabelSet, plan: Plan, context: FeedContext): boolean {
  const gone = dropped(set, plan, context.settings);
  return ["tm_id", "host"].some((name) => !gone.has(name) && labelValue(set.labels, name) !== undefined);
}

function newList(): { samples: number[]; outputs: Output[]; skips: (readonly number[])[] } {
  return { samples: [], outputs: [], skips: [] };
}
