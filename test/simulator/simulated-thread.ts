import { valueSymbol } from "piscina";
import type { Shard } from "../../src/core/shard/shard.ts";
import type { ThreadHandler, ThreadTask } from "../../src/node/thread-handler.ts";
import { createThreadHandler } from "../../src/node/thread-handler.ts";
import type { ThreadPool } from "../../src/node/thread-pool.ts";
import type { Action } from "./scheduler.ts";

/** A thread that works when the scheduler says so. What crosses its boundary is cloned, as it would be. */
export interface SimulatedThread extends ThreadPool {
  /** What it could do next: at most one thing. */
  actions(): Action[];
  /** Ends it, as a crash in it would: what it holds and has not been told is lost. */
  die(): void;
  /** Asks behind the scheduler's back, of what was committed. Undefined where it is dead or has not started. */
  peek(task: ThreadTask): unknown;
  isAlive(): boolean;
  /** How often it has changed something, or begun. */
  changes(): number;
}

interface Job {
  readonly task: ThreadTask;
  resolve(this: void, result: unknown): void;
  reject(this: void, error: Error): void;
}

type Outcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: Error };

export function createSimulatedThread(
  name: string,
  open: () => Shard,
  onDeath: (error: unknown) => void,
): SimulatedThread {
  let handle: ThreadHandler | undefined = createThreadHandler(open);
  let hasStarted = false;
  let changes = 0;
  const jobs: Job[] = [];
  /** Of the first of the jobs, which is done and not told yet. */
  let outcome: Outcome | undefined;

  function work(task: ThreadTask): Outcome {
    if (task.kind === "run" || task.kind === "hello") changes += 1;
    try {
      const result = handle?.(structuredClone(task));
      hasStarted = true;
      return { ok: true, result: structuredClone(unmoved(result)) };
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  function end(error: Error): void {
    handle = undefined;
    for (const { reject } of jobs.splice(0)) reject(error);
    outcome = undefined;
  }

  return {
    run(task) {
      if (handle === undefined) return Promise.reject(new Error("the thread has ended"));
      return new Promise((resolve, reject) => {
        jobs.push({ task, resolve, reject });
      });
    },
    async close() {
      end(new Error("the thread was closed"));
    },
    async destroy() {
      end(new Error("the thread was destroyed"));
    },
    actions() {
      const [job] = jobs;
      if (handle === undefined || job === undefined) return [];
      if (outcome === undefined) {
        return [
          {
            what: `${name} follows ${job.task.kind}`,
            weight: 8,
            do() {
              outcome = work(job.task);
            },
          },
        ];
      }
      const told = outcome;
      return [
        {
          what: `${name} has told of ${job.task.kind}`,
          weight: 8,
          do() {
            jobs.shift();
            outcome = undefined;
            if (told.ok) job.resolve(told.result);
            else job.reject(told.error);
          },
        },
      ];
    },
    die() {
      if (handle === undefined) return;
      const error = new Error("killed by the simulator");
      end(error);
      onDeath(error);
    },
    peek(task) {
      // What has failed is ended before anybody can ask.
      if (handle === undefined || !hasStarted || outcome?.ok === false) return undefined;
      return unmoved(handle(task));
    },
    isAlive: () => handle !== undefined,
    changes: () => changes,
  };
}

/** What piscina would move is wrapped. */
function unmoved(result: unknown): unknown {
  const isMoved = typeof result === "object" && result !== null && valueSymbol in result;
  return isMoved ? result[valueSymbol] : result;
}
