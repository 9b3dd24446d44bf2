import type { Settings } from "../core/partition/settings.ts";
import { startPiscinaThread } from "./piscina-thread.ts";
import type { ShardThread, ShardThreadEvents } from "./shard-thread.ts";
import { startShardThread } from "./shard-thread.ts";
import type { StorageFacts } from "./own-metrics/storage-metrics.ts";
import { newGateMemory } from "./storage/commit-gate.ts";
import { newStatsMemory, readCommitStats } from "./storage/commit-stats.ts";
import { storageSizes } from "./storage/storage-sizes.ts";
import { openStorageFolder } from "./storage/storage-folder.ts";
import type { ThreadData, ThreadStorage } from "./thread-handler.ts";

/** Written into a store when it is created; sixty-four spread evenly over any number of threads a machine has. */
export const PARTITIONS = 64;

export interface ShardThreadsOptions {
  readonly count: number;
  /** Empty: all is kept in memory. */
  readonly storageFolder: string;
  /** What holds now: a thread that is started again must not fall back to what held when the relay was started. */
  settingsNow(this: void): Settings;
}

export type ShardThreadsEvents = {
  readonly [Event in keyof ShardThreadEvents]: (
    thread: number,
    ...about: Parameters<ShardThreadEvents[Event]>
  ) => void;
};

/** The threads of a relay, and the folder that they store in. */
export interface ShardThreads {
  readonly threads: readonly ShardThread[];
  /** The observed time of the last commit. */
  readonly committedMs: number;
  /** Undefined where all is kept in memory. */
  storage(): Promise<StorageFacts | undefined>;
  close(observedMs: number): Promise<void>;
}

/** Starts all of them, or none. Rejects with a `StorageError` where the folder cannot be used. */
export async function startShardThreads(
  options: ShardThreadsOptions,
  events: ShardThreadsEvents,
): Promise<ShardThreads> {
  const { storageFolder } = options;
  const folder = storageFolder === "" ? undefined : openStorageFolder(storageFolder, PARTITIONS);
  const gate = newGateMemory();
  const stats = Array.from({ length: options.count }, newStatsMemory);
  const storages = stats.map((each) => folder && { database: folder.database, gate, stats: each });
  const starts = await Promise.allSettled(startAll(options, storages, events));
  const threads = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));

  async function close(observedMs: number): Promise<void> {
    await Promise.all(threads.map((thread) => thread.close(observedMs)));
    folder?.close();
  }
  const failed = starts.find((start) => start.status === "rejected");
  if (failed !== undefined) {
    await close(0);
    throw failed.reason;
  }
  const committedMs = Math.max(...threads.map(({ loaded }) => loaded.observedMs));
  return {
    threads,
    committedMs,
    async storage() {
      if (folder === undefined) return undefined;
      const sizes = await storageSizes(folder.database).catch(() => undefined);
      return { commits: readCommitStats(stats), sizes };
    },
    close,
  };
}

function startAll(
  { count, settingsNow }: ShardThreadsOptions,
  storages: readonly (ThreadStorage | undefined)[],
  events: ShardThreadsEvents,
): Promise<ShardThread>[] {
  const numbers = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  return storages.map((storage, thread) => {
    const partitions = numbers.filter((partition) => partition % count === thread);
    const dataNow = (): ThreadData => ({
      partitions,
      settings: settingsNow(),
      storage,
      startWallMs: Date.now(),
    });
    return startShardThread((onDeath) => startPiscinaThread(dataNow(), onDeath), {
      onResult: (result) => events.onResult(thread, result),
      onRestart: (cause, loaded) => events.onRestart(thread, cause, loaded),
    });
  });
}
