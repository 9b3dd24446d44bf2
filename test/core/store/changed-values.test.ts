import { array, assert, constantFrom, double, integer, oneof, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { applyChanges, packChanges } from "../../../src/core/store/changed-values.ts";

const value = oneof(
  double(),
  integer({ min: -1000, max: 1000 }),
  constantFrom(
    0,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    2 ** 53 + 2,
    2 ** 60,
    0.1,
    0.1 + 0.2,
    -1,
    2 ** 40,
  ),
);

test("what has changed leads from any values to any others, to the bit", () => {
  assert(
    property(array(tuple(value, value), { maxLength: 40 }), (pairs) => {
      const before = Float64Array.from(pairs, ([from]) => from);
      const after = Float64Array.from(pairs, ([, to]) => to);
      expect(applyChanges(before, packChanges(before, after))).toEqual(after);
    }),
    { numRuns: 2_000 },
  );
});

test("what stands still costs a bit, a counter that moves a byte or two, anything else nine", () => {
  const before = Float64Array.of(5, 100, 7, 0.5, 1, 1, 1, 1, 1);
  expect(packChanges(before, before)).toHaveLength(2);
  expect(packChanges(before, Float64Array.of(5, 101, 7, 0.5, 1, 1, 1, 1, 1))).toHaveLength(3);
  expect(packChanges(before, Float64Array.of(5, 1_100, 7, 0.25, 1, 1, 1, 1, 1))).toHaveLength(2 + 2 + 9);
});
