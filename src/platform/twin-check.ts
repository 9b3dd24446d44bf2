import type { Verdict } from "../core/partition/partition.ts";
import type { Suspect } from "../core/partition/twins.ts";
import { partitionOf } from "../core/partition-of.ts";

/** How shards are asked, by their numbers. */
export interface TwinCheckDeps {
  readonly partitions: number;
  /** What groups whose keys have these names may show too of the push that has asked under that number. */
  suspects(
    this: void,
    shard: number,
    id: number,
    nameSets: readonly (readonly string[])[],
  ): Promise<readonly Suspect[]>;
  /** Those of the series that kept groups of the partition show. */
  twins(this: void, partition: number, suspects: readonly Suspect[]): Promise<Verdict["conflicts"]>;
}

/** Finds out whether a push has series that another group shows, which only that group's shard knows. */
export interface TwinCheck {
  /**
   * `decide` is told what stands against the push, unless its shard has died. Two pushes that may be each other's
   * twins wait for each other, as each can only see what is applied.
   */
  run(
    shard: number,
    id: number,
    nameSets: readonly (readonly string[])[],
    decide: (conflicts: Verdict["conflicts"]) => void,
  ): Promise<void>;
  /** A push of that shard has been answered. */
  noteReply(shard: number, id: number): void;
  /** The shard has died, and none of its pushes will be. */
  noteRestart(shard: number): void;
}

export function createTwinCheck({ partitions, suspects: suspectsOf, twins }: TwinCheckDeps): TwinCheck {
  const replies = new Map<string, () => void>();
  const restarts = new Map<number, number>();
  let last: Promise<void> = Promise.resolve();

  async function findTwins(suspects: readonly Suspect[]): Promise<Verdict["conflicts"]> {
    const byPartition = Map.groupBy(suspects, ({ canonicalKey }) => partitionOf(canonicalKey, partitions));
    const found = await Promise.all([...byPartition].map(([partition, some]) => twins(partition, some)));
    return found.flat();
  }

  function whenAnswered(shard: number, id: number): Promise<void> {
    return new Promise((resolve) => {
      replies.set(`${shard} ${id}`, resolve);
    });
  }

  return {
    async run(shard, id, nameSets, decide) {
      const restart = restarts.get(shard);
      const isGone = (): boolean => restarts.get(shard) !== restart;
      const asked = await suspectsOf(shard, id, nameSets);
      if (isGone()) return;
      if (asked.length === 0) {
        decide([]);
        return;
      }
      const before = last;
      const checked = (async () => {
        await before;
        if (isGone()) return;
        const conflicts = await findTwins(asked);
        if (isGone()) return;
        const answered = whenAnswered(shard, id);
        decide(conflicts);
        await answered;
      })();
      // Nobody waits in vain for one that has failed.
      last = checked.catch(() => {});
      await checked;
    },
    noteReply(shard, id) {
      const key = `${shard} ${id}`;
      replies.get(key)?.();
      replies.delete(key);
    },
    noteRestart(shard) {
      restarts.set(shard, (restarts.get(shard) ?? 0) + 1);
      for (const [key, resolve] of replies) {
        if (!key.startsWith(`${shard} `)) continue;
        resolve();
        replies.delete(key);
      }
    },
  };
}
