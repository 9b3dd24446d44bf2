import { array, assert, boolean, constantFrom, integer, property, record } from "fast-check";
import { expect, test } from "vitest";
import { COLUMNS, Column, clearRow, partialAt, Told } from "../../../src/core/view/columns.ts";
import type { MergedOutputDraft } from "../../../src/core/view/merged-output.ts";
import { gatherSeries } from "../../../src/core/view/merged-output.ts";
import type { RollupName, Rollups, RollupSeries } from "../../../src/core/view/part.ts";
import type { RollupIndex } from "../../../src/core/view/rollup-index.ts";
import { createRollupIndex } from "../../../src/core/view/rollup-index.ts";
import { allSteps } from "../../support/all-steps.ts";

/** What a partition says of one series; undefined where it says nothing. */
const series = record({
  labels: constantFrom('{l="1"}', '{l="2"}', '{"l.3"="3"}'),
  function: constantFrom("sum" as const, "counter" as const),
  isTold: boolean(),
  isLive: boolean(),
  lastLiveMs: integer({ min: 0, max: 9 }),
  startMs: constantFrom(1, 2, 3),
  sum: integer({ min: -9, max: 9 }),
  newest: constantFrom(1, Number.NaN),
  newestMs: integer({ min: 0, max: 2 }),
});
type Drawn = ReturnType<(typeof series)["generate"]>["value"];

function nameOf({ labels, function: fn }: Drawn): RollupName {
  const shape = { family: "f", suffix: "", type: "gauge", companions: [], perProcess: false } as const;
  return { ...shape, labels, function: fn };
}

function rollups(partition: number, drawn: readonly Drawn[], names = drawn.map(nameOf)): Rollups {
  const numbers = new Float64Array(drawn.length * COLUMNS);
  for (const [row, each] of drawn.entries()) {
    const at = row * COLUMNS;
    clearRow(numbers, at);
    if (!each.isTold) continue;
    numbers[at] = each.isLive ? Told.live : Told.lingering;
    numbers[at + Column.lastLiveMs] = each.lastLiveMs;
    numbers[at + Column.startMs] = each.startMs;
    numbers[at + Column.sum] = each.sum;
    numbers[at + Column.min] = each.sum;
    numbers[at + Column.max] = each.sum;
    numbers[at + Column.count] = 1;
    numbers[at + Column.newest] = each.newest;
    numbers[at + Column.newestMs] = each.newestMs;
    numbers[at + Column.newestPartition] = partition;
    numbers[at + Column.newestSequence] = row;
  }
  return { names, numbers, rare: new Map() };
}

/** The same by objects, as `explain` merges them. */
function oneByOne(parts: readonly Rollups[]): Map<string, MergedOutputDraft> {
  const merged = new Map<string, MergedOutputDraft>();
  for (const { names, numbers } of parts) {
    for (const [row, name] of names.entries()) {
      const at = row * COLUMNS;
      if (name === undefined || numbers[at] === Told.nothing) continue;
      const one: RollupSeries = {
        ...name,
        isLive: numbers[at] === Told.live,
        lastLiveMs: numbers[at + Column.lastLiveMs]!,
        startMs: numbers[at + Column.startMs]!,
        partial: partialAt(numbers, at),
      };
      gatherSeries(merged, one);
    }
  }
  return merged;
}

function merge(index: RollupIndex, parts: readonly Rollups[]): Record<string, unknown> {
  const { names, numbers } = allSteps(
    index.merge(parts.map((each, partition) => ({ partition, rollups: each }))),
  );
  return Object.fromEntries(
    names.flatMap((name, place) => {
      const at = place * COLUMNS;
      if (name === undefined) return [];
      const times = Array.from(numbers.slice(at + 1, at + 3));
      const isLive = numbers[at] === Told.live;
      return [[name.labels, Object.assign(partialAt(numbers, at), { fn: name.function, isLive, times })]];
    }),
  );
}

function wantedOf(parts: readonly Rollups[]): Record<string, unknown> {
  return Object.fromEntries(
    Array.from(oneByOne(parts), ([labels, { series: of, partial, isLive, lastLiveMs, startMs }]) => {
      const { native: _native, sources: _sources, ...numbers } = partial;
      return [labels, { fn: of.function, isLive, ...numbers, times: [lastLiveMs, startMs] }];
    }),
  );
}

test("columns merge as objects do, whatever was merged with the index before", () => {
  const fleet = array(array(series, { maxLength: 4 }), { maxLength: 4 });
  assert(
    property(array(fleet, { maxLength: 4 }), (views) => {
      const index = createRollupIndex();
      for (const view of views) {
        const parts = view.map((drawn, partition) => rollups(partition, drawn));
        expect(merge(index, parts)).toEqual(wantedOf(parts));
      }
    }),
  );
});

test("names that are added to a list that is known, and rows without one, keep what is known in its place", () => {
  assert(
    property(
      array(series, { minLength: 1, maxLength: 6 }),
      array(integer({ min: 0, max: 5 })),
      (drawn, gone) => {
        const index = createRollupIndex();
        const names: (RollupName | undefined)[] = [];
        for (const [row, each] of drawn.entries()) {
          names.push(nameOf(each));
          if (gone.includes(row)) names[row - 1] = undefined;
          const parts = [rollups(0, drawn.slice(0, row + 1), names as RollupName[])];
          expect(merge(index, parts)).toEqual(wantedOf(parts));
        }
      },
    ),
  );
});

test("a series that no partition counts any more does not stay", () => {
  const index = createRollupIndex();
  const told = { isTold: true, isLive: true, function: "sum", sum: 1 } as Drawn;
  merge(index, [rollups(0, [{ ...told, labels: '{l="1"}' }])]);
  const after = [rollups(0, [{ ...told, labels: '{l="2"}' }])];
  const { families } = allSteps(index.merge(after.map((each, partition) => ({ partition, rollups: each }))));
  expect([...families].flatMap(({ places }) => places)).toEqual([0]);
});

test("merges that go on by turns, of other lists and of longer ones, do not disturb each other", () => {
  const told = { isTold: true, isLive: true, function: "sum", sum: 1 } as Drawn;
  const labels = ['{l="1"}', '{l="2"}', '{"l.3"="3"}'] as const;
  const drawn = Array.from(labels, (each): Drawn => ({ ...told, labels: each }));
  const names: (RollupName | undefined)[] = drawn.slice(0, 2).map(nameOf);
  const views = [
    [rollups(0, drawn.slice(0, 2), names as RollupName[]), rollups(1, drawn.slice(0, 1))],
    [rollups(0, drawn.slice(1))],
  ];
  const index = createRollupIndex();
  const running = views.map((parts) =>
    index.merge(parts.map((each, partition) => ({ partition, rollups: each }))),
  );
  const [first, second] = running;
  first?.next();
  second?.next();
  names.push(nameOf(drawn[2]!));
  expect(merge(index, [rollups(0, drawn, names as RollupName[])])).toMatchObject({
    '{"l.3"="3"}': { sum: 1 },
  });
  expect(allSteps(second!).names.map((name) => name?.labels)).toEqual(labels.slice(1));
  const { names: merged, numbers } = allSteps(first!);
  expect(merged.map((name) => name?.labels)).toEqual(labels.slice(0, 2));
  expect([0, 1].map((place) => numbers[place * COLUMNS + Column.sum])).toEqual([2, 1]);
});

test("a merge that goes on after another has seen a newer list of a partition reads its own", () => {
  const told = { isTold: true, isLive: true, function: "sum" } as Drawn;
  const one: Drawn = { ...told, labels: '{l="1"}', sum: 1 };
  const two: Drawn = { ...told, labels: '{l="2"}', sum: 2 };
  const same = rollups(0, [one]);
  const older = [same, rollups(1, [one, two])];
  const newer = [same, rollups(1, [two])];
  const index = createRollupIndex();
  const running = index.merge(older.map((each, partition) => ({ partition, rollups: each })));
  running.next();
  expect(merge(index, newer)).toEqual(wantedOf(newer));
  const { names, numbers } = allSteps(running);
  const sums = names.map((name, place) => [name?.labels, numbers[place * COLUMNS + Column.sum]]);
  expect(sums).toEqual([
    ['{l="1"}', 2],
    ['{l="2"}', 2],
  ]);
  expect(merge(index, newer)).toEqual(wantedOf(newer));
});
