import { setTimeout as delay } from "node:timers/promises";
import type { Refusal } from "../core/partition/commands.ts";
import type { Batch, BatchResult, Order, ShardReport, Word } from "../core/shard/messages.ts";
import type { Suspicion } from "./limits/deadly-bodies.ts";
import { createDeadlyBodies, DEADLY_AFTER } from "./limits/deadly-bodies.ts";
import { createOrderQueue } from "./order-queue.ts";
import { StorageError } from "../platform/storage/storage-error.ts";
import type { Hello, RunAnswer, ThreadTask } from "./thread-handler.ts";
import type { StartThreadPool, ThreadPool } from "./thread-pool.ts";

/** A thread that does not even start is tried again, but not in a circle that eats a processor. */
const START_AGAIN_MS = 1_000;

/**
 * One thread that owns a set of partitions. At most one batch is under way; what arrives meanwhile is the
 * next one. That is the group commit and the back-pressure in one.
 */
export interface ShardThread {
  /** Settles when the order is done. Orders of one grouping key are followed in the order of the calls. */
  submit(order: DraftOrder): Promise<Refusal | undefined>;
  /** What the coordinator says of itself, or to a question of the thread. */
  answer(word: Word): void;
  ask<T>(task: ThreadTask): Promise<T>;
  /** The same for what others wait for: asked of each thread that takes the place of one that has died, until one answers. */
  insist<T>(task: ThreadTask): Promise<T>;
  /** What it had loaded when it was started first. */
  readonly loaded: ShardReport;
  /** Not before that observed time does a source of the thread change by itself. */
  nextDueMs(): number;
  /**
   * How long what waits has waited for what came before it. Time in which the thread makes views is not counted:
   * it ends, and a load that is too high does not.
   */
  waitedMs(): number;
  /** Why it cannot take anything now, or undefined. */
  outage(): string | undefined;
  /** Why it cannot be brought back, or undefined. It is tried again all the same. */
  failure(): string | undefined;
  /** Commits what there is in good order. */
  close(observedMs: number): Promise<void>;
}

/** An order that is not done. `sinceMs` is what the thread had worked when it came. */
interface Pending {
  resolve(refusal: Refusal | undefined): void;
  readonly sinceMs: number;
  /** Of a push. */
  readonly body: Uint8Array | undefined;
  /** Of a body with which a thread has died. */
  readonly hash: string | undefined;
}

/** An order before it has got its number. */
export type DraftOrder =
  | Omit<Extract<Order, { kind: "push" }>, "id">
  | Omit<Extract<Order, { kind: "command" }>, "id">;

export interface ShardThreadEvents {
  onResult(result: BatchResult): void;
  /** The thread has died with what was not committed; another has taken its place, and loaded the rest. */
  onRestart(cause: string, loaded: ShardReport): void;
}

/** `startPool` is asked whenever a thread is started. Rejects with a `StorageError` where what is stored cannot be read. */
export async function startShardThread(
  startPool: StartThreadPool,
  events: ShardThreadEvents,
  pause: () => Promise<void> = () => delay(START_AGAIN_MS),
): Promise<ShardThread> {
  let pool = startOne();
  let nextId = 1;
  let isClosing = false;
  const queue = createOrderQueue();
  let isBusy = false;
  let outage: string | undefined;
  let failure: string | undefined;
  let storeOutage: string | undefined;
  let recovered: Promise<void> = Promise.resolve();
  let nextDueMs = Number.POSITIVE_INFINITY;
  const pending = new Map<number, Pending>();
  const deadly = createDeadlyBodies();
  let underWay: Batch | undefined;
  /** On all batches so far. */
  let workedMs = 0;
  let loaded: ShardReport;
  try {
    loaded = await sayHello();
  } catch (error) {
    isClosing = true;
    await pool.destroy();
    throw error;
  }
  ({ nextDueMs } = loaded);

  async function sayHello(): Promise<ShardReport> {
    const hello = (await pool.run({ kind: "hello" })) as Hello;
    if ("storageError" in hello) throw new StorageError(hello.storageError);
    return hello;
  }

  function startOne(): ThreadPool {
    const started: ThreadPool = startPool((error) => lose(started, error));
    return started;
  }

  async function work(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    while (!queue.isEmpty()) await runBatch(pool, queue.takeBatch());
    isBusy = false;
  }

  async function runBatch(at: ThreadPool, batch: Batch): Promise<void> {
    underWay = batch;
    try {
      const answer = (await at.run({ kind: "run", batch })) as RunAnswer;
      const { result } = answer;
      workedMs += answer.workedMs;
      underWay = undefined;
      ({ nextDueMs, outage: storeOutage } = result);
      for (const { id, refusal } of result.replies) reply(id, refusal);
      events.onResult(result);
    } catch (error) {
      // A thread that has only failed is ended too: what it holds may be half of a batch.
      lose(at, error);
    }
  }

  function reply(id: number, refusal: Refusal | undefined): void {
    const order = pending.get(id);
    if (order?.hash !== undefined && refusal?.code !== "restarting") deadly.acquit(order.hash);
    order?.resolve(refusal);
    pending.delete(id);
  }

  /** Whatever was under way is lost, and so is what waited for a verdict; what had not been sent is refused with it. */
  function lose(lost: ThreadPool, error: unknown): void {
    if (isClosing || outage !== undefined || lost !== pool) return;
    const cause = error instanceof Error ? error.message : String(error);
    outage = `a thread has died (${cause}) and is being started again`;
    // While their memory is theirs.
    deadly.noteDeath(bodiesUnderWay());
    queue.clear();
    nextDueMs = Number.POSITIVE_INFINITY;
    storeOutage = undefined;
    const refusal: Refusal = {
      code: "restarting",
      message: `${outage}: the next push will bring the same totals`,
    };
    for (const id of pending.keys()) reply(id, refusal);
    recovered = recover(cause);
  }

  /** A verdict is about a body that has come before it. */
  function bodiesUnderWay(): Uint8Array[] {
    const orders = underWay?.orders ?? [];
    underWay = undefined;
    return orders.flatMap((order) => ("id" in order ? (pending.get(order.id)?.body ?? []) : []));
  }

  async function recover(cause: string): Promise<void> {
    let again: ShardReport;
    for (;;) {
      await pool.destroy();
      if (isClosing) return;
      pool = startOne();
      try {
        again = await sayHello();
        break;
      } catch (error) {
        failure = `a thread cannot be started again: ${error instanceof Error ? error.message : String(error)}`;
        await pause();
      }
    }
    outage = undefined;
    failure = undefined;
    ({ nextDueMs } = again);
    events.onRestart(cause, again);
  }

  async function ask<T>(task: ThreadTask): Promise<T> {
    // Nobody knows for how long: who asks should not wait for it.
    if (failure !== undefined) throw new Error(failure);
    await recovered;
    const at = pool;
    try {
      return (await at.run(task)) as T;
    } catch (error) {
      // Asking changes nothing, so the thread that takes its place may be asked as well.
      if (at === pool && outage === undefined) throw error;
      await recovered;
      return (await pool.run(task)) as T;
    }
  }

  async function insist<T>(task: ThreadTask): Promise<T> {
    for (;;) {
      await recovered;
      const at = pool;
      try {
        return (await at.run(task)) as T;
      } catch (error) {
        if (at === pool && outage === undefined) throw error;
      }
    }
  }

  return {
    loaded,
    submit(order) {
      if (outage !== undefined) return Promise.resolve({ code: "restarting", message: outage });
      const body = order.kind === "push" ? order.command.body : undefined;
      const suspicion = body && deadly.suspicionOf(body);
      if (suspicion !== undefined && suspicion.deaths >= DEADLY_AFTER) {
        return Promise.resolve({ code: "deadly", message: deadlyMessage(suspicion) });
      }
      const id = nextId;
      nextId += 1;
      return new Promise((resolve) => {
        pending.set(id, { resolve, sinceMs: workedMs, body, hash: suspicion?.hash });
        queue.add({ ...order, id }, suspicion !== undefined);
        void work();
      });
    },
    answer(order) {
      // The thread that asked has died.
      if (outage !== undefined) return;
      queue.add(order);
      void work();
    },
    ask,
    insist,
    nextDueMs: () => nextDueMs,
    waitedMs() {
      const first = pending.get(queue.firstId() ?? 0);
      return first === undefined ? 0 : workedMs - first.sinceMs;
    },
    outage: () => outage ?? storeOutage,
    failure: () => failure,
    async close(observedMs) {
      isClosing = true;
      if (outage === undefined) await pool.run({ kind: "close", observedMs });
      await pool.close();
    },
  };
}

const SHOWN_OF_HASH = 16;

function deadlyMessage({ hash, deaths }: Suspicion): string {
  return `a thread of the relay has died ${deaths} times with this very body (SHA-256 ${hash.slice(0, SHOWN_OF_HASH)}…): it is not read for an hour; please report it with the relay's log`;
}
