import { expect, test } from "vitest";
import { Column, COLUMNS, Told } from "../../../src/core/view/columns.ts";
import { TEXT } from "../../../src/core/exposition/write/format.ts";
import { encodeUtf8 } from "../../../src/core/encode-utf8.ts";
import { parseGroupingKey } from "../../../src/core/grouping-key.ts";
import { createShard } from "../../../src/core/shard/shard.ts";
import { createMemoryStore } from "../../../src/core/shard/store.ts";
import { nodeBytes } from "../../../src/platform/bytes.ts";
import { compileRegex } from "../../../src/platform/promql/regex.ts";
import { histogramText } from "../../support/histogram-source.ts";
import { defaultSettings } from "../../support/in-memory-relay.ts";
import { rule } from "../rollup/rules/rules.ts";

const HOUR = 3_600_000;
const OUTPUT = 'h_count{instance="",job="shop"}';

/** A shard that is pushed the histogram `h` with these boundaries, and a coordinator that answers as it is told. */
function createAskingShard() {
  const rules = [rule("h")];
  const shard = createShard([0], createMemoryStore(), nodeBytes, compileRegex, { ...defaultSettings, rules });
  const result = parseGroupingKey("/job/shop");
  if (!result.ok) throw new Error(result.message);
  const { key } = result;
  let id = 0;
  return {
    /** Returns the boundaries that the shard has asked about; undefined if it has not. */
    push(observedMs: number, n: number, boundaries: readonly number[], decided: readonly number[]) {
      id += 1;
      const at = { observedMs, wallMs: observedMs };
      const buckets = Object.fromEntries(boundaries.map((le) => [le, n]));
      const body = encodeUtf8(histogramText("h", { ...buckets, count: n, sum: n }));
      const command = { kind: "push", method: "PUT", key, body, ...at } as const;
      const [asked] = shard.run({ orders: [{ kind: "push", id, partition: 0, command }] }).questions;
      if (asked === undefined) return undefined;
      const boundarySets = [{ output: OUTPUT, boundaries: decided }];
      shard.run({ orders: [{ kind: "verdict", id, verdict: { conflicts: [], boundarySets } }] });
      expect(asked.question.histograms.every(({ set }) => set.output === OUTPUT)).toBe(true);
      return asked.question.histograms[0]?.set.boundaries;
    },
    remove(observedMs: number) {
      const command = { kind: "delete", key, observedMs, wallMs: observedMs } as const;
      shard.run({ orders: [{ kind: "command", id: 0, partition: 0, command }] });
    },
    /** The boundaries that live outputs have, with their values. */
    live(observedMs: number): Record<string, number> {
      const { names = [], numbers } = shard.parts("merged", observedMs, TEXT)[0]?.part.rollups ?? {};
      const value = (row: number, column: number): number => numbers?.[row * COLUMNS + column] ?? Number.NaN;
      return Object.fromEntries(
        names.flatMap((name, row) =>
          name?.suffix === "_bucket" && value(row, Column.told) === Told.live
            ? [[/le="(.*)"/.exec(name.labels)?.[1] ?? "", value(row, Column.sum)]]
            : [],
        ),
      );
    },
  };
}

test("a partition asks about an output once, while something feeds it and for half a day after", () => {
  const shard = createAskingShard();
  expect(shard.push(0, 1, [1, 5], [1, 5])).toEqual([1, 5]);
  expect(shard.push(1, 2, [1, 5, 10], [])).toBeUndefined();
  shard.remove(2);
  expect(shard.push(11 * HOUR, 3, [1, 2, 5], [])).toBeUndefined();
  expect(shard.live(11 * HOUR)).toEqual({ 1: 2, 5: 2, "+Inf": 2 });
});

test("later it asks again, and where another set has been decided the output begins anew", () => {
  const shard = createAskingShard();
  shard.push(0, 1, [1, 5], [1, 5]);
  shard.push(1, 4, [1, 5], []);
  shard.remove(2);
  expect(shard.push(13 * HOUR, 5, [5, 10], [10])).toEqual([5, 10]);
  shard.push(14 * HOUR, 7, [5, 10], []);
  expect(shard.live(14 * HOUR)).toEqual({ 10: 2, "+Inf": 2 });
});
