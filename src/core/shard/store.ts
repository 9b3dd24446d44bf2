import type { PartitionState } from "../partition/state.ts";
import { createPartitionState } from "../partition/state.ts";

/**
 * What a shard commits to.
 *
 * - A partition has one writer, its shard, which alone calls `load` and `commit` for it.
 * - `load` returns the state as of the last commit, or a new one. The shard changes it in place.
 * - `commit` makes what a batch has changed durable, all of it or nothing, before it returns; replies are
 *   sent after it. Changes since the last commit that were not committed are lost with the shard.
 * - `touched` names the groups that the batch has changed, by partition and canonical grouping key.
 *   Accumulators, tallies and the like are changed only along with some group or by a tick.
 */
export interface PartitionStore {
  load(partition: number): PartitionState;
  commit(touched: readonly Touched[]): void;
}

export interface Touched {
  readonly partition: number;
  /** Undefined where a command concerned the whole partition. */
  readonly canonicalKey: string | undefined;
}

/** Keeps nothing beyond the life of its shard: the state in memory is all there is, and is committed as it stands. */
export function createMemoryStore(): PartitionStore {
  const states = new Map<number, PartitionState>();
  return {
    load(partition) {
      let state = states.get(partition);
      if (state === undefined) {
        state = createPartitionState(partition);
        states.set(partition, state);
      }
      return state;
    },
    commit() {
      // What has been changed in place is what `load` returns.
    },
  };
}
