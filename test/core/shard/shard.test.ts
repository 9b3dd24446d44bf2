import { describe, expect, test } from "vitest";
import { TEXT } from "../../../src/core/exposition/write/format.ts";
import { createFamilyRegistry } from "../../../src/core/coordinator/family-registry.ts";
import { encodeUtf8 } from "../../../src/core/encode-utf8.ts";
import { parseGroupingKey } from "../../../src/core/grouping-key.ts";
import type { GroupingKey } from "../../../src/core/grouping-key.ts";
import type { BatchResult, Order } from "../../../src/core/shard/messages.ts";
import type { Shard } from "../../../src/core/shard/shard.ts";
import { createShard } from "../../../src/core/shard/shard.ts";
import type { PartitionStore } from "../../../src/core/shard/store.ts";
import { createMemoryStore } from "../../../src/core/shard/store.ts";
import { nodeBytes } from "../../../src/platform/bytes.ts";
import { compileRegex } from "../../../src/platform/promql/regex.ts";
import { defaultSettings } from "../../support/in-memory-relay.ts";
import { createKeptStore } from "../../support/kept-store.ts";

const AT = { observedMs: 1000, wallMs: 1_700_000_000_000 };

function keyOf(job: string): GroupingKey {
  const result = parseGroupingKey(`/job/${job}`);
  if (!result.ok) throw new Error(result.message);
  return result.key;
}

function push(id: number, job: string, text: string, method: "PUT" | "POST" = "PUT"): Order {
  const command = { kind: "push", method, key: keyOf(job), body: encodeUtf8(text), ...AT } as const;
  return { kind: "push", id, partition: 0, command };
}

function remove(id: number, job: string): Order {
  return { kind: "command", id, partition: 0, command: { kind: "delete", key: keyOf(job), ...AT } };
}

function verdict(id: number, ...conflicts: { family: string; reason: string }[]): Order {
  return { kind: "verdict", id, verdict: { conflicts, boundarySets: [] } };
}

function newShard(store: PartitionStore = createMemoryStore()): Shard {
  return createShard([0, 1], store, nodeBytes, compileRegex, defaultSettings);
}

/** `id` of an order that is done, `id code` of one refused. */
function replies({ replies: done }: BatchResult): string[] {
  return done.map(({ id, refusal }) => (refusal === undefined ? `${id}` : `${id} ${refusal.code}`));
}

function questions({ questions: asked }: BatchResult): string[] {
  return asked.map(({ id, question }) => `${id} ${question.families.map(({ name }) => name).join(",")}`);
}

function shown(shard: Shard): string[] {
  const families = shard.parts("raw", AT.observedMs, TEXT).flatMap(({ part }) => part.families);
  const lines = families.flatMap(({ name, metrics }) => (name.startsWith("push_") ? [] : metrics));
  return lines.map(({ rendered }) => String(rendered).trimEnd());
}

test("a push with new families waits for its verdict, what comes for its key waits behind it, other keys go on", () => {
  const shard = newShard();
  shard.run({ orders: [push(1, "b", "known 1\n"), verdict(1)] });
  const first = shard.run({
    orders: [push(2, "a", "new 1\n"), push(3, "a", "known 2\n"), remove(4, "a"), push(5, "b", "known 3\n")],
  });
  expect(questions(first)).toEqual(["2 new"]);
  expect(replies(first)).toEqual(["5"]);

  const second = shard.run({ orders: [push(6, "a", "known 4\n"), verdict(2)] });
  expect(replies(second)).toEqual(["2"]);
  // Whether another group shows one of the series has to be asked again.
  const third = shard.run({ orders: [verdict(3)] });
  expect([questions(second), replies(third), questions(third)]).toEqual([["3 "], ["3", "4"], ["6 "]]);
  expect(replies(shard.run({ orders: [verdict(6)] }))).toEqual(["6"]);
  expect(shown(shard)).toEqual([`known{instance="",job="a"} 4`, `known{instance="",job="b"} 3`]);
});

test("one that waits behind another may have to wait again, and keeps its place", () => {
  const shard = newShard();
  shard.run({ orders: [push(1, "a", "x 1\n"), push(2, "a", "y 1\n"), push(3, "a", "x 2\n")] });
  const second = shard.run({ orders: [verdict(1)] });
  expect(replies(second)).toEqual(["1"]);
  expect(questions(second)).toEqual(["2 y"]);
  expect(replies(shard.run({ orders: [verdict(2)] }))).toEqual(["2"]);
  expect(replies(shard.run({ orders: [verdict(3)] }))).toEqual(["3"]);
  expect(shown(shard)).toEqual([`x{instance="",job="a"} 2`]);
});

test("only what the shard does not know is asked", () => {
  const shard = newShard();
  shard.run({ orders: [push(1, "a", "x 1\n"), verdict(1)] });
  expect(questions(shard.run({ orders: [push(2, "b", "x 1\ny 1\n")] }))).toEqual(["2 y"]);
});

test("a conflict with what the shard knows is refused without a question", () => {
  const shard = newShard();
  shard.run({ orders: [push(1, "a", "x 1\n"), verdict(1)] });
  const result = shard.run({ orders: [push(2, "b", "# TYPE x gauge\nx 1\ny 1\n")] });
  expect(replies(result)).toEqual(["2 inconsistent"]);
  expect(questions(result)).toEqual([]);
});

test("a push that the coordinator refuses leaves no family behind", () => {
  const shard = newShard();
  shard.run({ orders: [push(1, "a", "x 1\ny 1\n")] });
  const result = shard.run({ orders: [verdict(1, { family: "y", reason: "taken" })] });
  expect(replies(result)).toEqual(["1 inconsistent"]);
  expect(questions(shard.run({ orders: [push(2, "b", "x 1\n")] }))).toEqual(["2 x"]);
});

test("families are given back with their last user, but not while a question about them is on its way", () => {
  const shard = newShard();
  shard.run({ orders: [push(1, "a", "x 1\ny 1\n"), verdict(1)] });
  shard.run({ orders: [push(2, "b", "y 1\n"), verdict(2)] });
  expect(shard.run({ orders: [remove(3, "a")] }).released).toEqual(["x"]);
  expect(shard.run({ orders: [push(4, "c", "z 1\n")] }).released).toEqual([]);
  expect(shard.run({ orders: [remove(5, "b")] }).released).toEqual(["y"]);
  // Pinned no longer, and with the group gone nobody uses it.
  expect(shard.run({ orders: [verdict(4), remove(6, "c")] }).released).toEqual(["z"]);
});

test("a family that is known is not given back either while a push with it waits", () => {
  const shard = newShard();
  shard.run({ orders: [push(1, "a", "x 1\n"), verdict(1)] });
  shard.run({ orders: [push(2, "b", "x 1\n")] });
  expect(shard.run({ orders: [remove(3, "a")] }).released).toEqual([]);
  expect(shard.run({ orders: [verdict(2)] }).released).toEqual([]);
  expect(shard.run({ orders: [remove(4, "b")] }).released).toEqual(["x"]);
});

test("while a group waits to change a type, others have to ask what it is", () => {
  const registry = createFamilyRegistry([]);
  const shard = newShard();
  const [asked] = shard.run({ orders: [push(1, "a", "# TYPE x counter\nx 1\n")] }).questions;
  shard.run({ orders: [verdict(1, ...registry.decide(0, asked!.question).conflicts)] });

  const { questions: both } = shard.run({
    orders: [push(2, "a", "# TYPE x gauge\nx 2\n"), push(3, "b", "# TYPE x counter\nx 3\n")],
  });
  expect(both.map(({ id }) => id)).toEqual([2, 3]);
  const verdicts = both.map(({ id, question }) => verdict(id, ...registry.decide(0, question).conflicts));
  expect(replies(shard.run({ orders: verdicts }))).toEqual(["2", "3 inconsistent"]);
  expect(shown(shard)).toEqual([`x{instance="",job="a"} 2`]);
});

test("a verdict that nobody waits for is dropped: the thread that asked has died", () => {
  expect(replies(newShard().run({ orders: [verdict(9)] }))).toEqual([]);
});

test("a batch is committed at once, with one change for each partition", () => {
  const store = createKeptStore();
  const shard = newShard(store);
  const changes = (): string[][] =>
    store.commits.map((commit) => commit.changes.map(({ partition, kind }) => `${kind} ${partition}`));
  shard.run({ orders: [push(1, "a", "x 1\n"), verdict(1), remove(2, "b")] });
  expect(changes()).toEqual([["image 0"]]);
  shard.run({ orders: [push(3, "a", "x 2\n"), push(4, "a", "x 3\n"), push(5, "a", "x\n")] });
  expect(changes().slice(1)).toEqual([["append 0"]]);
  // A tick when nothing is due, a push that leaves no trace.
  const tick = { kind: "tick", ...AT } as const;
  shard.run({
    orders: [{ kind: "command", id: 6, partition: undefined, command: tick }, push(7, "a", "x\n")],
  });
  expect(changes()).toHaveLength(2);
});

describe("a store that takes nothing", () => {
  test("costs the pushes of the batch, which nobody ever sees, and everything after them until it is back", () => {
    const store = createKeptStore();
    const shard = newShard(store);
    shard.run({ orders: [push(1, "a", "x 1\n"), verdict(1)] });
    store.failure = "disk full";
    const lost = shard.run({
      orders: [push(2, "a", "x 2\n"), push(3, "b", "y 1\n"), push(4, "b", "y 2\n"), push(5, "a", "x\n")],
    });
    expect(replies(lost).toSorted()).toEqual(["2 storage", "3 storage", "4 storage", "5 bad_exposition"]);
    expect(lost.replies[0]?.refusal?.message).toBe(
      "nothing can be stored (disk full): push again when there is room",
    );
    expect(lost.outage).toBe("nothing can be stored (disk full)");
    expect(lost.reloaded?.families.map(({ name }) => name)).toEqual(["x"]);
    expect(questions(lost)).toEqual([]);
    expect(shown(shard)).toEqual([`x{instance="",job="a"} 1`]);

    expect(replies(shard.run({ orders: [verdict(3), push(6, "a", "x 3\n")] }))).toEqual(["6 storage"]);
    expect(shown(shard)).toEqual([`x{instance="",job="a"} 1`]);

    store.failure = undefined;
    const back = shard.run({ orders: [push(7, "a", "x 4\n")] });
    expect([replies(back), back.outage]).toEqual([["7"], undefined]);
    expect(shown(shard)).toEqual([`x{instance="",job="a"} 4`]);
    expect(shown(newShard(store.copy()))).toEqual([`x{instance="",job="a"} 4`]);
  });
});

test("a bug in one push costs the others of its batch nothing", () => {
  const shard = newShard();
  const broken: Order = { ...push(1, "a", ""), partition: 7 } as Order;
  expect(replies(shard.run({ orders: [broken, push(2, "b", "")] }))).toEqual(["1 internal", "2"]);
});

test("a family that a push waits with is not free for another type, though one group alone shows it", () => {
  const shard = newShard();
  shard.run({ orders: [push(1, "a", "# TYPE m gauge\nm 1\n"), verdict(1)] });
  expect(questions(shard.run({ orders: [push(2, "b", "# TYPE m gauge\nm 2\n")] }))).toEqual(["2 "]);
  const late = shard.run({ orders: [push(3, "a", "# TYPE m counter\nm 3\n")] });
  expect(replies(late)).toEqual(["3 inconsistent"]);
  expect(replies(shard.run({ orders: [verdict(2)] }))).toEqual(["2"]);
  expect(shown(shard)).toEqual(['m{instance="",job="a"} 1', 'm{instance="",job="b"} 2']);
});

test("what a shard has loaded says which labels the keys of its groups have", () => {
  const store = createKeptStore();
  const before = newShard(store);
  before.run({
    orders: [
      push(1, "a", "m 1\n"),
      verdict(1),
      push(2, "a/l/v", "n 1\n"),
      verdict(2),
      push(3, "b", "o 1\n"),
      verdict(3),
    ],
  });
  expect(newShard(store).report().nameSets).toEqual([["job"], ["job", "l"]]);
});
