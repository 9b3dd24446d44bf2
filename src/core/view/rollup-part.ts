import { readRenderedLabels } from "../exposition/escape.ts";
import type { FeedList } from "../partition/feeds.ts";
import type { Showing } from "../partition/group.ts";
import type { PartitionState } from "../partition/state.ts";
import { sourceQuantiles } from "../partition/summary-feeds.ts";
import type { Output } from "../rollup/output.ts";
import type { Partial } from "../rollup/partial.ts";
import { emptyPartial } from "../rollup/partial.ts";
import type { SourceQuantiles } from "../rollup/summary/source-quantiles.ts";
import type { RollupPart, RollupSeries } from "./part.ts";
import type { MetricTest } from "./view-filter.ts";
import { namesOf, withoutBound } from "./view-filter.ts";

/** The outputs of a partition, by family; those alone that are asked for, or have a companion that is. */
export function rollupParts(state: PartitionState, isAsked?: MetricTest): RollupPart[] {
  const parts = new Map<string, RollupSeries[]>();
  for (const [{ family }, series] of rollupSeries(state)) {
    if (isAsked !== undefined && !isAskedRollup(family, series, isAsked)) continue;
    const part = parts.get(family);
    if (part === undefined) parts.set(family, [series]);
    else part.push(series);
  }
  return [...parts].map(([name, series]) => ({ name, series }));
}

function isAskedRollup(
  family: string,
  { suffix, type, labels, companions }: RollupSeries,
  isAsked: MetricTest,
): boolean {
  const of = readRenderedLabels(labels);
  const others = companions.map((companion) => `${family}_${companion}`);
  return isAsked([...namesOf(family, type), family + suffix, ...others], withoutBound(of, type));
}

/** Each output with what a scrape is told of it: accumulators as they are, gauges folded over the live sources now. */
export function* rollupSeries(state: PartitionState): Iterable<readonly [Output, RollupSeries]> {
  const folds = foldGauges(state);
  for (const family of state.outputs.families.values()) {
    for (const output of family.outputs.values()) {
      const partial = output.function === "counter" ? ofCounter(output) : folds.get(output);
      if (partial !== undefined) yield [output, describe(output, partial)];
    }
  }
}

interface Fold extends Mutable<Omit<Partial, "sources">> {
  sources?: SourceQuantiles[] | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Folds the values of all live sources, in the order in which their groups appeared. Formed anew for
 * each scrape: sums of floats that are kept by adding and subtracting drift.
 */
function foldGauges(state: PartitionState): Map<Output, Fold> {
  const folds = new Map<Output, Fold>();
  for (const group of state.groups.values()) {
    for (const source of group.sources.values()) {
      for (const showing of source.shown) {
        foldSnapshot(showing, state.partition, folds);
        foldSummaries(showing, folds);
      }
    }
  }
  return folds;
}

/** Java's Long.MIN_VALUE: what Flink says before there is a watermark. */
const UNSET = -(2 ** 63);

function foldSnapshot({ snapshot, replaced }: Showing, partition: number, folds: Map<Output, Fold>): void {
  if (snapshot.feeds === undefined) return;
  const { samples, outputs, skips }: FeedList = snapshot.feeds.gauges;
  const { values, sequence, observedMs } = snapshot;
  for (const [k, output] of outputs.entries()) {
    if (replaced.size > 0 && replaced.has(output.family)) continue;
    const value = values[samples[k] ?? 0] ?? Number.NaN;
    let fold = folds.get(output);
    if (fold === undefined) folds.set(output, (fold = newFold()));
    if (observedMs > fold.newestMs || (observedMs === fold.newestMs && sequence > fold.newestSequence)) {
      fold.newest = value;
      fold.newestMs = observedMs;
      fold.newestPartition = partition;
      fold.newestSequence = sequence;
    }
    if (Number.isNaN(value)) continue;
    if (skips[k]?.includes(value) === true) {
      if (value === UNSET) fold.unset += 1;
      continue;
    }
    fold.sum += value;
    if (value < fold.min) fold.min = value;
    if (value > fold.max) fold.max = value;
    fold.count += 1;
  }
}

function newFold(): Fold {
  return { ...emptyPartial, sources: undefined };
}

function foldSummaries({ snapshot, replaced }: Showing, folds: Map<Output, Fold>): void {
  if (snapshot.feeds === undefined) return;
  const { intervals, summaries } = snapshot.feeds;
  for (const [s, output] of intervals.outputs.entries()) {
    const summary = summaries[s];
    if (summary === undefined || replaced.has(output.family)) continue;
    const said = sourceQuantiles(summary, snapshot.values, intervals.skips[s] ?? []);
    let fold = folds.get(output);
    if (fold === undefined) folds.set(output, (fold = newFold()));
    if (said !== undefined) (fold.sources ??= []).push(said);
  }
}

function ofCounter(output: Output): Partial {
  const partial = { ...emptyPartial, sum: output.hi };
  return output.native === undefined ? partial : { ...partial, native: output.native };
}

function describe(output: Output, partial: Partial): RollupSeries {
  const { suffix, labels, type, companions, perProcess, contributors, isRetired } = output;
  const isLive = contributors > 0;
  return {
    suffix,
    labels,
    type,
    function: output.function,
    companions,
    perProcess,
    isLive,
    lastLiveMs: isRetired ? Number.NEGATIVE_INFINITY : output.lastLiveMs,
    partial,
    startMs: output.function === "counter" ? output.epochWallMs : Number.NaN,
  };
}
