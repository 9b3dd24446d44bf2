import { assert, double, property } from "fast-check";
import { expect, test } from "vitest";
import { formatNumber } from "../../../src/core/exposition/format-number.ts";
import { parseNumber } from "../../../src/core/exposition/read-number.ts";

test.each([
  [0, "0"],
  [-0, "0"],
  [42, "42"],
  [-1, "-1"],
  [123456, "123456"],
  [999999.9, "999999.9"],
  [1e6, "1e+06"],
  [-1e6, "-1e+06"],
  [1234567.5, "1.2345675e+06"],
  [123456789, "1.23456789e+08"],
  [1e10, "1e+10"],
  [1e21, "1e+21"],
  [1e100, "1e+100"],
  [0.1, "0.1"],
  [0.0001, "0.0001"],
  [0.00001, "1e-05"],
  [0.00012345, "0.00012345"],
  [-9223372036854775808, "-9.223372036854776e+18"],
  [Number.MAX_VALUE, "1.7976931348623157e+308"],
  [5e-324, "5e-324"],
  [NaN, "NaN"],
  [Infinity, "+Inf"],
  [-Infinity, "-Inf"],
])("%d is printed as %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test("what is printed reads back as the same number", () => {
  assert(
    property(double(), (value) => {
      // -0 is printed as 0, as a Pushgateway does.
      expect(parseNumber(formatNumber(value))).toBe(value === 0 ? 0 : value);
    }),
    { numRuns: 10_000 },
  );
});
