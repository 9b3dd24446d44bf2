import type { Config } from "./config/config.ts";
import type { Settings } from "../core/partition/settings.ts";
import { settingsOf } from "./settings-of.ts";
import { startShardThreads, type ShardThreads, type ShardThreadsEvents } from "./shard-threads.ts";

/** Threads that load their modules, and what is stored, while the main thread loads the rest of itself. */
export interface StartingThreads {
  /** Settles when all of them are ready. Rejects with a `StorageError` where the folder cannot be used. */
  readonly started: Promise<ShardThreads>;
  /** Before there is a relay that could have asked something of them, nobody needs to hear of them. */
  tell(events: ShardThreadsEvents): void;
  /** A thread that is started again has these settings. */
  configure(settings: Settings): void;
  /** Ends them where there will be no relay. */
  giveUp(): Promise<void>;
}

export function startThreads(config: Config): StartingThreads {
  const { threads: count, storageFolder } = config;
  let settings = settingsOf(config);
  let events: ShardThreadsEvents | undefined;
  const started = startShardThreads(
    { count, storageFolder, settingsNow: () => settings },
    {
      onResult: (thread, result) => events?.onResult(thread, result),
      onRestart: (thread, cause, loaded) => events?.onRestart(thread, cause, loaded),
    },
  );
  // Who awaits it is told, but perhaps not at once.
  started.catch(() => {});
  return {
    started,
    tell(heard) {
      events = heard;
    },
    configure(changed) {
      settings = changed;
    },
    async giveUp() {
      const shards = await started.catch(() => undefined);
      await shards?.close(shards.committedMs);
    },
  };
}
