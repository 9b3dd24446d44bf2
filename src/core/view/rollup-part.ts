import { readRenderedLabels } from "../exposition/escape.ts";
import type { FeedList } from "../partition/feeds.ts";
import type { Showing } from "../partition/group.ts";
import type { PartitionState } from "../partition/state.ts";
import { sourceQuantiles } from "../partition/summary-feeds.ts";
import type { Output } from "../rollup/output.ts";
import type { SourceQuantiles } from "../rollup/summary/source-quantiles.ts";
import { clearRow, Column, COLUMNS, partialAt, Told } from "./columns.ts";
import type { RareFacts, RollupName, Rollups, RollupSeries } from "./part.ts";
import type { MetricTest } from "./view-filter.ts";
import { namesOf, withoutBound } from "./view-filter.ts";

/** The outputs of a partition; of others than are asked for, or have a companion that is, nothing is told. */
export function rollupsOf(state: PartitionState, isAsked?: MetricTest): Rollups {
  const outputs = state.outputs.rows.list();
  const numbers = new Float64Array(outputs.length * COLUMNS);
  const rare = new Map<number, RareFacts>();
  for (const [row, output] of outputs.entries()) {
    if (output === undefined) continue;
    clearRow(numbers, row * COLUMNS);
    if (output.function === "counter") tellCounter(output, numbers, rare);
  }
  for (const [row, sources] of foldGauges(state, numbers)) rare.set(row, { sources });
  for (const [row, output] of outputs.entries()) {
    if (output === undefined) continue;
    const at = row * COLUMNS;
    if (isAsked !== undefined && !isAskedRollup(output, isAsked)) numbers[at] = Told.nothing;
    if (numbers[at] === Told.nothing) continue;
    if (output.contributors > 0) numbers[at] = Told.live;
    numbers[at + Column.lastLiveMs] = output.isRetired ? Number.NEGATIVE_INFINITY : output.lastLiveMs;
  }
  return { names: outputs, numbers, rare };
}

/** The same, each output by itself. */
export function* rollupSeries(state: PartitionState): Iterable<readonly [Output, RollupSeries]> {
  const { numbers, rare } = rollupsOf(state);
  for (const [row, output] of state.outputs.rows.list().entries()) {
    if (output === undefined || numbers[row * COLUMNS] === Told.nothing) continue;
    yield [output, seriesAt(output, numbers, row * COLUMNS, rare.get(row))];
  }
}

function seriesAt(
  { suffix, labels, type, function: fn, companions, perProcess }: RollupName,
  numbers: Float64Array,
  at: number,
  rare: RareFacts | undefined,
): RollupSeries {
  return {
    suffix,
    labels,
    type,
    function: fn,
    companions,
    perProcess,
    isLive: numbers[at] === Told.live,
    lastLiveMs: numbers[at + Column.lastLiveMs] ?? Number.NaN,
    partial: { ...partialAt(numbers, at), ...rare },
    startMs: numbers[at + Column.startMs] ?? Number.NaN,
  };
}

function isAskedRollup({ family, suffix, type, labels, companions }: Output, isAsked: MetricTest): boolean {
  const of = readRenderedLabels(labels);
  const others = companions.map((companion) => `${family}_${companion}`);
  return isAsked([...namesOf(family, type), family + suffix, ...others], withoutBound(of, type));
}

function tellCounter(
  { row, hi, native, epochWallMs }: Output,
  numbers: Float64Array,
  rare: Map<number, RareFacts>,
): void {
  const at = row * COLUMNS;
  numbers[at] = Told.lingering;
  numbers[at + Column.sum] = hi;
  numbers[at + Column.startMs] = epochWallMs;
  if (native !== undefined) rare.set(row, { native });
}

/**
 * Folds the values of all live sources, in the order in which their groups appeared. Formed anew for
 * each scrape: sums of floats that are kept by adding and subtracting drift. Returns what sources say of intervals,
 * by row.
 */
function foldGauges(state: PartitionState, numbers: Float64Array): Map<number, SourceQuantiles[]> {
  const intervals = new Map<number, SourceQuantiles[]>();
  for (const group of state.groups.values()) {
    for (const source of group.sources.values()) {
      for (const showing of source.shown) {
        foldSnapshot(showing, state.partition, numbers);
        foldSummaries(showing, numbers, intervals);
      }
    }
  }
  return intervals;
}

/** Java's Long.MIN_VALUE: what Flink says before there is a watermark. */
const UNSET = -(2 ** 63);

/** The loop that a scrape runs through, once for each gauge of each source. */
function foldSnapshot({ snapshot, replaced }: Showing, partition: number, numbers: Float64Array): void {
  if (snapshot.feeds === undefined) return;
  const { samples, outputs, skips }: FeedList = snapshot.feeds.gauges;
  const { values, sequence, observedMs } = snapshot;
  for (let k = 0; k < outputs.length; k += 1) {
    const output = outputs[k];
    // A table has let go of it, and another output stands under its name.
    if (output === undefined || output.row < 0) continue;
    if (replaced.size > 0 && replaced.has(output.family)) continue;
    const value = values[samples[k] ?? 0] ?? Number.NaN;
    const at = output.row * COLUMNS;
    numbers[at] = Told.lingering;
    const newestMs = numbers[at + Column.newestMs] ?? 0;
    if (
      observedMs > newestMs ||
      (observedMs === newestMs && sequence > (numbers[at + Column.newestSequence] ?? 0))
    ) {
      numbers[at + Column.newest] = value;
      numbers[at + Column.newestMs] = observedMs;
      numbers[at + Column.newestPartition] = partition;
      numbers[at + Column.newestSequence] = sequence;
    }
    if (Number.isNaN(value)) continue;
    const skip = skips[k];
    if (skip !== undefined && skip.length > 0 && skip.includes(value)) {
      if (value === UNSET) numbers[at + Column.unset] = (numbers[at + Column.unset] ?? 0) + 1;
      continue;
    }
    numbers[at + Column.sum] = (numbers[at + Column.sum] ?? 0) + value;
    if (value < (numbers[at + Column.min] ?? 0)) numbers[at + Column.min] = value;
    if (value > (numbers[at + Column.max] ?? 0)) numbers[at + Column.max] = value;
    numbers[at + Column.count] = (numbers[at + Column.count] ?? 0) + 1;
  }
}

function foldSummaries(
  { snapshot, replaced }: Showing,
  numbers: Float64Array,
  said: Map<number, SourceQuantiles[]>,
): void {
  if (snapshot.feeds === undefined) return;
  const { intervals, summaries } = snapshot.feeds;
  for (const [s, { row, family }] of intervals.outputs.entries()) {
    const summary = summaries[s];
    if (summary === undefined || row < 0 || replaced.has(family)) continue;
    numbers[row * COLUMNS] = Told.lingering;
    const quantiles = sourceQuantiles(summary, snapshot.values, intervals.skips[s] ?? []);
    if (quantiles === undefined) continue;
    const before = said.get(row);
    if (before === undefined) said.set(row, [quantiles]);
    else before.push(quantiles);
  }
}
