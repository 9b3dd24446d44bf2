import type { Change, Commit, PartitionStore, StoredPartition } from "../../src/core/shard/store.ts";
import { nodePacking } from "../../src/platform/packing.ts";

/** A store in memory that outlives its shards. */
export interface KeptStore extends PartitionStore {
  /** As long as it is set, nothing can be committed, and this is why. */
  failure: string | undefined;
  /** Another one with the same in it. */
  copy(): KeptStore;
  /** What was committed, in order. */
  readonly commits: readonly Commit[];
}

interface Kept {
  readonly image: Uint8Array | undefined;
  readonly log: readonly Uint8Array[];
}

export function createKeptStore(kept: ReadonlyMap<number, Kept> = new Map(), committedMs = 0): KeptStore {
  const partitions = new Map(kept);
  const commits: Commit[] = [];
  let observedMs = committedMs;

  function follow({ partition, kind, bytes }: Change): void {
    const { image, log } = load(partition);
    const copy = bytes.slice();
    partitions.set(partition, kind === "image" ? { image: copy, log: [] } : { image, log: [...log, copy] });
  }

  function load(partition: number): StoredPartition {
    return partitions.get(partition) ?? { image: undefined, log: [] };
  }

  return {
    packing: nodePacking,
    failure: undefined,
    commits,
    load,
    commit(commit) {
      this.probe();
      commits.push(commit);
      for (const change of commit.changes) follow(change);
      observedMs = Math.max(observedMs, commit.observedMs);
    },
    observedMs: () => observedMs,
    probe() {
      if (this.failure !== undefined) throw new Error(this.failure);
    },
    close() {
      // The next shard opens nothing either.
    },
    copy: () => createKeptStore(partitions, observedMs),
  };
}
