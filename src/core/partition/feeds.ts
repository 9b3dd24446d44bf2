import type { FamilyType } from "../exposition/parsed-body.ts";
import { Role } from "../exposition/parsed-body.ts";
import { formatNumber } from "../exposition/format-number.ts";
import { labelValue } from "../exposition/label-block.ts";
import { droppedLabels } from "../rollup/flink/level.ts";
import { isFlinkName } from "../rollup/flink/scopes.ts";
import type { Output, OutputFunction, OutputSpec, OutputTable } from "../rollup/output.ts";
import { NO_RULE } from "../rollup/output.ts";
import type { Rule } from "../rollup/rule.ts";
import type { DroppedLabels } from "../rollup/rules/dropped-labels.ts";
import type { SampleRules } from "../rollup/rules/match-layout.ts";
import type { MatchedRule, MergeRule } from "../rollup/rules/match-rules.ts";
import { isStamp } from "../stamps.ts";
import type { HistogramFeed, HistogramSamples } from "./histogram-feeds.ts";
import { addSample, connectHistogram, newHistogram, samplesOf } from "./histogram-feeds.ts";
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
  /** The histograms whose counts are among the counters, by their place there. */
  readonly histograms: ReadonlyMap<number, HistogramFeed>;
  /** Their buckets and sums. */
  readonly followers: FeedList;
  /** Everything that is folded over the live sources when a scrape asks. */
  readonly gauges: FeedList;
  /** Samples whose output another rule has made otherwise: they feed nothing. */
  readonly conflicts: readonly number[];
  /** Samples of histograms that say neither a count nor a bucket of +Inf: these feed nothing either. */
  readonly countless: readonly number[];
}

export interface FeedContext {
  readonly outputs: OutputTable;
  readonly settings: Settings;
  /** The job that the merged view shows. */
  readonly job: string;
  readonly wallMs: number;
  /** What the rules of the file say of each sample. */
  readonly rules: SampleRules;
  /** The rule for a family of which they say nothing, or undefined where it passes through. */
  match(family: LayoutFamily): Rule | undefined;
  /** Whether the family has been taken for a counter and is none. */
  isNoCounter(family: string): boolean;
  /** Families that stay out of every view. */
  readonly leftOut: ReadonlySet<string>;
}

export function connectFeeds(layout: Layout, context: FeedContext): Feeds {
  const counters = newList();
  const gauges = newList();
  const followers = newList();
  const histograms = new Map<number, HistogramFeed>();
  const conflicts: number[] = [];
  const countless: number[] = [];
  const planOf = createPlanner(layout, context);
  const drafts = new Map<Plan, Map<LabelSet, HistogramSamples>>();
  for (const [i, set] of layout.sets.entries()) {
    const plan = layout.repeats?.has(i) === true ? undefined : planOf(i);
    if (plan === undefined) continue;
    const role = layout.roles[i] ?? Role.value;
    const bound = layout.bounds?.[i] ?? Number.NaN;
    if (plan.function !== undefined && plan.type === "histogram") {
      addSample(histogramOf(drafts, plan, set), i, role, bound);
      continue;
    }
    const output = context.outputs.find(outputSpec(plan, set, role, bound, context), context.wallMs);
    if (output === undefined) {
      conflicts.push(i);
      continue;
    }
    const list = output.function === "counter" ? counters : gauges;
    list.samples.push(i);
    list.outputs.push(output);
    list.skips.push(plan.skip);
  }
  for (const [plan, ofPlan] of drafts) {
    for (const [set, samples] of ofPlan) {
      if (samples.count === -1 && samples.infinity === -1) countless.push(...samplesOf(samples));
      else {
        const specOf = (role: Role, bound: number): OutputSpec => outputSpec(plan, set, role, bound, context);
        connectHistogram(samples, specOf, context, { counters, followers, histograms, conflicts });
      }
    }
  }
  return { counters, histograms, followers, gauges, conflicts, countless };
}

function histogramOf(
  drafts: Map<Plan, Map<LabelSet, HistogramSamples>>,
  plan: Plan,
  set: LabelSet,
): HistogramSamples {
  let ofPlan = drafts.get(plan);
  if (ofPlan === undefined) drafts.set(plan, (ofPlan = new Map()));
  let samples = ofPlan.get(set);
  if (samples === undefined) ofPlan.set(set, (samples = newHistogram()));
  return samples;
}

function outputSpec(
  plan: Plan,
  set: LabelSet,
  role: number,
  bound: number,
  context: FeedContext,
): OutputSpec {
  const dropped = plan.droppedOf(set);
  return {
    family: plan.name,
    suffix: suffixOf(role),
    labels: outputLabels(set, role, bound, dropped, context),
    type: plan.type,
    function: functionOf(plan, role, bound),
    companions: role === Role.value ? plan.companions : [],
    perProcess: keepsProcess(set, dropped),
    origin: plan.origin,
  };
}

/** What happens to some series of a family. */
interface Plan {
  readonly name: string;
  readonly type: FamilyType;
  /** What becomes of samples of one value; undefined where each series stays as it was pushed. */
  readonly function: OutputFunction | undefined;
  readonly skip: readonly number[];
  readonly companions: Rule["companions"];
  readonly origin: number;
  droppedOf(set: LabelSet): DroppedLabels;
}

/** The plan of each sample, undefined where it is shown nowhere. The rules of the file go first. */
function createPlanner(layout: Layout, context: FeedContext): (i: number) => Plan | undefined {
  const { leftOut, rules } = context;
  const isShown = layout.families.map(({ name }) => !leftOut.has(name) && !isStamp(name));
  const ofFamilies = layout.families.map((family, f) =>
    isShown[f] === true ? planFamily(family, context) : undefined,
  );
  const ofRules = new Map<MatchedRule, Plan | undefined>();
  return (i) => {
    const f = layout.familyOf[i] ?? 0;
    const rule = rules?.[i];
    const family = layout.families[f];
    if (rule === undefined || family === undefined) return ofFamilies[f];
    if (isShown[f] !== true) return undefined;
    // A rule has another answer for each family, so the answer alone tells them apart.
    if (!ofRules.has(rule)) ofRules.set(rule, planByRule(family, rule, context));
    return ofRules.get(rule);
  };
}

function planByRule(family: LayoutFamily, rule: MatchedRule, context: FeedContext): Plan | undefined {
  switch (rule.action) {
    case "drop":
      return undefined;
    case "pass":
      return { ...passThrough(family), origin: rule.index };
    case "merge":
      if (rule.kind !== "gauge" && context.isNoCounter(family.name)) {
        return { ...passAsGauge(family), origin: rule.index };
      }
      return {
        name: family.name,
        type: mergedType(family, rule, context.settings),
        function: MERGE_FUNCTION[rule.kind === "counter" ? "counter" : rule.function],
        skip: rule.skip,
        companions: rule.companions,
        origin: rule.index,
        droppedOf: () => rule.dropped,
      };
  }
}

const MERGE_FUNCTION: { readonly [F in MergeRule["function"] | "counter"]: OutputFunction } = {
  counter: "counter",
  sum: "sum",
  min: "min",
  max: "max",
  avg: "avg",
  last: "newest",
  count: "count",
  // A row of quantiles is the only thing that `worst` is said of, and each quantile has its own.
  worst: "max",
};

/** Flink's counters keep Flink's type where the operator wants that of all of them. */
function mergedType({ name, type }: LayoutFamily, { kind }: MergeRule, settings: Settings): FamilyType {
  if (kind === "counter") return isFlinkName(name) && settings.counterType === "gauge" ? type : "counter";
  return kind === "gauge" ? "gauge" : type;
}

/** What Flink's own rules say of a family; undefined where it is shown nowhere. */
function planFamily(family: LayoutFamily, context: FeedContext): Plan | undefined {
  const rule = context.match(family);
  if (rule?.action === "drop") return undefined;
  if (context.isNoCounter(family.name)) return passAsGauge(family);
  if (rule === undefined) return passThrough(family);
  const { settings } = context;
  const isCounter = rule.kind === "counter";
  const merges = settings.level !== "attempt";
  const fn = rule.function === "worst" ? "max" : rule.function;
  return {
    name: family.name,
    type: isCounter && settings.counterType === "counter" ? "counter" : family.type,
    function: merges ? (isCounter ? "counter" : fn) : undefined,
    skip: rule.skip,
    companions: merges && settings.companions ? rule.companions : [],
    origin: NO_RULE,
    droppedOf: (set) =>
      droppedLabels(family.name, labelValue(set.labels, "job_id") !== undefined, settings.level),
  };
}

function passThrough({ name, type }: LayoutFamily): Plan {
  return {
    name,
    type,
    function: undefined,
    skip: [],
    companions: [],
    origin: NO_RULE,
    droppedOf: () => NOTHING,
  };
}

/** A summary keeps its type: its quantiles are what they were, and only its count is no counter. */
function passAsGauge(family: LayoutFamily): Plan {
  return { ...passThrough(family), type: family.type === "counter" ? "gauge" : family.type };
}

const NOTHING: DroppedLabels = new Set<string>();

function functionOf(plan: Plan, role: number, bound: number): OutputFunction {
  if (plan.function === undefined) return "newest";
  if (role === Role.count || role === Role.sum || role === Role.bucket) return "counter";
  if (role === Role.quantile) return bound === 0 ? "min" : "max";
  return plan.function;
}

function outputLabels(
  set: LabelSet,
  role: number,
  bound: number,
  dropped: DroppedLabels,
  { job, settings }: FeedContext,
): string {
  const text = mergedLabels(set, dropped, job, settings.instanceLabel);
  if (Number.isNaN(bound)) return text;
  const name = role === Role.bucket ? "le" : "quantile";
  return `${text.slice(0, -1)},${name}="${formatNumber(bound)}"}`;
}

function keepsProcess(set: LabelSet, dropped: DroppedLabels): boolean {
  return ["tm_id", "host"].some((name) => !dropped.has(name) && labelValue(set.labels, name) !== undefined);
}

function newList(): { samples: number[]; outputs: Output[]; skips: (readonly number[])[] } {
  return { samples: [], outputs: [], skips: [] };
}
