import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { parseGroupingKey } from "../../../src/core/grouping-key.ts";
import { partitionOf } from "../../../src/core/partition-of.ts";
import type { BatchResult } from "../../../src/core/shard/messages.ts";
import { createBodyPool } from "../../../src/node/body-pool.ts";
import { createIntake } from "../../../src/node/limits/intake.ts";
import { type DraftOrder, type ShardThread, startShardThread } from "../../../src/node/shard-thread.ts";
import type { RunAnswer } from "../../../src/node/thread-handler.ts";
import { NOTHING_HELD } from "../../support/nothing-held.ts";

const NOTHING_DONE: BatchResult = {
  replies: [],
  questions: [],
  marks: [],
  released: [],
  sizes: [],
  bugs: [],
  nextDueMs: 0,
  outage: undefined,
};

/** A thread of the test's own; `finish` ends the batch that is under way, after so much work. */
async function startThread(): Promise<{
  thread: ShardThread;
  finish(this: void, workedMs: number): Promise<void>;
}> {
  const batches: ((answer: RunAnswer) => void)[] = [];
  const thread = await startShardThread(
    () => ({
      run: (task) =>
        task.kind === "run"
          ? new Promise((resolve) => void batches.push(resolve))
          : Promise.resolve(NOTHING_HELD),
      close: () => Promise.resolve(),
      destroy: () => Promise.resolve(),
    }),
    { onResult: () => {}, onRestart: () => {} },
  );
  return {
    thread,
    async finish(workedMs) {
      batches.shift()?.({ result: NOTHING_DONE, workedMs });
      // The next batch goes when the answer to this one has been read.
      await new Promise((resolve) => void setImmediate(resolve));
    },
  };
}

function order(bytes: number): DraftOrder {
  const parsed = parseGroupingKey("/job/a");
  if (!parsed.ok) throw new Error(parsed.message);
  const body = new Uint8Array(bytes);
  const command = { kind: "push", method: "PUT", key: parsed.key, body, observedMs: 0, wallMs: 0 } as const;
  return { kind: "push", partition: 0, command };
}

const BATCH_BYTES = 8 * 2 ** 20;

test("what waits has waited for as long as the thread has worked on what came before", async () => {
  const { thread, finish } = await startThread();
  expect(thread.waitedMs()).toBe(0);
  // The first is a batch of its own, and so is each of the others: they are that large.
  for (let i = 0; i < 4; i += 1) void thread.submit(order(BATCH_BYTES));
  expect(thread.waitedMs()).toBe(0);
  await finish(200);
  expect(thread.waitedMs()).toBe(200);
  void thread.submit(order(1));
  await finish(100);
  expect(thread.waitedMs()).toBe(300);
  await finish(100);
  // What came last is all that waits, and it came behind the first 200 ms.
  expect(thread.waitedMs()).toBe(200);
  await finish(50);
  expect(thread.waitedMs()).toBe(0);
});

test("a push to a thread that is behind is refused before its body is read; others are taken", async () => {
  const threads = [0, 1].map((thread) => ({ waitedMs: () => (thread === 1 ? 501 : 500) }));
  const bounds = { maxBodyBytes: 1024, maxWaitingBytes: 4096, maxWaitingMs: 500 };
  const pool = createBodyPool({ maxInflightBytes: 4096, maxInflightRequests: 1 });
  const intake = createIntake({ bounds, pool, threads, partitions: 64 });
  const outcomes = await Promise.all(
    [0, 1].map((thread) => {
      const unread = { headers: { "content-length": "9999" } };
      return intake.receive(unread as unknown as IncomingMessage, keyOf(thread));
    }),
  );
  expect(outcomes.map((outcome) => !outcome.ok && outcome.code)).toEqual(["too_large", "overloaded"]);
  expect(outcomes[1]).toMatchObject({
    message:
      "pushes wait longer than 500ms for their thread (--limit.waiting-time): the next push will bring the same totals",
  });
});

/** The key of a group that belongs to that one of two threads. */
function keyOf(thread: number) {
  for (let i = 0; ; i += 1) {
    const parsed = parseGroupingKey(`/job/j${i}`);
    if (parsed.ok && partitionOf(parsed.key.canonical, 64) % 2 === thread) return parsed.key;
  }
}
