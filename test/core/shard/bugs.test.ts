import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../../../src/core/encode-utf8.ts";
import { TEXT } from "../../../src/core/exposition/write/format.ts";
import { parseGroupingKey } from "../../../src/core/grouping-key.ts";
import type { TextKeeper } from "../../../src/core/layout-text/layout-text.ts";
import { createPlainKeeper } from "../../../src/core/layout-text/plain-keeper.ts";
import type { BatchResult, Order } from "../../../src/core/shard/messages.ts";
import type { Shard } from "../../../src/core/shard/shard.ts";
import { createShard } from "../../../src/core/shard/shard.ts";
import type { PartitionStore } from "../../../src/core/shard/store.ts";
import { createMemoryStore } from "../../../src/core/shard/store.ts";
import { nodeBytes } from "../../../src/platform/bytes.ts";
import { compileRegex } from "../../../src/platform/promql/regex.ts";
import { defaultSettings } from "../../support/in-memory-relay.ts";
import { createKeptStore } from "../../support/kept-store.ts";

/** A fold that throws when half of such a push is applied: its group is there, and nothing of it is shown. */
const DEADLY = "boom 1\n";
const plain = createPlainKeeper(nodeBytes);
const brokenTexts: TextKeeper = {
  keep(body, spans) {
    if (nodeBytes.latin1Slice(body, 0, body.length) === DEADLY) throw new Error("BUG: boom");
    return plain.keep(body, spans);
  },
};

const AT = { observedMs: 1000, wallMs: 1_700_000_000_000 };

function push(id: number, job: string, text: string, partition = 0): Order {
  const parsed = parseGroupingKey(`/job/${job}`);
  if (!parsed.ok) throw new Error(parsed.message);
  const command = { kind: "push", method: "PUT", key: parsed.key, body: encodeUtf8(text), ...AT } as const;
  return { kind: "push", id, partition, command };
}

function verdict(id: number): Order {
  return { kind: "verdict", id, verdict: { conflicts: [], boundarySets: [] } };
}

function newShard(store: PartitionStore): Shard {
  return createShard([0, 1], store, nodeBytes, compileRegex, defaultSettings, brokenTexts);
}

function replies({ replies: done }: BatchResult): string[] {
  return done.map(({ id, refusal }) => (refusal === undefined ? `${id}` : `${id} ${refusal.code}`));
}

/** Stamps among them: a group that is only half there would show one. */
function shown(shard: Shard): string[] {
  const families = shard.parts("raw", AT.observedMs, TEXT).flatMap(({ part }) => part.families);
  return families
    .flatMap(({ metrics }) => metrics.map(({ rendered }) => String(rendered).trimEnd()))
    .filter((line) => !line.startsWith("push_failure"))
    .map((line) => line.replace(/ 1\.7e\+09$/, " now"));
}

function stampOf(job: string): string {
  return `push_time_seconds{instance="",job="${job}"} now`;
}

describe("a bug in the middle of a push", () => {
  test("costs that push alone: its partition is what it was before, with all else of the batch", () => {
    const store = createKeptStore();
    const shard = newShard(store);
    // Before anything was committed, and after that.
    for (const n of [0, 10]) {
      const result = shard.run({
        orders: [
          push(n + 1, "a", `x ${n + 1}\n`),
          verdict(n + 1),
          push(n + 2, "b", DEADLY),
          verdict(n + 2),
          push(n + 3, "a", `x ${n + 3}\n`),
          verdict(n + 3),
        ],
      });
      expect(replies(result)).toEqual([`${n + 1}`, `${n + 2} internal`, `${n + 3}`]);
      expect(result.bugs).toEqual([{ stack: expect.stringContaining("BUG: boom"), partition: 0 }]);
      const want = [stampOf("a"), `x{instance="",job="a"} ${n + 3}`];
      expect(shown(shard).toSorted()).toEqual(want);
      expect(shown(newShard(store.copy())).toSorted()).toEqual(want);
    }
    // Nobody uses the family of the push that failed.
    expect(shard.run({ orders: [] }).released).not.toContain("x");
  });

  test("costs what waits for the coordinator beside it a repetition", () => {
    const shard = newShard(createKeptStore());
    const result = shard.run({
      orders: [
        push(1, "waits", "y 1\n"),
        push(2, "waits", "y 2\n"),
        push(3, "elsewhere", "z 1\n", 1),
        push(4, "b", DEADLY),
        verdict(4),
        verdict(3),
      ],
    });
    expect(replies(result)).toEqual(["4 internal", "1 restarting", "2 restarting", "3"]);
    // Its verdict comes too late.
    expect(replies(shard.run({ orders: [verdict(1)] }))).toEqual([]);
    expect(replies(shard.run({ orders: [push(5, "waits", "y 3\n"), verdict(5)] }))).toEqual(["5"]);
    expect(shown(shard)).toContain('y{instance="",job="waits"} 3');
  });

  test("where nothing is kept, costs the groups of its partition, and no other's", () => {
    const shard = newShard(createMemoryStore());
    const orders = [push(1, "a", "x 1\n"), verdict(1), push(2, "c", "x 2\n", 1), verdict(2)];
    expect(replies(shard.run({ orders }))).toEqual(["1", "2"]);
    const result = shard.run({ orders: [push(3, "b", DEADLY), verdict(3)] });
    expect(replies(result)).toEqual(["3 internal"]);
    expect(result.sizes).toContainEqual({ job: "a", series: 0, sources: 0 });
    expect(shown(shard).toSorted()).toEqual([stampOf("c"), 'x{instance="",job="c"} 2']);
    const again = shard.run({ orders: [push(4, "a", "x 4\n"), verdict(4)] });
    expect(replies(again)).toEqual(["4"]);
    expect(shown(shard)).toContain('x{instance="",job="a"} 4');
  });
});
