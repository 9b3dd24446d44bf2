import { assert, double, maxSafeInteger, oneof, property } from "fast-check";
import { expect, test } from "vitest";
import { formatNumber } from "../../../../src/core/exposition/format-number.ts";
import { MOST_NUMBER_BYTES, writeNumber } from "../../../../src/core/exposition/write/number-bytes.ts";

function written(value: number): string {
  const bytes = new Uint8Array(MOST_NUMBER_BYTES + 2).fill(35);
  const end = writeNumber(bytes, 1, value);
  expect([bytes[0], bytes[MOST_NUMBER_BYTES + 1]]).toEqual([35, 35]);
  return String.fromCharCode(...bytes.subarray(1, end));
}

test.each([
  0,
  -0,
  1,
  -1,
  9,
  10,
  999_999,
  1_000_000,
  -1_000_000,
  1_234_500,
  9_999_999,
  10_000_000_000,
  2 ** 53 - 1,
  1 - 2 ** 53,
  2 ** 53,
  -(2 ** 63),
  1e21,
  0.1,
  1e-5,
  5e-324,
  -1.7976931348623157e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
])("%s is written as it is formatted", (value) => {
  expect(written(value)).toBe(formatNumber(value));
});

test("every power of ten, and what lies beside it, is written as it is formatted", () => {
  for (let power = 1; power < 2 ** 53; power *= 10) {
    for (const value of [power - 1, power, power + 1, power * 5]) {
      expect(written(value)).toBe(formatNumber(value));
    }
  }
});

test("every number is written as it is formatted", () => {
  assert(
    property(oneof(double(), maxSafeInteger()), (value) => {
      expect(written(value)).toBe(formatNumber(value));
    }),
    { numRuns: 10_000 },
  );
});
