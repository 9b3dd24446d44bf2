import { array, assert, constant, constantFrom, integer, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyPartial, mergePartials, valueOf } from "../../../src/core/rollup/partial.ts";
import type { Partial } from "../../../src/core/rollup/partial.ts";

const number = integer({ min: -1000, max: 1000 });
/** No two partitions have the same number, so (time, partition, sequence) is one push. */
function partialOf(partition: number) {
  return record<Partial>({
    sum: number,
    min: number,
    max: number,
    count: integer({ min: 0, max: 9 }),
    unset: integer({ min: 0, max: 9 }),
    newest: constantFrom(1, 2, Number.NaN, -1),
    newestMs: integer({ min: 0, max: 3 }),
    newestSequence: integer({ min: 0, max: 3 }),
    newestPartition: constant(partition),
    sources: array(constant({ quantiles: [0.5], values: [partition], weight: 1 }), { maxLength: 2 }),
  });
}

/** The order of the sources says nothing. */
function sorted(partial: Partial): Partial {
  const { sources = [] } = partial;
  return { ...partial, sources: sources.toSorted((a, b) => a.values[0]! - b.values[0]!) };
}

describe("merging the partials of partitions", () => {
  test("is associative and commutative", () => {
    assert(
      property(partialOf(0), partialOf(1), partialOf(2), (a, b, c) => {
        expect(mergePartials(a, mergePartials(b, c))).toEqual(mergePartials(mergePartials(a, b), c));
        expect(sorted(mergePartials(a, b))).toEqual(sorted(mergePartials(b, a)));
      }),
    );
  });

  test("with the empty partial changes nothing", () => {
    assert(
      property(partialOf(0), (a) => {
        expect(mergePartials(a, emptyPartial)).toEqual(a);
        expect(mergePartials(emptyPartial, a)).toEqual(a);
      }),
    );
  });
});

const partial: Partial = { ...emptyPartial, sum: 6, min: 1, max: 3, count: 3, newest: 2, newestMs: 5 };

test.each([
  ["counter", 6],
  ["sum", 6],
  ["min", 1],
  ["max", 3],
  ["avg", 2],
  ["newest", 2],
] as const)("the %s of 1, 3 and 2 is %d", (fn, value) => {
  expect(valueOf(fn, partial)).toBe(value);
});

test.each(["sum", "min", "max", "avg"] as const)(
  "without a live value the %s is what was pushed last",
  (fn) => {
    expect(valueOf(fn, { ...emptyPartial, newest: -1, newestMs: 5 })).toBe(-1);
  },
);
