import type { Refusal, UntimedCommand } from "../core/partition/commands.ts";
import type { ShardThread } from "./shard-thread.ts";

/** The threads of a relay, asked and told together. */
export interface AllThreads {
  threadOf(this: void, partition: number): ShardThread;
  gather<T>(this: void, ask: (thread: ShardThread) => Promise<T>): Promise<T[]>;
  /** Parts that were made before and after a change make no view: these are asked for again. */
  gatherParts<T>(this: void, ask: (thread: ShardThread) => Promise<T[]>): Promise<T[]>;
  /** Changes something that all parts of a view must agree on. */
  change<T>(this: void, ask: (thread: ShardThread) => Promise<T>): Promise<T[]>;
  /** Gives a thread a command that concerns all of its partitions. */
  tell(this: void, thread: ShardThread, command: UntimedCommand): Promise<Refusal | undefined>;
}

export function createAllThreads(
  threads: readonly ShardThread[],
  now: () => { readonly observedMs: number; readonly wallMs: number },
): AllThreads {
  /** How many changes there were, and when the last of them is done. */
  let changes = 0;
  let changed: Promise<unknown> = Promise.resolve();

  async function gather<T>(ask: (thread: ShardThread) => Promise<T>): Promise<T[]> {
    return await Promise.all(threads.map(ask));
  }

  return {
    threadOf(partition) {
      const thread = threads[partition % threads.length];
      if (thread === undefined) throw new Error("BUG: there are no threads");
      return thread;
    },
    gather,
    async gatherParts(ask) {
      for (;;) {
        await changed;
        const before = changes;
        const parts = await gather(ask);
        if (changes === before) return parts.flat();
      }
    },
    change(ask) {
      changes += 1;
      const told = gather(ask);
      changed = Promise.all([changed, told]);
      return told;
    },
    tell: (thread, command) =>
      thread.submit({ kind: "command", partition: undefined, command: { ...command, ...now() } }),
  };
}
