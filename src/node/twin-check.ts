import type { Verdict } from "../core/partition/partition.ts";
import type { Suspect } from "../core/partition/twins.ts";
import { partitionOf } from "../core/partition-of.ts";
import type { ShardThread } from "./shard-thread.ts";

export interface TwinCheckDeps {
  readonly threads: readonly ShardThread[];
  readonly partitions: number;
  threadOf(this: void, partition: number): ShardThread;
}

/** Finds out whether a push has series that another group shows, which only that group's thread knows. */
export interface TwinCheck {
  /**
   * `decide` is told what stands against the push, unless its thread has died. Two pushes that may be each other's
   * twins wait for each other, as each can only see what is applied.
   */
  run(
    thread: number,
    id: number,
    nameSets: readonly (readonly string[])[],
    decide: (conflicts: Verdict["conflicts"]) => void,
  ): Promise<void>;
  /** A push of that thread has been answered. */
  noteReply(thread: number, id: number): void;
  /** The thread has died, and none of its pushes will be. */
  noteRestart(thread: number): void;
}

export function createTwinCheck({ threads, partitions, threadOf }: TwinCheckDeps): TwinCheck {
  const replies = new Map<string, () => void>();
  const restarts = new Map<number, number>();
  let last: Promise<void> = Promise.resolve();

  async function findTwins(suspects: readonly Suspect[]): Promise<Verdict["conflicts"]> {
    const byPartition = Map.groupBy(suspects, ({ canonicalKey }) => partitionOf(canonicalKey, partitions));
    const found = await Promise.all(
      [...byPartition].map(([partition, some]) =>
        threadOf(partition).ask<Verdict["conflicts"]>({ kind: "twins", partition, suspects: some }),
      ),
    );
    return found.flat();
  }

  function whenAnswered(thread: number, id: number): Promise<void> {
    return new Promise((resolve) => {
      replies.set(`${thread} ${id}`, resolve);
    });
  }

  return {
    async run(thread, id, nameSets, decide) {
      const restart = restarts.get(thread);
      const isGone = (): boolean => restarts.get(thread) !== restart;
      const asked = await threads[thread]?.ask<Suspect[]>({ kind: "suspects", id, nameSets });
      if (isGone()) return;
      if (asked === undefined || asked.length === 0) {
        decide([]);
        return;
      }
      const before = last;
      const checked = (async () => {
        await before;
        if (isGone()) return;
        const conflicts = await findTwins(asked);
        if (isGone()) return;
        const answered = whenAnswered(thread, id);
        decide(conflicts);
        await answered;
      })();
      // Nobody waits in vain for one that has failed.
      last = checked.catch(() => {});
      await checked;
    },
    noteReply(thread, id) {
      const key = `${thread} ${id}`;
      replies.get(key)?.();
      replies.delete(key);
    },
    noteRestart(thread) {
      restarts.set(thread, (restarts.get(thread) ?? 0) + 1);
      for (const [key, resolve] of replies) {
        if (!key.startsWith(`${thread} `)) continue;
        resolve();
        replies.delete(key);
      }
    },
  };
}
