import type { NativeBuckets, NativeHistogram } from "../../exposition/native-histogram.ts";

/*
 * Two native histograms are added up, or subtracted, at the coarser of their schemas and with the wider of their zero
 * buckets, to which everything in them can be brought exactly: two buckets are one of the next coarser schema, and a
 * zero bucket can take in its neighbours. For the latter it must end where a bucket ends, so its threshold is
 * raised to the next such place. That makes the sum of several the same in any order.
 */

/** Adds up all populations, exactly as long as they are whole numbers below 2^53. */
export function addNative(a: NativeHistogram, b: NativeHistogram): NativeHistogram {
  return combine(a, b, (x, y) => x + y);
}

/** What has come to `from` until it was `to`; undefined where a population has fallen. */
export function subtractNative(to: NativeHistogram, from: NativeHistogram): NativeHistogram | undefined {
  const difference = combine(to, from, (x, y) => x - y);
  const { zeroCount, positive, negative } = difference;
  const fell = zeroCount < 0 || [positive, negative].some(({ counts }) => counts.some((count) => count < 0));
  return fell ? undefined : difference;
}

/** How many observations it holds. */
export function nativeCount({ zeroCount, positive, negative }: NativeHistogram): number {
  let count = zeroCount;
  for (const each of positive.counts) count += each;
  for (const each of negative.counts) count += each;
  return count;
}

type Operation = (x: number, y: number) => number;

function combine(a: NativeHistogram, b: NativeHistogram, operation: Operation): NativeHistogram {
  const schema = Math.min(a.schema, b.schema);
  const zeroIndex = Math.max(zeroIndexAt(a, schema), zeroIndexAt(b, schema));
  const x = bringTo(a, schema, zeroIndex);
  const y = bringTo(b, schema, zeroIndex);
  return {
    schema,
    zeroThreshold: zeroIndex === Number.NEGATIVE_INFINITY ? 0 : upperBound(zeroIndex, schema),
    zeroCount: operation(x.zeroCount, y.zeroCount),
    positive: combineBuckets(x.positive, y.positive, operation),
    negative: combineBuckets(x.negative, y.negative, operation),
  };
}

/** Populations by index, and what they leave for the zero bucket. */
interface Brought {
  readonly zeroCount: number;
  readonly positive: ReadonlyMap<number, number>;
  readonly negative: ReadonlyMap<number, number>;
}

function bringTo(histogram: NativeHistogram, schema: number, zeroIndex: number): Brought {
  let { zeroCount } = histogram;
  const shift = histogram.schema - schema;
  function bring({ indexes, counts }: NativeBuckets): Map<number, number> {
    const brought = new Map<number, number>();
    for (const [i, index] of indexes.entries()) {
      const coarse = ((index - 1) >> shift) + 1;
      const count = counts[i] ?? 0;
      if (coarse <= zeroIndex) zeroCount += count;
      else brought.set(coarse, (brought.get(coarse) ?? 0) + count);
    }
    return brought;
  }
  const positive = bring(histogram.positive);
  const negative = bring(histogram.negative);
  return { zeroCount, positive, negative };
}

function combineBuckets(
  a: ReadonlyMap<number, number>,
  b: ReadonlyMap<number, number>,
  operation: Operation,
): NativeBuckets {
  const indexes: number[] = [];
  const counts: number[] = [];
  for (const index of [...new Set([...a.keys(), ...b.keys()])].toSorted((x, y) => x - y)) {
    const count = operation(a.get(index) ?? 0, b.get(index) ?? 0);
    if (count === 0) continue;
    indexes.push(index);
    counts.push(count);
  }
  return { indexes, counts };
}

/** The rounding of a logarithm must not make a threshold that ends with a bucket end with the next one. */
const LOGARITHM_ERROR = 1e-9;

/** The last bucket that a zero bucket with that threshold takes in, in whole or in part. */
function zeroIndexAt({ zeroThreshold }: NativeHistogram, schema: number): number {
  return Math.ceil(Math.log2(zeroThreshold) * 2 ** schema - LOGARITHM_ERROR);
}

function upperBound(index: number, schema: number): number {
  return 2 ** (index * 2 ** -schema);
}
