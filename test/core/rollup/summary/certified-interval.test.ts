import {
  array,
  assert,
  boolean,
  constantFrom,
  integer,
  property,
  record,
  shuffledSubarray,
  tuple,
} from "fast-check";
import { describe, expect, test } from "vitest";
import { certify } from "../../../../src/core/rollup/summary/certified-interval.ts";
import type { SourceQuantiles } from "../../../../src/core/rollup/summary/source-quantiles.ts";

/** What Flink 2.4 sends; before, without 0 and 1. */
const FLINKS = [0, 0.5, 0.75, 0.95, 0.98, 0.99, 0.999, 1];

const source = (weight: number, points: Readonly<Record<string, number>>): SourceQuantiles => ({
  quantiles: Object.keys(points).map(Number),
  values: Object.values(points),
  weight,
});

describe("the interval of the median", () => {
  test.each<[string, SourceQuantiles[], number, number]>([
    ["of one source is what it says", [source(7, { 0: 1, 0.5: 4, 1: 9 })], 4, 4],
    ["of two alike is what both say", [source(7, { 0.5: 4 }), source(9, { 0.5: 4 })], 4, 4],
    ["lies between those of two", [source(1, { 0.5: 4 }), source(1, { 0.5: 6 })], 4, 6],
    ["is the heavy one's, nearly", [source(999, { 0.4: 3, 0.5: 4, 0.6: 5 }), source(1, { 0.5: 60 })], 4, 5],
    ["leaves out who has counted nothing", [source(3, { 0.5: 4 }), source(0, { 0.5: 60 })], 4, 4],
    [
      "is the widest where a weight is unknown",
      [source(3, { 0.5: 4 }), source(Number.NaN, { 0.5: 60 })],
      4,
      60,
    ],
    [
      "is the widest where nobody has counted anything",
      [source(0, { 0.5: 4 }), source(0, { 0.5: 60 })],
      4,
      60,
    ],
    ["is open where a source says too little", [source(1, { 0.9: 4 })], Number.NEGATIVE_INFINITY, 4],
    [
      "is a gap where nothing lies in the middle",
      [source(1, { 0: 1, 1: 2 }), source(1, { 0: 8, 1: 9 })],
      2,
      8,
    ],
  ])("%s", (_name, sources, lower, upper) => {
    expect(certify(sources, [0.5])).toEqual([{ lower, upper }]);
  });
});

const samples = array(oneOf3(), { minLength: 1, maxLength: 60 });
function oneOf3() {
  // Far apart, close together, and often equal.
  return tuple(constantFrom(1, 10, 1000), integer({ min: 0, max: 20 })).map(([scale, n]) => scale * n);
}

/** The smallest value with at least that share at or below it: what a client that keeps its window says. */
function quantileOf(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;
}

/** Everything between these is a `q`-quantile of the samples. */
function quantilesOf(sorted: readonly number[], q: number): { least: number; greatest: number } {
  const least = sorted.find((_, i) => (i + 1) / sorted.length >= q - 1e-12)!;
  const greatest = sorted.findLast((_, i) => i / sorted.length <= q + 1e-12)!;
  return { least, greatest };
}

/** What a source says of its window, which it has seen whole. */
function sourceOf(window: readonly number[], quantiles: readonly number[]): SourceQuantiles {
  const sorted = window.toSorted((a, b) => a - b);
  return { quantiles, values: quantiles.map((q) => quantileOf(sorted, q)), weight: window.length };
}

const anyWindow = record({ samples, quantiles: shuffledSubarray(FLINKS, { minLength: 1 }) });

describe("C9 (9): whatever the sources have seen, the certified interval holds a true quantile", () => {
  test.each([true, false])("weights known: %s", (areKnown) => {
    assert(
      property(array(anyWindow, { minLength: 1, maxLength: 6 }), boolean(), (windows, areWhole) => {
        const sources = windows.map(({ samples: window, quantiles }) => {
          const whole = sourceOf(window, areWhole ? FLINKS : quantiles);
          return areKnown ? whole : { ...whole, weight: Number.NaN };
        });
        const all = windows.flatMap(({ samples: window }) => window).toSorted((a, b) => a - b);
        const inner = FLINKS.slice(1, -1);
        for (const [j, { lower, upper }] of certify(sources, inner).entries()) {
          const { least, greatest } = quantilesOf(all, inner[j]!);
          expect(lower).toBeLessThanOrEqual(greatest);
          expect(upper).toBeGreaterThanOrEqual(least);
          expect(lower).toBeLessThanOrEqual(upper);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("with weights it is never wider than without", () => {
    assert(
      property(array(anyWindow, { minLength: 1, maxLength: 6 }), (windows) => {
        const sources = windows.map(({ samples: window }) => sourceOf(window, FLINKS));
        const inner = FLINKS.slice(1, -1);
        const free = certify(
          sources.map((each) => ({ ...each, weight: Number.NaN })),
          inner,
        );
        for (const [j, { lower, upper }] of certify(sources, inner).entries()) {
          expect(lower).toBeGreaterThanOrEqual(free[j]!.lower);
          expect(upper).toBeLessThanOrEqual(free[j]!.upper);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("in whatever order the sources come", () => {
    assert(
      property(array(anyWindow, { minLength: 2, maxLength: 6 }), (windows) => {
        const sources = windows.map(({ samples: window }) => sourceOf(window, FLINKS));
        expect(certify(sources.toReversed(), [0.5, 0.99])).toEqual(certify(sources, [0.5, 0.99]));
      }),
    );
  });
});
