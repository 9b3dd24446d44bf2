import type { PartitionStore } from "../../core/shard/store.ts";

/** Upper bounds in seconds. A commit is a write and a sync; past the last one clients begin to give up. */
export const COMMIT_SECONDS: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** How the commits of all threads went, since the process began. */
export interface CommitStats {
  readonly failures: number;
  readonly sumSeconds: number;
  /** Unix time; 0 where nothing was committed yet. */
  readonly lastSeconds: number;
  /** How many took so long: by the bounds, and those past the last. Their sum is the number of commits. */
  readonly counts: readonly number[];
}

const FAILURES = 0;
const SUM = 1;
const LAST = 2;
const COUNTS = 3;

/** What one thread writes and the main thread reads. It has one writer, so nobody waits for it. */
export function newStatsMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer((COUNTS + COMMIT_SECONDS.length + 1) * Float64Array.BYTES_PER_ELEMENT);
}

/** The store, whose commits are counted there. The time includes the wait for other threads. */
export function withCommitStats(store: PartitionStore, memory: SharedArrayBuffer): PartitionStore {
  const stats = new Float64Array(memory);
  const add = (at: number, amount: number): void => void (stats[at] = (stats[at] ?? 0) + amount);
  return {
    ...store,
    commit(commit) {
      const startMs = performance.now();
      try {
        store.commit(commit);
      } catch (error) {
        add(FAILURES, 1);
        throw error;
      }
      const seconds = (performance.now() - startMs) / 1_000;
      const bound = COMMIT_SECONDS.findIndex((each) => seconds <= each);
      add(COUNTS + (bound === -1 ? COMMIT_SECONDS.length : bound), 1);
      add(SUM, seconds);
      stats[LAST] = Date.now() / 1_000;
    },
  };
}

export function readCommitStats(memories: readonly SharedArrayBuffer[]): CommitStats {
  const all = memories.map((memory) => new Float64Array(memory));
  const sumAt = (at: number): number => all.reduce((sum, stats) => sum + (stats[at] ?? 0), 0);
  return {
    failures: sumAt(FAILURES),
    sumSeconds: sumAt(SUM),
    lastSeconds: Math.max(0, ...all.map((stats) => stats[LAST] ?? 0)),
    counts: Array.from({ length: COMMIT_SECONDS.length + 1 }, (_, i) => sumAt(COUNTS + i)),
  };
}
