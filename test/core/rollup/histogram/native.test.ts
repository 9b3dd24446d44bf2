import { array, assert, boolean, constantFrom, integer, property, record, tuple } from "fast-check";
import { expect, test } from "vitest";
import type { NativeHistogram } from "../../../../src/core/exposition/native-histogram.ts";
import { addNative, nativeCount, subtractNative } from "../../../../src/core/rollup/histogram/native.ts";

/**
 * Observations are ±2^(n/512) for odd n, or zero: well within their bucket at every schema, so that the model can
 * count in whole numbers. It knows the observations, and shares nothing with the code.
 */
interface Observation {
  readonly n: number;
  readonly isNegative: boolean;
  readonly isZero: boolean;
}

interface Resolution {
  readonly schema: number;
  /** The threshold is 2^(zero/512); undefined for none. */
  readonly zero: number | undefined;
}

const observations = array(
  record({ n: integer({ min: -3000, max: 3000 }), isNegative: boolean(), isZero: boolean() }),
  { maxLength: 30 },
);
const resolution = record({
  schema: integer({ min: -4, max: 8 }),
  zero: constantFrom(undefined, -4000, -1024, -700, -3, 0, 1, 512, 900),
});

/** The end of the bucket at 2^(n/512), in 512ths of an exponent. */
function endOf(n: number, schema: number): number {
  const width = 512 / 2 ** schema;
  return Math.ceil(n / width) * width;
}

/** `end` is where the zero bucket ends, in 512ths. */
function model(all: readonly Observation[], schema: number, end: number): NativeHistogram {
  const width = 512 / 2 ** schema;
  const counts = { true: new Map<number, number>(), false: new Map<number, number>() };
  let zeroCount = 0;
  for (const { n, isNegative, isZero } of all) {
    const odd = 2 * n + 1;
    if (isZero || odd <= end) {
      zeroCount += 1;
      continue;
    }
    const index = Math.ceil(odd / width);
    const ofSign = counts[isNegative ? "true" : "false"];
    ofSign.set(index, (ofSign.get(index) ?? 0) + 1);
  }
  return {
    schema,
    zeroThreshold: end === Number.NEGATIVE_INFINITY ? 0 : 2 ** (end / 512),
    zeroCount,
    positive: sorted(counts.false),
    negative: sorted(counts.true),
  };
}

function pushed(all: readonly Observation[], { schema, zero }: Resolution): NativeHistogram {
  return model(all, schema, zero ?? Number.NEGATIVE_INFINITY);
}

function sorted(map: ReadonlyMap<number, number>): NativeHistogram["positive"] {
  const entries = [...map].toSorted(([a], [b]) => a - b);
  return { indexes: entries.map(([index]) => index), counts: entries.map(([, count]) => count) };
}

/** What several ought to be together. */
function together(all: readonly Observation[], resolutions: readonly Resolution[]): NativeHistogram {
  const schema = Math.min(...resolutions.map((each) => each.schema));
  const zero = Math.max(...resolutions.map((each) => each.zero ?? Number.NEGATIVE_INFINITY));
  return model(all, schema, endOf(zero, schema));
}

test("the sum of two is what one at the coarser resolution would have counted", () => {
  assert(
    property(observations, resolution, observations, resolution, (a, ofA, b, ofB) => {
      expect(addNative(pushed(a, ofA), pushed(b, ofB))).toEqual(together([...a, ...b], [ofA, ofB]));
    }),
    { numRuns: 500 },
  );
});

test("of several it does not matter which come first", () => {
  const histogram = tuple(observations, resolution).map(([all, of]) => pushed(all, of));
  assert(
    property(histogram, histogram, histogram, (a, b, c) => {
      expect(addNative(a, addNative(b, c))).toEqual(addNative(addNative(a, b), c));
      expect(addNative(a, b)).toEqual(addNative(b, a));
    }),
    { numRuns: 500 },
  );
});

test("the difference is what has come since, whatever has become of schema and threshold", () => {
  assert(
    property(observations, resolution, observations, resolution, (before, then, since, now) => {
      const difference = subtractNative(pushed([...before, ...since], now), pushed(before, then));
      expect(difference).toEqual(together(since, [then, now]));
      expect(nativeCount(difference!)).toBe(since.length);
    }),
    { numRuns: 500 },
  );
});

test("without a bucket that it had it is no continuation", () => {
  const one = { n: 5, isNegative: false, isZero: false };
  const other = { ...one, isNegative: true };
  const at = { schema: 3, zero: undefined };
  expect(subtractNative(pushed([other, other], at), pushed([one], at))).toBeUndefined();
  expect(subtractNative(pushed([one], at), pushed([{ ...one, isZero: true }], at))).toBeUndefined();
});
