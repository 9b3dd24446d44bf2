import type { Settings } from "../partition/settings.ts";
import type { PartitionState } from "../partition/state.ts";
import { packImage } from "../store/image.ts";
import type { LogRecord } from "../store/log-record.ts";
import { packRecords } from "../store/log-record.ts";
import type { Packing } from "../store/packing.ts";
import type { Change, Commit, StoredPartition } from "./store.ts";

/** A log is replaced by an image when it has grown to twice the image, and to this size. */
const SHORTEST_LOG_BYTES = 4 * 2 ** 20;
/** Observed time is committed at least so often, though nothing else happens. */
const LONGEST_SILENCE_MS = 10_000;

/** What a batch does to the partitions of a shard, on its way into the store. */
export interface Journal {
  /** Notes what is about to happen to a partition, or has happened. */
  note(partition: number, record: LogRecord): void;
  /** What was noted last of a partition has not happened after all. */
  retract(partition: number): void;
  /** What has happened to a partition and is not committed. */
  noted(partition: number): readonly LogRecord[];
  /** Its log cannot tell how it has come to what it is: the next commit writes an image of it. */
  replace(partition: number): void;
  /** All that was noted since it was last asked. Undefined where there is nothing to commit. */
  take(observedMs: number): Commit | undefined;
  /** Notes to write images of all partitions whose log is not empty. */
  replaceAll(): void;
}

export interface JournalDeps {
  readonly packing: Packing;
  readonly states: ReadonlyMap<number, PartitionState>;
  /** What they follow at that moment. */
  settings(this: void): Settings;
  readonly committedMs: number;
}

export function createJournal(
  stored: ReadonlyMap<number, StoredPartition>,
  { packing, states, settings, committedMs }: JournalDeps,
): Journal {
  const noted = new Map<number, LogRecord[]>();
  const replaced = new Set<number>();
  const sizes = new Map([...stored].map(([partition, each]) => [partition, sizeOf(each)]));
  let lastMs = committedMs;

  function changeOf(partition: number, size: Size, records: readonly LogRecord[]): Change {
    if (!replaced.has(partition) && size.image > 0) {
      const bytes = packRecords(records, packing);
      size.log += bytes.length;
      return { partition, kind: "append", bytes };
    }
    const state = states.get(partition);
    if (state === undefined) throw new Error(`BUG: partition ${partition} belongs to another shard`);
    const bytes = packImage(state, settings(), packing);
    size.image = bytes.length;
    size.log = 0;
    return { partition, kind: "image", bytes };
  }

  /** One in a batch, so that none of them waits long. */
  function chooseOutgrown(): void {
    for (const partition of noted.keys()) {
      const size = sizes.get(partition);
      if (size === undefined || size.log < Math.max(SHORTEST_LOG_BYTES, 2 * size.image)) continue;
      replaced.add(partition);
      return;
    }
  }

  return {
    note(partition, record) {
      const records = noted.get(partition);
      if (records === undefined) noted.set(partition, [record]);
      else records.push(record);
    },
    retract: (partition) => void noted.get(partition)?.pop(),
    noted: (partition) => noted.get(partition) ?? [],
    replace: (partition) => void replaced.add(partition),
    replaceAll() {
      for (const [partition, { log }] of sizes) if (log > 0) replaced.add(partition);
    },
    take(observedMs) {
      chooseOutgrown();
      const changes = [...new Set([...noted.keys(), ...replaced])].map((partition) => {
        const size = sizes.get(partition) ?? { image: 0, log: 0 };
        sizes.set(partition, size);
        return changeOf(partition, size, noted.get(partition) ?? []);
      });
      noted.clear();
      replaced.clear();
      if (changes.length === 0 && observedMs < lastMs + LONGEST_SILENCE_MS) return undefined;
      lastMs = observedMs;
      return { observedMs, changes };
    },
  };
}

interface Size {
  image: number;
  log: number;
}

function sizeOf({ image, log }: StoredPartition): Size {
  return { image: image?.length ?? 0, log: log.reduce((sum, { length }) => sum + length, 0) };
}
