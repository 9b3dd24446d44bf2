import { expect, test } from "vitest";
import type { RollupName, Rollups, ViewPart } from "../../src/core/view/part.ts";
import { createPartsReceiver, createPartsSender, NOTHING_KNOWN } from "../../src/platform/pack-parts.ts";

function named(labels: string, more: Partial<RollupName> = {}): RollupName {
  return {
    family: "a",
    suffix: "",
    labels,
    type: "gauge",
    function: "sum",
    companions: ["max"],
    perProcess: false,
    ...more,
  };
}

function part(partition: number, rollups: Rollups | undefined): ViewPart {
  const metrics = [{ sortKey: "k", rendered: "x 1\n" }];
  return {
    partition,
    families: [{ name: "x", type: "gauge", metrics, bulkSamples: 7 }],
    collisions: 1,
    rollups,
  };
}

function outputs(names: Rollups["names"], rare: Rollups["rare"] = new Map()): Rollups {
  return { names, numbers: Float64Array.of(0.1 + 0.2, -0, Number.NaN, 2 ** -1074), rare };
}

test("parts with outputs, without names at some of their rows, and without outputs are the same on the other side", () => {
  const sources = [{ quantiles: [0.5], values: [Number.NaN], weight: 3 }];
  const other = named('{l="1"}', { function: "max", companions: [], suffix: "_count", perProcess: true });
  const parts = [
    part(
      1,
      outputs([named('{l="1"}'), undefined, other, named("", { family: "b" })], new Map([[2, { sources }]])),
    ),
    part(3, outputs([])),
    part(5, undefined),
  ];
  const packed = createPartsSender("s").pack(parts, NOTHING_KNOWN);
  expect(createPartsReceiver().unpack(packed)).toEqual(parts);
});

test("a name crosses once, and what came later is added to the same list", () => {
  const sender = createPartsSender("s");
  const receiver = createPartsReceiver();
  const names = [named(`{l="${"x".repeat(1_000)}"}`)];
  const [before] = receiver.unpack(sender.pack([part(0, outputs(names))], receiver.known()));
  names.push(named('{l="2"}'));
  const packed = sender.pack([part(0, outputs(names))], receiver.known());
  expect(packed.records.length).toBeLessThan(500);
  const [after] = receiver.unpack(packed);
  expect(after?.rollups?.names).toEqual(names);
  expect(after?.rollups?.names).toBe(before?.rollups?.names);
});

test("two answers that were asked for before either came are both understood", () => {
  const sender = createPartsSender("s");
  const receiver = createPartsReceiver();
  const names = [named("{}")];
  const first = sender.pack([part(0, outputs(names))], NOTHING_KNOWN);
  names.push(named('{l="2"}'));
  const second = sender.pack([part(0, outputs(names))], NOTHING_KNOWN);
  receiver.unpack(second);
  const [late] = receiver.unpack(first);
  expect(late?.rollups?.names.slice(0, 1)).toEqual(names.slice(0, 1));
  expect(receiver.unpack(second)[0]?.rollups?.names).toEqual(names);
});

test("a list that is another, or another sender's, is told from its beginning", () => {
  const receiver = createPartsReceiver();
  const sender = createPartsSender("s");
  receiver.unpack(sender.pack([part(0, outputs([named("{}"), named('{l="2"}')]))], receiver.known()));
  for (const other of [sender, createPartsSender("t")]) {
    const names = [named('{l="3"}'), named('{l="4"}'), named('{l="5"}')];
    const [got] = receiver.unpack(other.pack([part(0, outputs(names))], receiver.known()));
    expect(got?.rollups?.names).toEqual(names);
  }
});
