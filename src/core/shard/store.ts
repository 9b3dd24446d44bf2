import type { Packing } from "../store/packing.ts";

/**
 * What a shard commits to.
 *
 * - A partition has one writer, its shard, which alone calls `load` and `commit` for it.
 * - A partition is stored as an image, the whole of it at one moment, and a log of what has happened to it
 *   since. Both are bytes that the store does not look into.
 * - `commit` makes all changes of a batch durable, or none of them, before it returns; replies are sent after
 *   it. It throws where it cannot, and what it was given is forgotten then.
 */
export interface PartitionStore {
  /** How what is committed becomes bytes. Undefined where nothing outlives the shard, so that nothing is committed. */
  readonly packing: Packing | undefined;
  /** What was committed. Throws where that cannot be read: a store never passes for an empty one. */
  load(partition: number): StoredPartition;
  commit(commit: Commit): void;
  /** The observed time of the last commit, of any shard; 0 for a new store. */
  observedMs(): number;
  /** Whether a commit of some size would succeed now. Throws as a commit would. */
  probe(): void;
  close(): void;
}

export interface StoredPartition {
  /** Undefined for a partition that was never written. */
  readonly image: Uint8Array | undefined;
  /** What was appended since the image, in order. */
  readonly log: readonly Uint8Array[];
}

export interface Commit {
  readonly observedMs: number;
  readonly changes: readonly Change[];
}

/** At most one for each partition. An image takes the place of the one before it, and of the log. */
export interface Change {
  readonly partition: number;
  readonly kind: "append" | "image";
  readonly bytes: Uint8Array;
}

/** Keeps nothing beyond the life of its shard. */
export function createMemoryStore(): PartitionStore {
  return {
    packing: undefined,
    load: () => ({ image: undefined, log: [] }),
    commit() {
      // The state in memory is all there is.
    },
    observedMs: () => 0,
    probe() {
      // Memory has no end that could be seen.
    },
    close() {
      // Nothing is open.
    },
  };
}
