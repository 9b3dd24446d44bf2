import { array, assert, constantFrom, integer, property, record } from "fast-check";
import { expect, test } from "vitest";
import { covers, layoutLabel } from "../../../src/core/rollup/histogram/boundaries.ts";
import type { ShownHistograms, Simulation } from "../../support/histogram-simulation.ts";
import { LAYOUTS, shownHistograms, simulateHistograms, truthOf } from "../../support/histogram-simulation.ts";

const steps = array(
  record({
    what: constantFrom(
      "observe",
      "observe",
      "observe",
      "push",
      "post",
      "restart",
      "other layout",
      "late",
      "delete",
      "empty",
      "wait",
    ),
    who: integer({ min: 0, max: 3 }),
    amount: integer({ min: 0, max: 20 }),
    ms: constantFrom(1_000, 70_000, 400_000, 700_000),
  } as const),
  { minLength: 1, maxLength: 60 },
);
const numRuns = Number(process.env["PROPERTY_RUNS"] ?? 200);

/** C9 (8): cumulative, and the count is the +Inf bucket. */
function expectCumulative(shown: ShownHistograms): void {
  for (const parts of shown.values()) {
    const boundaries = [...parts.keys()].filter((le) => le !== "count" && le !== "sum" && le !== "+Inf");
    const sorted = boundaries.toSorted((a, b) => Number(a) - Number(b));
    const numbers = [...sorted, "+Inf", "count"].map((le) => parts.get(le)!);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(parts.get("count")).toBe(parts.get("+Inf"));
  }
}

/** C9 (1), but for the sum. */
function expectNoFall(before: ShownHistograms, now: ShownHistograms): void {
  for (const [layout, parts] of before) {
    // Fifteen minutes without a source, and it is not shown.
    for (const [le, value] of now.has(layout) ? parts : []) {
      if (le !== "sum") expect(now.get(layout)!.get(le)).toBeGreaterThanOrEqual(value);
    }
  }
}

/** By what `le_layout` is shown: all that was pushed of the lives that feed it. */
function truths(simulation: Simulation): Map<string, Map<string, number>> {
  const { lives } = simulation;
  const set = simulation.decided() ?? [];
  const own = LAYOUTS.filter((layout) => !covers(layout, set));
  return new Map([
    [
      "",
      truthOf(
        lives.filter(({ layout }) => covers(layout, set)),
        set,
      ),
    ],
    ...own.map(
      (layout) =>
        [
          layoutLabel(layout),
          truthOf(
            lives.filter((life) => life.layout === layout),
            layout,
          ),
        ] as const,
    ),
  ]);
}

test("whatever happens, a merged histogram is one, never falls, and shows no more than was pushed", () => {
  assert(
    property(steps, (history) => {
      const simulation = simulateHistograms("anonymous");
      let before: ShownHistograms = new Map();
      for (const step of history) {
        simulation.take(step);
        const shown = shownHistograms(simulation.relay.view("merged"));
        expectCumulative(shown);
        expectNoFall(before, shown);
        const most = truths(simulation);
        for (const [layout, parts] of shown) {
          for (const [le, value] of parts) {
            if (le !== "sum") expect(value).toBeLessThanOrEqual(most.get(layout)!.get(le)!);
          }
        }
        before = new Map([...before, ...shown]);
      }
    }),
    { numRuns },
  );
});

test("of processes that are told apart it shows exactly what was pushed, on the boundaries of the first", () => {
  assert(
    property(steps, (history) => {
      const simulation = simulateHistograms("named");
      for (const step of history) {
        simulation.take(step);
        const shown = shownHistograms(simulation.relay.view("merged"));
        expectCumulative(shown);
        const wanted = truths(simulation);
        for (const [layout, parts] of shown) expect(parts).toEqual(mapOf(parts.keys(), wanted.get(layout)!));
      }
    }),
    { numRuns },
  );
});

function mapOf(names: Iterable<string>, values: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...names].map((name) => [name, values.get(name)!]));
}

test("many partitions add up to what one would have that held all of them", () => {
  assert(
    property(steps, (history) => {
      const many = simulateHistograms("anonymous", 8);
      const one = simulateHistograms("anonymous", 1);
      for (const step of history) {
        many.take(step);
        one.take(step);
      }
      expect(shownHistograms(many.relay.view("merged"))).toEqual(shownHistograms(one.relay.view("merged")));
    }),
    { numRuns },
  );
});
