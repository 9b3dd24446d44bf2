import { Role } from "../exposition/parsed-body.ts";
import { formatNumber } from "../exposition/format-number.ts";
import type { Output, OutputFunction, OutputSpec } from "../rollup/output.ts";
import type { OutputTable } from "../rollup/output-table.ts";
import type { HistogramContext, HistogramFeed, HistogramSamples, PartSpec } from "./histogram-feeds.ts";
import {
  addSample,
  boundarySetOf,
  connectHistogram,
  countSpec,
  hasCount,
  newHistogram,
  samplesOf,
} from "./histogram-feeds.ts";
import { createFoundOutputs } from "./found-outputs.ts";
import type { LabelSet } from "./label-set.ts";
import type { Layout } from "./layout.ts";
import { suffixOf } from "./layout.ts";
import type { MergedLabels } from "./merged-labels.ts";
import { mergedLabels, withLabel } from "./merged-labels.ts";
import type { BoundaryQuestion } from "./partition.ts";
import { createForwardedPlanner } from "./forwarded-plans.ts";
import type { Plan, PlanContext } from "./sample-plans.ts";
import { createPlanner } from "./sample-plans.ts";
import type { SummaryFeed, SummarySamples } from "./summary-feeds.ts";
import { addToSummary, connectSummary, newSummary } from "./summary-feeds.ts";

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
  /** The summaries whose quantiles are certified, and what they feed; the arrays run parallel. */
  readonly intervals: FeedList;
  readonly summaries: readonly SummaryFeed[];
  /** Samples whose output another rule has made otherwise: they feed nothing. */
  readonly conflicts: readonly number[];
  /** Samples of histograms that say neither a count nor a bucket of +Inf: these feed nothing either. */
  readonly countless: readonly number[];
  /** Counts of histograms whose boundaries are not decided yet: they feed nothing until they are pushed again. */
  readonly unsettled: readonly number[];
  /** Counts of histograms that lack a boundary of their output, and feed one of their own. */
  readonly otherLayouts: readonly number[];
}

export interface FeedContext extends HistogramContext, PlanContext {
  readonly outputs: OutputTable;
  /** The job that the merged view shows. */
  readonly job: string;
  readonly wallMs: number;
  /** Another relay has merged it, and told when its samples began to count; undefined for what was pushed otherwise. */
  readonly forwarded: { readonly startsMs: Float64Array | undefined } | undefined;
}

export function connectFeeds(layout: Layout, context: FeedContext): Feeds {
  const counters = newList();
  const gauges = newList();
  const followers = newList();
  const intervals = newList();
  const summaries: SummaryFeed[] = [];
  const histograms = new Map<number, HistogramFeed>();
  const conflicts: number[] = [];
  const countless: number[] = [];
  const unsettled: number[] = [];
  const otherLayouts: number[] = [];
  const found = createFoundOutputs();
  const plans = planSamples(layout, context, (i, plan, set, role, bound) => {
    const merged = mergedOf(plan, set, context);
    const known = found(plan, role, bound);
    const output =
      known.get(merged) ?? context.outputs.find(outputSpec(plan, merged, role, bound), context.wallMs);
    if (output === undefined) {
      conflicts.push(i);
      return;
    }
    known.set(merged, output);
    if (output.labels === merged.text) merged.text = output.labels;
    const list = output.function === "counter" ? counters : gauges;
    list.samples.push(i);
    list.outputs.push(output);
    list.skips.push(plan.skip);
  });
  const lists = { counters, followers, histograms, conflicts, unsettled, otherLayouts };
  for (const { samples, specOf } of plans.histograms) {
    if (hasCount(samples)) connectHistogram(samples, specOf, context, lists);
    else countless.push(...samplesOf(samples));
  }
  for (const { samples, window, skip, spec } of plans.summaries) {
    connectSummary(samples, window, skip, spec, context, { counters, intervals, summaries });
  }
  return {
    counters,
    histograms,
    followers,
    gauges,
    intervals,
    summaries,
    conflicts,
    countless,
    unsettled,
    otherLayouts,
  };
}

/** The histograms of a layout whose boundaries the coordinator has to decide, with the boundaries that they have. */
export function openBoundarySets(layout: Layout, context: FeedContext): BoundaryQuestion[] {
  if (!layout.families.some(({ type }) => type === "histogram")) return [];
  return planSamples(layout, context, () => {})
    .histograms.filter(({ samples }) => hasCount(samples))
    .filter(({ specOf }) => context.boundariesOf(countSpec(specOf)) === undefined)
    .map(({ family, samples, specOf }) => ({ family, set: boundarySetOf(samples, specOf) }));
}

/** What becomes of a sample that is no part of a merged histogram. */
type ConnectScalar = (i: number, plan: Plan, set: LabelSet, role: number, bound: number) => void;

interface PlannedSummary {
  readonly samples: SummarySamples;
  readonly window: number;
  readonly skip: readonly number[];
  readonly spec: OutputSpec;
}

type HistogramDrafts = Map<Plan, Map<LabelSet, PlannedHistogram>>;

interface PlannedHistogram {
  readonly family: string;
  readonly samples: HistogramSamples;
  readonly specOf: PartSpec;
}

/**
 * Tells of the samples that are shown, but for those of merged histograms: these come by histogram, and the samples of
 * certified summaries come again. Objects for the samples would be a quarter of what a new layout leaves to the collector.
 */
function planSamples(
  layout: Layout,
  context: FeedContext,
  connectScalar: ConnectScalar,
): { histograms: PlannedHistogram[]; summaries: PlannedSummary[] } {
  const summaries = new Map<Plan, Map<LabelSet, PlannedSummary>>();
  const drafts: HistogramDrafts = new Map();
  const { forwarded, leftOut } = context;
  const planOf =
    forwarded === undefined
      ? createPlanner(layout, context)
      : createForwardedPlanner(layout, forwarded.startsMs, leftOut);
  const { sets } = layout;
  for (let i = 0; i < sets.length; i += 1) {
    const set = sets[i];
    const plan = layout.repeats?.has(i) === true ? undefined : planOf(i);
    if (set === undefined || plan === undefined) continue;
    const role = layout.roles[i] ?? Role.value;
    const bound = layout.bounds?.[i] ?? Number.NaN;
    if (plan.function !== undefined && plan.type === "histogram") {
      addSample(histogramOf(drafts, plan, set, context).samples, i, role, bound);
    } else {
      connectScalar(i, plan, set, role, bound);
      if (plan.window !== undefined) addToSummary(summaryOf(summaries, plan, set, context), i, role, bound);
    }
  }
  const histograms: PlannedHistogram[] = [];
  for (const ofPlan of drafts.values()) histograms.push(...ofPlan.values());
  return {
    histograms,
    summaries: [...summaries.values()].flatMap((ofPlan) => Array.from(ofPlan.values())),
  };
}

function histogramOf(
  drafts: HistogramDrafts,
  plan: Plan,
  set: LabelSet,
  context: FeedContext,
): PlannedHistogram {
  let ofPlan = drafts.get(plan);
  if (ofPlan === undefined) drafts.set(plan, (ofPlan = new Map()));
  let histogram = ofPlan.get(set);
  if (histogram === undefined) {
    const specOf: PartSpec = (role, bound, boundaries, leLayout) => ({
      ...outputSpec(plan, mergedOf(plan, set, context), role, bound, leLayout),
      boundaries,
    });
    ofPlan.set(set, (histogram = { family: plan.name, samples: newHistogram(), specOf }));
  }
  return histogram;
}

function summaryOf(
  summaries: Map<Plan, Map<LabelSet, PlannedSummary>>,
  plan: Plan,
  set: LabelSet,
  context: FeedContext,
): SummarySamples {
  let ofPlan = summaries.get(plan);
  if (ofPlan === undefined) summaries.set(plan, (ofPlan = new Map()));
  let summary = ofPlan.get(set);
  if (summary === undefined) {
    const spec: OutputSpec = {
      ...outputSpec(plan, mergedOf(plan, set, context), Role.value, Number.NaN),
      suffix: "_quantile",
      type: "gauge",
      function: "interval",
      companions: CERTIFIED,
    };
    const { window = Number.POSITIVE_INFINITY, skip } = plan;
    summary = { samples: newSummary(), window, skip, spec };
    ofPlan.set(set, summary);
  }
  return summary.samples;
}

/** All that is shown of an interval stands under names of its own. */
const CERTIFIED = ["quantile_lower", "quantile_upper", "min", "max"] as const;

function mergedOf(plan: Plan, set: LabelSet, { job, settings, forwarded }: FeedContext): MergedLabels {
  // The other relay has filled it in, or left it empty.
  const instanceLabel = forwarded === undefined ? settings.instanceLabel : "";
  return mergedLabels(set, plan.droppedOf(set), job, instanceLabel);
}

function outputSpec(
  plan: Plan,
  merged: MergedLabels,
  role: number,
  bound: number,
  leLayout?: string,
): OutputSpec {
  return {
    family: plan.name,
    suffix: suffixOf(role),
    labels: outputLabels(merged.text, role, bound, leLayout),
    type: plan.type,
    function: functionOf(plan, role, bound),
    companions: role === Role.value ? plan.companions : [],
    perProcess: merged.keepsProcess,
    origin: plan.origin,
    boundaries: undefined,
  };
}

function functionOf(plan: Plan, role: number, bound: number): OutputFunction {
  if (plan.function === undefined) return "newest";
  if (role === Role.count || role === Role.sum || role === Role.bucket) return "counter";
  if (role === Role.quantile) return bound === 0 ? "min" : "max";
  return plan.function;
}

function outputLabels(merged: string, role: number, bound: number, leLayout: string | undefined): string {
  const text = leLayout === undefined ? merged : withLabel(merged, "le_layout", leLayout);
  if (Number.isNaN(bound)) return text;
  const name = role === Role.bucket ? "le" : "quantile";
  return `${text.slice(0, -1)},${name}="${formatNumber(bound)}"}`;
}

function newList(): { samples: number[]; outputs: Output[]; skips: (readonly number[])[] } {
  return { samples: [], outputs: [], skips: [] };
}
