import { expect, test } from "vitest";
import { TEXT } from "../../../src/core/exposition/write/format.ts";
import { parseGroupingKey } from "../../../src/core/grouping-key.ts";
import { createPartsReceiver, NOTHING_KNOWN } from "../../../src/platform/pack-parts.ts";
import { startPiscinaThread } from "../../../src/node/piscina-thread.ts";
import type { PartsAnswer } from "../../../src/node/thread-handler.ts";
import { startShardThread, type DraftOrder, type ShardThread } from "../../../src/node/shard-thread.ts";
import { defaultSettings } from "../../support/in-memory-relay.ts";

async function startThread(): Promise<ShardThread & AsyncDisposable> {
  const data = { settings: defaultSettings, partitions: [0], storage: undefined, startWallMs: 0 };
  const thread: ShardThread = await startShardThread((onDeath) => startPiscinaThread(data, onDeath), {
    onResult({ questions }) {
      for (const { id } of questions)
        thread.answer({ kind: "verdict", id, verdict: { conflicts: [], boundarySets: [] } });
    },
    onRestart: () => {},
  });
  return { ...thread, [Symbol.asyncDispose]: () => thread.close(nowMs) };
}

let nowMs = 0;

function order(method: "PUT" | "POST" | "DELETE", job: string, body = ""): DraftOrder {
  const parsed = parseGroupingKey(`/job/${job}`);
  if (!parsed.ok) throw new Error(parsed.message);
  nowMs += 1;
  const at = { key: parsed.key, observedMs: nowMs, wallMs: nowMs };
  if (method === "DELETE") return { kind: "command", partition: 0, command: { kind: "delete", ...at } };
  // The thread reads a body where it arrived.
  const bytes = new Uint8Array(new SharedArrayBuffer(body.length));
  bytes.set(Buffer.from(body));
  return { kind: "push", partition: 0, command: { kind: "push", method, body: bytes, ...at } };
}

async function linesOf(thread: ShardThread): Promise<string[]> {
  const { packed } = await thread.ask<PartsAnswer>({
    kind: "parts",
    view: "raw",
    observedMs: nowMs,
    format: TEXT,
    scrape: 1,
    known: NOTHING_KNOWN,
    from: 0,
  });
  const parts = createPartsReceiver().unpack(packed);
  return parts
    .flatMap(({ families }) => families)
    .flatMap(({ metrics }) => metrics.map(({ rendered }) => String(rendered).trimEnd()))
    .filter((line) => !line.startsWith("push_"))
    .toSorted();
}

/** Enough to keep a thread busy while everything else is ordered. */
const LARGE = Array.from({ length: 20_000 }, (_, i) => `large{n="${i}"} 1\n`).join("");

test("a DELETE overtakes other groups, never a push of its own", async () => {
  await using thread = await startThread();
  const done: string[] = [];
  const submit = async (name: string, draft: DraftOrder): Promise<void> => {
    expect(await thread.submit(draft)).toBeUndefined();
    done.push(name);
  };
  await Promise.all([
    submit("first", order("PUT", "busy", "w 1\n")),
    submit("large", order("PUT", "busy", LARGE)),
    submit("a", order("PUT", "a", "x 1\n")),
    submit("b", order("PUT", "b", "x 2\n")),
    submit("a again", order("POST", "a", "y 1\n")),
    submit("c", order("PUT", "c", "x 3\n")),
    submit("delete a", order("DELETE", "a")),
    submit("a anew", order("PUT", "a", "z 1\n")),
    submit("delete large", order("DELETE", "busy")),
    submit("delete c", order("DELETE", "c")),
  ]);
  expect(await linesOf(thread)).toEqual(['x{instance="",job="b"} 2', 'z{instance="",job="a"} 1']);
  // The first one was under way. The DELETE took what waited for its key with it, but not what came later.
  expect(done.indexOf("delete a")).toBeLessThan(done.indexOf("b"));
  expect(done.indexOf("a")).toBeLessThan(done.indexOf("delete a"));
  expect(done.indexOf("a again")).toBeLessThan(done.indexOf("delete a"));
  expect(done.indexOf("delete a")).toBeLessThan(done.indexOf("a anew"));
  expect(done.indexOf("large")).toBeLessThan(done.indexOf("delete large"));
});

test("orders of many groups are all followed, each group's in their order", async () => {
  await using thread = await startThread();
  const orders = Array.from({ length: 500 }, (_, i) =>
    thread.submit(i % 7 === 3 ? order("DELETE", `j${i % 5}`) : order("PUT", `j${i % 5}`, `x ${i}\n`)),
  );
  expect(new Set(await Promise.all(orders))).toEqual(new Set([undefined]));
  // 493 to 499 less 493 % 7 = 3, the last of each of five jobs.
  const last = Array.from({ length: 5 }, (_, job) => 495 + job);
  const want = last.filter((i) => i % 7 !== 3).map((i) => `x{instance="",job="j${i % 5}"} ${i}`);
  expect(await linesOf(thread)).toEqual(want);
});
