import { Role } from "../exposition/parsed-body.ts";
import type { Boundaries, BoundarySet } from "../rollup/histogram/boundaries.ts";
import { covers, layoutLabel } from "../rollup/histogram/boundaries.ts";
import type { Output, OutputSpec } from "../rollup/output.ts";
import type { OutputTable } from "../rollup/output-table.ts";
import { outputId } from "../rollup/output.ts";
import type { FeedList } from "./feeds.ts";

/** A classic histogram of one label set. Its count is among the counters of the feeds, and the rest follows it. */
export interface HistogramFeed {
  /** What its last values are remembered by: with other boundaries it is another histogram. */
  readonly identity: string;
  /** Samples of the buckets but +Inf, by rising boundary. */
  readonly buckets: readonly number[];
  /** The sample of the +Inf bucket, and of the sum; -1 where none is pushed. */
  readonly infinity: number;
  readonly sum: number;
  readonly outputs: {
    readonly buckets: readonly Output[];
    readonly infinity: Output;
    readonly sum: Output | undefined;
    readonly count: Output;
  };
}

/** The samples of one histogram, as they are met in a layout; -1 for what is not there. */
export interface HistogramSamples {
  readonly buckets: { readonly bound: number; readonly sample: number }[];
  infinity: number;
  sum: number;
  count: number;
}

export function newHistogram(): HistogramSamples {
  return { buckets: [], infinity: -1, sum: -1, count: -1 };
}

export function addSample(samples: HistogramSamples, i: number, role: number, bound: number): void {
  if (role === Role.count) samples.count = i;
  else if (role === Role.sum) samples.sum = i;
  else if (bound === Number.POSITIVE_INFINITY) samples.infinity = i;
  else samples.buckets.push({ bound, sample: i });
}

export function hasCount({ count, infinity }: HistogramSamples): boolean {
  return count !== -1 || infinity !== -1;
}

export function samplesOf({ buckets, infinity, sum, count }: HistogramSamples): number[] {
  return [...buckets.map(({ sample }) => sample), infinity, sum, count].filter((sample) => sample !== -1);
}

type MutableList = { -readonly [K in keyof FeedList]: FeedList[K][number][] };

/** Where the parts of a layout's feeds are gathered while it is connected. */
interface HistogramLists {
  readonly counters: MutableList;
  readonly followers: MutableList;
  readonly histograms: Map<number, HistogramFeed>;
  readonly conflicts: number[];
  readonly unsettled: number[];
  readonly otherLayouts: number[];
}

/** The output of a part, of a histogram with these boundaries and, where it has an output of its own, that label. */
export type PartSpec = (
  role: Role,
  bound: number,
  boundaries: Boundaries,
  leLayout: string | undefined,
) => OutputSpec;

export interface HistogramContext {
  readonly outputs: OutputTable;
  readonly wallMs: number;
  /** The boundaries of the output with that `_count`; undefined where they are not decided here yet. */
  boundariesOf(count: OutputSpec): Boundaries | undefined;
}

/** What a histogram that has a count asks the coordinator. */
export function boundarySetOf(samples: HistogramSamples, specOf: PartSpec): BoundarySet {
  return { output: outputId(countSpec(specOf)), boundaries: boundariesOf(samples) };
}

export function countSpec(specOf: PartSpec): OutputSpec {
  return specOf(Role.count, Number.NaN, [], undefined);
}

function boundariesOf({ buckets }: HistogramSamples): Boundaries {
  return buckets.map(({ bound }) => bound).toSorted((a, b) => a - b);
}

/**
 * Connects a histogram that has a count. It is added up on the boundaries of its output, and other boundaries are
 * dropped; if it lacks one of these it has an output of its own. Where another rule has made one of its outputs
 * otherwise, it feeds none.
 */
export function connectHistogram(
  samples: HistogramSamples,
  specOf: PartSpec,
  context: HistogramContext,
  lists: HistogramLists,
): void {
  const { outputs, wallMs } = context;
  const { counters, followers, histograms, conflicts } = lists;
  const own = boundariesOf(samples);
  const leader = samples.count === -1 ? samples.infinity : samples.count;
  const decided = context.boundariesOf(countSpec(specOf));
  if (decided === undefined) {
    lists.unsettled.push(leader);
    return;
  }
  const isCovered = covers(own, decided);
  if (!isCovered) lists.otherLayouts.push(leader);
  const boundaries = isCovered ? decided : own;
  const leLayout = isCovered ? undefined : layoutLabel(own);
  const partOf = (role: Role, bound: number): OutputSpec => specOf(role, bound, boundaries, leLayout);

  const wanted = new Set(boundaries);
  const sorted = samples.buckets
    .filter(({ bound }) => wanted.has(bound))
    .toSorted((a, b) => a.bound - b.bound);
  const count = partOf(Role.count, Number.NaN);
  const infinity = partOf(Role.bucket, Number.POSITIVE_INFINITY);
  const sum = samples.sum === -1 ? undefined : partOf(Role.sum, Number.NaN);
  const buckets = sorted.map(({ bound }) => partOf(Role.bucket, bound));
  const specs = [...buckets, infinity, ...(sum === undefined ? [] : [sum]), count];
  if (!specs.every((spec) => outputs.isFree(spec))) {
    conflicts.push(...samplesOf(samples));
    return;
  }
  function follow(list: MutableList, sample: number, spec: OutputSpec): Output {
    const output = outputs.find(spec, wallMs);
    if (output === undefined) throw new Error("BUG: the output of a histogram is free and is not");
    list.samples.push(sample);
    list.outputs.push(output);
    list.skips.push([]);
    return output;
  }
  const parts = {
    buckets: sorted.map(({ sample }, b) => follow(followers, sample, buckets[b] ?? count)),
    infinity: follow(followers, leader, infinity),
    sum: sum === undefined ? undefined : follow(followers, samples.sum, sum),
  };
  histograms.set(counters.samples.length, {
    identity: `${count.family}_count le ${boundaries.join(",")}`,
    buckets: sorted.map(({ sample }) => sample),
    infinity: samples.infinity,
    sum: samples.sum,
    outputs: { ...parts, count: follow(counters, leader, count) },
  });
}
