import type { NativeHistogram } from "../../exposition/native-histogram.ts";
import { addIncrease } from "../../rollup/accumulator.ts";
import type { Reading } from "../../rollup/histogram/distribution.ts";
import { addDistribution, isSound } from "../../rollup/histogram/distribution.ts";
import type { HistogramFeed } from "../histogram-feeds.ts";
import type { Counted } from "../group.ts";
import { seriesName } from "../layout.ts";
import type { Numbers } from "./counted-body.ts";

/*
 * A histogram is one counter with several numbers (counters.md, C5): whatever is decided is decided by its count,
 * and holds for its buckets and its sum. So what is remembered of a count is remembered with the rest.
 */

/** What the body says of a counter. */
export function readingOf({ counted, values, extras }: Numbers, k: number): Reading {
  const { histograms, counters } = counted.feeds;
  const sample = counters.samples[k] ?? 0;
  const value = values[sample] ?? Number.NaN;
  const histogram = histograms.get(k);
  if (histogram === undefined) return { value, rest: undefined };
  return { value, rest: readRest(histogram, values, extras?.natives?.get(sample)) };
}

/** Whether the numbers of a histogram go together; true of anything else. */
export function isSoundCount(body: Numbers, k: number): boolean {
  const { counted, values } = body;
  const histogram = counted.feeds.histograms.get(k);
  if (histogram === undefined) return true;
  const reading = readingOf(body, k);
  const { infinity } = histogram;
  return (infinity === -1 || values[infinity] === reading.value) && isSound(reading);
}

function readRest(
  { buckets, sum }: HistogramFeed,
  values: Float64Array,
  native: NativeHistogram | undefined,
): Reading["rest"] {
  return {
    buckets: Float64Array.from(buckets, (i) => values[i] ?? Number.NaN),
    sum: sum === -1 ? 0 : (values[sum] ?? Number.NaN),
    native,
  };
}

/** The last value of a counter; NaN where it has had none. */
export function lastOf({ last, rests }: Pick<Counted, "last" | "rests">, k: number): Reading {
  return { value: last[k] ?? Number.NaN, rest: rests.get(k) };
}

export function setLast({ last, rests }: Counted, k: number, { value, rest }: Reading): void {
  last[k] = value;
  if (rest !== undefined) rests.set(k, rest);
  else if (rests.size > 0) rests.delete(k);
}

/** Adds what lies between the two to the output of the counter, and to those of its buckets and its sum. */
export function addRise({ feeds }: Pick<Counted, "feeds">, k: number, from: Reading, to: Reading): void {
  const output = feeds.counters.outputs[k];
  if (output === undefined) throw new Error("BUG: a counter without an output");
  addIncrease(output, from.value, to.value);
  const histogram = feeds.histograms.get(k);
  if (histogram !== undefined) addDistribution(histogram.outputs, from, to);
}

/** The last values of the buckets and sums, in the order of the followers of the feeds. */
export function followerValues({ feeds, last, rests }: Counted): number[] {
  const values: number[] = [];
  for (const [k, { buckets, sum }] of feeds.histograms) {
    const value = last[k] ?? Number.NaN;
    const rest = rests.get(k);
    const isKnown = !Number.isNaN(value);
    for (const b of buckets.keys()) values.push(isKnown ? (rest?.buckets[b] ?? 0) : value);
    values.push(value);
    if (sum !== -1) values.push(isKnown ? (rest?.sum ?? 0) : value);
  }
  return values;
}

/** What its last values are remembered by among those of its label set. */
export function identityOf(counted: Pick<Counted, "layout" | "feeds">, k: number): string {
  const { layout, feeds } = counted;
  return feeds.histograms.get(k)?.identity ?? seriesName(layout, feeds.counters.samples[k] ?? 0);
}
