import type { NativeHistogram } from "../exposition/native-histogram.ts";
import { isSameCount } from "./histogram/distribution.ts";
import { addNative, nativeCount } from "./histogram/native.ts";
import type { OutputFunction } from "./output.ts";
import type { SourceQuantiles } from "./summary/source-quantiles.ts";

/**
 * What one partition knows of an output's value, such that partials of several partitions merge.
 * `merge` is associative, with `empty` as its identity, and commutative but for the rounding of sums;
 * so sums are always formed in the order of the partitions, whoever owns them. Of an interval it lists the live
 * sources, and their order says nothing.
 */
export interface Partial {
  /** Of a counter: its accumulator. Of a gauge: over the live values. */
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Live values. 0 where all that is pushed are sentinels, or the output is a counter. */
  readonly count: number;
  /** Live sources that say -2^63, Flink's word for none yet, where the rule says that it is no value. */
  readonly unset: number;
  /** The value of the newest push, or NaN; a sentinel if that is what it said. */
  readonly newest: number;
  /** (observed milliseconds, partition, sequence) of that push. */
  readonly newestMs: number;
  readonly newestPartition: number;
  readonly newestSequence: number;
  /** Of the `_count` of a histogram: what was told natively. `nativeOf` says whether that is all of it. */
  readonly native?: NativeHistogram | undefined;
  /** Of an interval: the live sources that say something; undefined where there are none. */
  readonly sources?: readonly SourceQuantiles[] | undefined;
}

export const emptyPartial: Partial = {
  sum: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  count: 0,
  unset: 0,
  newest: Number.NaN,
  newestMs: Number.NEGATIVE_INFINITY,
  newestPartition: -1,
  newestSequence: -1,
};

export function mergePartials(a: Partial, b: Partial): Partial {
  const newest = isNewer(b, a) ? b : a;
  return {
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    count: a.count + b.count,
    unset: a.unset + b.unset,
    newest: newest.newest,
    newestMs: newest.newestMs,
    newestPartition: newest.newestPartition,
    newestSequence: newest.newestSequence,
    ...mergeRare(a, b),
  };
}

/** What of it is no number. */
export function mergeRare(
  a: Pick<Partial, "native" | "sources"> | undefined,
  b: Pick<Partial, "native" | "sources">,
): Pick<Partial, "native" | "sources"> {
  return { native: mergeNatives(a?.native, b.native), sources: joinSources(a?.sources, b.sources) };
}

function mergeNatives(
  a: NativeHistogram | undefined,
  b: NativeHistogram | undefined,
): NativeHistogram | undefined {
  return a === undefined || b === undefined ? (a ?? b) : addNative(a, b);
}

/**
 * The native histogram of a `_count` output; undefined where some of what it counts was told by classic buckets
 * alone. Its count is the output's, its sum that of the `_sum` output; a counter reset is UNKNOWN of it.
 */
export function nativeOf({ sum, native }: Partial): NativeHistogram | undefined {
  return native !== undefined && isSameCount(nativeCount(native), sum) ? native : undefined;
}

function joinSources(a: Partial["sources"], b: Partial["sources"]): Partial["sources"] {
  return a === undefined || b === undefined ? (a ?? b) : [...a, ...b];
}

/**
 * The number that is served; of an interval, how many sources it is made from. Where no live source has a value, what
 * the newest push said: NaN or a sentinel.
 */
export function valueOf(fn: OutputFunction, partial: Partial): number {
  if (fn === "counter") return partial.sum;
  if (fn === "count") return partial.count; // of none it is 0
  if (fn === "union") return 1;
  if (fn === "interval") return partial.sources?.length ?? 0;
  if (fn === "newest" || partial.count === 0) return partial.newest;
  return fn === "avg" ? partial.sum / partial.count : partial[fn];
}

function isNewer(a: Partial, b: Partial): boolean {
  if (a.newestMs !== b.newestMs) return a.newestMs > b.newestMs;
  if (a.newestPartition !== b.newestPartition) return a.newestPartition > b.newestPartition;
  return a.newestSequence > b.newestSequence;
}
