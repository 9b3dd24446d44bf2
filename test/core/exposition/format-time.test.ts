import { assert, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { formatTime } from "../../../src/core/exposition/format-time.ts";

test.each([
  [0, "1970-01-01T00:00:00Z"],
  [1_700_000_000.25, "2023-11-14T22:13:20.25Z"],
  [951_782_400, "2000-02-29T00:00:00Z"],
  [4_107_542_399.999999, "2100-02-28T23:59:59.999999Z"],
])("%d is %s", (seconds, text) => {
  expect(formatTime(seconds)).toBe(text);
});

test("it is the time of any other clock", () => {
  assert(
    property(integer({ min: 0, max: 4_000_000_000_000 }), (ms) => {
      const short = new Date(ms).toISOString().replace(/\.?0*Z$/, "Z");
      expect(formatTime(ms / 1000)).toBe(
        ms % 1000 === 0 ? `${new Date(ms).toISOString().slice(0, 19)}Z` : short,
      );
    }),
  );
});
