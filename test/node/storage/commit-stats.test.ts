import { expect, test } from "vitest";
import type { PartitionStore } from "../../../src/core/shard/store.ts";
import { createMemoryStore } from "../../../src/core/shard/store.ts";
import { renderStorageFamilies } from "../../../src/node/own-metrics/storage-metrics.ts";
import { newStatsMemory, readCommitStats, withCommitStats } from "../../../src/node/storage/commit-stats.ts";

const COMMIT = { observedMs: 1, changes: [] };

test("commits of all threads are added up; one that fails is told and counted apart", () => {
  const memories = [newStatsMemory(), newStatsMemory()];
  expect(readCommitStats(memories)).toMatchObject({ failures: 0, sumSeconds: 0, lastSeconds: 0 });
  const stores = memories.map((memory) => withCommitStats(createMemoryStore(), memory));
  for (const store of stores) for (let i = 0; i < 3; i++) store.commit(COMMIT);
  const full: PartitionStore = {
    ...createMemoryStore(),
    commit() {
      throw new Error("database or disk is full");
    },
  };
  // The thread that takes the place of a dead one counts on.
  expect(() => withCommitStats(full, memories[0]!).commit(COMMIT)).toThrow("disk is full");
  const { failures, counts, sumSeconds, lastSeconds } = readCommitStats(memories);
  expect([failures, counts.reduce((sum, count) => sum + count)]).toEqual([1, 6]);
  expect(sumSeconds).toBeGreaterThan(0);
  expect(Math.abs(lastSeconds - Date.now() / 1_000)).toBeLessThan(60);
});

test("buckets are shown as those below each bound", () => {
  const counts = Array.from({ length: 15 }, (_, i) => (i === 1 ? 5 : i === 14 ? 2 : 0));
  const commits = { failures: 3, sumSeconds: 30.5, lastSeconds: 1_700_000_000.5, counts };
  const families = renderStorageFamilies({ commits, sizes: { database: 4096, wal: 0, free: 2 ** 40 } });
  const text = families.map((family) => family.text).join("");
  for (const line of [
    'sluice_storage_commit_duration_seconds_bucket{le="0.0005"} 0',
    'sluice_storage_commit_duration_seconds_bucket{le="0.001"} 5',
    'sluice_storage_commit_duration_seconds_bucket{le="10"} 5',
    'sluice_storage_commit_duration_seconds_bucket{le="+Inf"} 7',
    "sluice_storage_commit_duration_seconds_sum 30.5",
    "sluice_storage_commit_duration_seconds_count 7",
    "sluice_storage_commit_failures_total 3",
    "sluice_storage_last_commit_timestamp_seconds 1.7000000005e+09",
    "sluice_storage_database_bytes 4096",
    "sluice_storage_wal_bytes 0",
    "sluice_storage_free_bytes 1.099511627776e+12",
  ]) {
    expect(text).toContain(`${line}\n`);
  }
});
