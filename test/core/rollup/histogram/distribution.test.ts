import { describe, expect, test } from "vitest";
import type { NativeHistogram } from "../../../../src/core/exposition/native-histogram.ts";
import type { Reading } from "../../../../src/core/rollup/histogram/distribution.ts";
import { fits, isSound } from "../../../../src/core/rollup/histogram/distribution.ts";

/** Buckets but +Inf, then the count; `sum` of the observations. */
function reading(numbers: readonly number[], sum = 0, native?: NativeHistogram): Reading {
  const buckets = Float64Array.from(numbers.slice(0, -1));
  return { value: numbers.at(-1) ?? 0, rest: { buckets, sum, native } };
}

/** A native histogram of these populations from bucket 1 on. */
function nativeOf(...counts: number[]): NativeHistogram {
  const positive = { indexes: counts.map((_, i) => i + 1), counts };
  return { schema: 0, zeroThreshold: 0, zeroCount: 0, positive, negative: { indexes: [], counts: [] } };
}

test.each<[number[], number[], boolean]>([
  [[1, 2, 3], [1, 2, 3], true],
  [[1, 2, 3], [2, 4, 6], true],
  [[1, 2, 3], [1, 2, 9], true],
  [[0, 0, 0], [5, 5, 5], true],
  // A bucket has fallen.
  [[1, 2, 3], [0, 2, 9], false],
  // More has come into the lower bucket than into the one that holds it.
  [[1, 2, 3], [3, 3, 9], false],
  [[1, 2, 3], [1, 9, 8], false],
  [[1, 2, 3], [1, Number.NaN, 9], false],
])("observations can lead from %j to %j: %s", (from, to, does) => {
  expect(fits(reading(from), reading(to))).toBe(does);
});

test("from nothing, and for a count alone", () => {
  const zero = { value: 0, rest: undefined };
  expect(fits(zero, reading([1, 2, 3]))).toBe(true);
  expect(fits(zero, reading([3, 2, 3]))).toBe(false);
  expect(fits(reading([1, 2, 3]), zero)).toBe(false);
  expect(fits({ value: 3, rest: undefined }, { value: 4, rest: undefined })).toBe(true);
});

test.each<[number[], number, boolean]>([
  [[1, 2, 3], -5.5, true],
  [[3], 1, true],
  [[2, 1, 3], 1, false],
  [[1, 4, 3], 1, false],
  [[-1, 2, 3], 1, false],
  [[1, 2, 3], Number.NaN, false],
  [[1, 2, 3], Number.POSITIVE_INFINITY, false],
])("%j with a sum of %d is a histogram: %s", (numbers, sum, is) => {
  expect(isSound(reading(numbers, sum))).toBe(is);
});

describe("a native histogram beside it", () => {
  test("must hold what the count says", () => {
    expect(isSound(reading([3], 1, nativeOf(1, 2)))).toBe(true);
    expect(isSound(reading([4], 1, nativeOf(1, 2)))).toBe(false);
    // Floats are counted to rounding.
    expect(isSound(reading([0.3], 1, nativeOf(0.1, 0.2)))).toBe(true);
    expect(isSound(reading([0.4], 1, nativeOf(0.1, 0.2)))).toBe(false);
  });

  test("must not fall in any bucket", () => {
    expect(fits(reading([3], 1, nativeOf(1, 2)), reading([4], 1, nativeOf(1, 3)))).toBe(true);
    expect(fits(reading([3], 1, nativeOf(1, 2)), reading([4], 1, nativeOf(0, 4)))).toBe(false);
    expect(fits(reading([3], 1), reading([4], 1, nativeOf(0, 4)))).toBe(true);
  });
});
