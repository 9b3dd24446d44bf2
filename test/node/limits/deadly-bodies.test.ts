import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../../../src/core/encode-utf8.ts";
import { parseGroupingKey } from "../../../src/core/grouping-key.ts";
import type { Refusal } from "../../../src/core/partition/commands.ts";
import type { Batch } from "../../../src/core/shard/messages.ts";
import { createDeadlyBodies } from "../../../src/node/limits/deadly-bodies.ts";
import { type DraftOrder, type ShardThread, startShardThread } from "../../../src/node/shard-thread.ts";
import type { RunAnswer, ThreadTask } from "../../../src/node/thread-handler.ts";
import { NOTHING_HELD } from "../../support/nothing-held.ts";

interface UnderWay {
  readonly bodies: string[];
  finish(): void;
  die(): void;
}

/** A thread of the test's own: what is under way is finished, or dies, as the test says. */
async function startThread(): Promise<{
  readonly thread: ShardThread;
  readonly restarts: () => number;
  next(this: void): Promise<UnderWay>;
}> {
  let current = Promise.withResolvers<UnderWay>();
  let restarts = 0;
  function run(task: ThreadTask): Promise<unknown> {
    if (task.kind !== "run") return Promise.resolve(NOTHING_HELD);
    const { promise, resolve, reject } = Promise.withResolvers<RunAnswer>();
    current.resolve({
      bodies: bodiesOf(task.batch),
      finish: () => resolve(answerTo(task.batch)),
      die: () => reject(new Error("out of memory")),
    });
    return promise;
  }
  const thread = await startShardThread(
    () => ({ run, close: () => Promise.resolve(), destroy: () => Promise.resolve() }),
    { onResult: () => {}, onRestart: () => (restarts += 1) },
    () => Promise.resolve(),
  );
  return {
    thread,
    restarts: () => restarts,
    async next() {
      const batch = await current.promise;
      current = Promise.withResolvers();
      return batch;
    },
  };
}

function bodiesOf({ orders }: Batch): string[] {
  return orders.flatMap((order) =>
    order.kind === "push" ? [new TextDecoder().decode(order.command.body)] : [],
  );
}

function answerTo({ orders }: Batch): RunAnswer {
  const replies = orders.flatMap((order) => ("id" in order ? [{ id: order.id, refusal: undefined }] : []));
  const nothing = { questions: [], marks: [], released: [], sizes: [], bugs: [] };
  return { result: { replies, ...nothing, nextDueMs: 0, outage: undefined }, workedMs: 0 };
}

function push(text: string): DraftOrder {
  const parsed = parseGroupingKey("/job/a");
  if (!parsed.ok) throw new Error(parsed.message);
  const body = encodeUtf8(text);
  const command = { kind: "push", method: "PUT", key: parsed.key, body, observedMs: 0, wallMs: 0 } as const;
  return { kind: "push", partition: 0, command };
}

function codes(refusals: readonly (Refusal | undefined)[]): (string | undefined)[] {
  return refusals.map((refusal) => refusal?.code);
}

test("a body with which a thread has died twice is refused, those that were beside it are tried alone", async () => {
  const { thread, restarts, next } = await startThread();
  const submit = (...texts: string[]): Promise<Refusal | undefined>[] =>
    texts.map((text) => thread.submit(push(text)));
  const untilRestarted = (count: number): Promise<void> =>
    expect.poll(() => [restarts(), thread.outage()]).toEqual([count, undefined]);

  const first = submit("before", "deadly", "innocent");
  (await next()).finish();
  const together = await next();
  expect(together.bodies).toEqual(["deadly", "innocent"]);
  together.die();
  expect(codes(await Promise.all(first))).toEqual([undefined, "restarting", "restarting"]);
  await untilRestarted(1);

  const second = submit("other", "innocent", "deadly", "another");
  const batches: string[][] = [];
  for (const isDeadly of [false, false, true]) {
    const batch = await next();
    batches.push(batch.bodies);
    if (isDeadly) batch.die();
    else batch.finish();
  }
  expect(batches).toEqual([["other"], ["innocent"], ["deadly"]]);
  expect(codes(await Promise.all(second))).toEqual([undefined, undefined, "restarting", "restarting"]);
  await untilRestarted(2);

  const third = submit("deadly", "innocent", "another");
  expect(await third[0]).toEqual({
    code: "deadly",
    message: expect.stringMatching(
      /^a thread of the relay has died 2 times with this very body \(SHA-256 [0-9a-f]{16}…\): it is not read for an hour; please report it with the relay's log$/,
    ),
  });
  (await next()).finish();
  (await next()).finish();
  expect(codes(await Promise.all(third))).toEqual(["deadly", undefined, undefined]);
});

describe("what is known of a body", () => {
  const body = encodeUtf8("x 1\n");

  test("is forgotten after an hour", () => {
    let nowMs = 0;
    const deadly = createDeadlyBodies(() => nowMs);
    deadly.noteDeath([body, body]);
    nowMs = 3_599_999;
    expect(deadly.suspicionOf(body)?.deaths).toBe(1);
    expect(deadly.suspicionOf(encodeUtf8("x 2\n"))).toBeUndefined();
    nowMs += 1;
    expect(deadly.suspicionOf(body)).toBeUndefined();
  });

  test("is held of a thousand at most, and of memory that threads share", () => {
    const deadly = createDeadlyBodies(() => 0);
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    shared.set(body);
    deadly.noteDeath([shared]);
    expect(deadly.suspicionOf(body)?.deaths).toBe(1);
    for (let i = 0; i < 1_000; i += 1) deadly.noteDeath([encodeUtf8(`y ${i}\n`)]);
    expect(deadly.suspicionOf(body)).toBeUndefined();
    expect(deadly.suspicionOf(encodeUtf8("y 999\n"))?.deaths).toBe(1);
  });
});
