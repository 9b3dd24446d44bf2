import type { ThreadTask } from "./thread-handler.ts";

/** One thread that follows its tasks one after another, in the order of the calls. It is given up when it dies. */
export interface ThreadPool {
  /** Rejects where the task has thrown, or the thread has died. */
  run(task: ThreadTask): Promise<unknown>;
  /** Settles when all tasks are done and the thread has ended. */
  close(): Promise<void>;
  /** Ends the thread, whatever it does. */
  destroy(): Promise<void>;
}

/** Starts a thread. `onDeath` is told when it ends by itself, between two tasks too; it may be told more than once. */
export type StartThreadPool = (onDeath: (error: unknown) => void) => ThreadPool;
