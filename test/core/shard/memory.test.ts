import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../src/core/encode-utf8.ts";
import { createPlainKeeper } from "../../../src/core/layout-text/plain-keeper.ts";
import { parseGroupingKey } from "../../../src/core/grouping-key.ts";
import type { BatchResult } from "../../../src/core/shard/messages.ts";
import type { OutOfRoom } from "../../../src/core/shard/room.ts";
import type { Shard } from "../../../src/core/shard/shard.ts";
import { createShard } from "../../../src/core/shard/shard.ts";
import { createMemoryStore } from "../../../src/core/shard/store.ts";
import { nodeBytes } from "../../../src/platform/bytes.ts";
import { compileRegex } from "../../../src/platform/promql/regex.ts";
import { defaultSettings } from "../../support/in-memory-relay.ts";

const AT = { observedMs: 1000, wallMs: 1_700_000_000_000 };

function newShard(outOfRoom?: OutOfRoom): Shard {
  const texts = createPlainKeeper(nodeBytes);
  return createShard([0], createMemoryStore(), nodeBytes, compileRegex, defaultSettings, texts, 0, outOfRoom);
}

let id = 0;

function put(shard: Shard, group: string, text: string): string | undefined {
  const parsed = parseGroupingKey(`/job/j/group/${group}`);
  if (!parsed.ok) throw new Error(parsed.message);
  id += 1;
  const command = { kind: "push", method: "PUT", key: parsed.key, body: encodeUtf8(text), ...AT } as const;
  const push = { kind: "push", id, partition: 0, command } as const;
  const verdict = { kind: "verdict", id, verdict: { conflicts: [], boundarySets: [] } } as const;
  const result: BatchResult = shard.run({ orders: [push, verdict] });
  return result.replies[0]?.refusal?.message;
}

test("the platform is asked for room where series are added, and only there", () => {
  const asked: number[] = [];
  const shard = newShard(({ series, footprint }) => {
    asked.push(series);
    expect(footprint()).toBeGreaterThan(series);
    return undefined;
  });
  put(shard, "a", "x 1\ny 1\n");
  put(shard, "a", "x 2\ny 2\n");
  put(shard, "b", "x 1\n");
  expect(asked).toEqual([2, 1]);
});

test("a push that there is no room for is refused with the platform's reason, and changes nothing", () => {
  let isFull = false;
  const shard = newShard(() => (isFull ? { code: "full", message: "no memory" } : undefined));
  expect(put(shard, "a", "x 1\n")).toBeUndefined();
  const before = shard.footprint();
  isFull = true;
  expect(put(shard, "b", "y 1\n")).toBe("no memory");
  expect(put(shard, "a", "x 2\n")).toBeUndefined();
  expect(shard.footprint()).toBe(before);
});

test("a footprint grows with series and with their labels, and shrinks when they leave", () => {
  const shard = newShard();
  const empty = shard.footprint();
  put(shard, "a", 'x{of="1"} 1\n');
  const one = shard.footprint();
  expect(one).toBeGreaterThan(empty);
  put(shard, "b", `x{of="${"l".repeat(1_000)}"} 1\n`);
  expect(shard.footprint()).toBeGreaterThan(2 * one + 1_000);
  put(shard, "b", "");
  expect(shard.footprint()).toBeLessThan(2 * one);
});
