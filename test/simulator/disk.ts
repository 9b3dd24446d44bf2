import type { Change, Commit, PartitionStore, StoredPartition } from "../../src/core/shard/store.ts";
import { nodePacking } from "../../src/platform/packing.ts";
import type { Random } from "../support/random.ts";

/** What can be wrong with a disk, or with the code that writes to it. */
interface DiskFaults {
  /** As long as it is set, commits fail with it. */
  failure: string | undefined;
  /** As long as it is set, nothing can be read. */
  isUnreadable: boolean;
}

/** Bugs to plant: a simulator that finds none of them finds nothing. */
export interface DiskMutants {
  /** A commit returns before it is durable. */
  readonly isUnsynced?: boolean;
  /** A commit that fails does not say so. */
  readonly hidesFailures?: boolean;
  /** One change in so many is not written. */
  readonly skipsOneIn?: number;
  /** What was appended last is not read again. */
  readonly forgetsTheLast?: boolean;
}

/** What outlives the process: the partitions as they were committed, and what was written and not synced. */
export interface Disk extends DiskFaults {
  /** For one thread. */
  open(): PartitionStore;
  /** The power goes: what was not synced is lost, and a commit under way with it. */
  crash(): void;
  /** How often something was committed. */
  commits(): number;
}

interface Stored {
  readonly partitions: ReadonlyMap<number, StoredPartition>;
  readonly observedMs: number;
}

export function createDisk(random: Random, mutants: DiskMutants = {}): Disk {
  let durable: Stored = { partitions: new Map(), observedMs: 0 };
  /** What a reader sees; the same unless something is not synced. */
  let written = durable;
  let commits = 0;

  const disk: Disk = {
    failure: undefined,
    isUnreadable: false,
    commits: () => commits,
    crash() {
      written = durable;
      disk.failure = undefined;
      disk.isUnreadable = false;
    },
    open: () => ({
      packing: nodePacking,
      load(partition) {
        if (disk.isUnreadable) throw new Error("the disk cannot be read");
        const { image, log } = written.partitions.get(partition) ?? { image: undefined, log: [] };
        return { image, log: mutants.forgetsTheLast === true ? log.slice(0, -1) : log };
      },
      commit(commit) {
        if (disk.failure !== undefined) {
          if (mutants.hidesFailures === true) return;
          throw new Error(disk.failure);
        }
        commits += 1;
        const isSkipped = mutants.skipsOneIn !== undefined && random.oneIn(mutants.skipsOneIn);
        written = isSkipped ? written : follow(written, commit);
        if (mutants.isUnsynced !== true) durable = written;
      },
      observedMs: () => written.observedMs,
      probe() {
        if (disk.failure !== undefined) throw new Error(disk.failure);
      },
      close() {
        // The next thread opens nothing either.
      },
    }),
  };
  return disk;
}

function follow({ partitions, observedMs }: Stored, commit: Commit): Stored {
  const changed = new Map(partitions);
  for (const change of commit.changes) changed.set(change.partition, changedBy(changed, change));
  return { partitions: changed, observedMs: Math.max(observedMs, commit.observedMs) };
}

function changedBy(
  partitions: ReadonlyMap<number, StoredPartition>,
  { partition, kind, bytes }: Change,
): StoredPartition {
  const { image, log } = partitions.get(partition) ?? { image: undefined, log: [] };
  const copy = bytes.slice();
  return kind === "image" ? { image: copy, log: [] } : { image, log: [...log, copy] };
}
