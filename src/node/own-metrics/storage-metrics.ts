import { formatNumber } from "../../core/exposition/format-number.ts";
import type { FamilyType } from "../../core/exposition/parsed-body.ts";
import type { FamilyText } from "../../core/view/own-families.ts";
import { histogramLines } from "../../platform/own-histogram.ts";
import type { CommitStats } from "../storage/commit-stats.ts";
import { COMMIT_SECONDS } from "../storage/commit-stats.ts";
import type { StorageSizes } from "../storage/storage-sizes.ts";

/** What is known of the store when a scrape asks. */
export interface StorageFacts {
  readonly commits: CommitStats;
  /** Undefined where the files cannot be looked at. */
  readonly sizes: StorageSizes | undefined;
}

type StorageFamily =
  | "sluice_storage_commit_duration_seconds"
  | "sluice_storage_commit_failures_total"
  | "sluice_storage_last_commit_timestamp_seconds"
  | "sluice_storage_database_bytes"
  | "sluice_storage_wal_bytes"
  | "sluice_storage_free_bytes";

export const storageFamilies: {
  readonly [Name in StorageFamily]: { readonly type: FamilyType; readonly help: string };
} = {
  sluice_storage_commit_duration_seconds: {
    type: "histogram",
    help: "From the begin of a commit, the wait for other threads included, until it is on the disk. A push is answered behind one: if it grows, the disk is slow or shared.",
  },
  sluice_storage_commit_failures_total: {
    type: "counter",
    help: "Commits that the disk did not take; their pushes got 503, and most clients push again. The log says why: a full disk, as a rule.",
  },
  sluice_storage_last_commit_timestamp_seconds: {
    type: "gauge",
    help: "Unix time of the last commit; 0 before the first. Each batch of pushes makes one.",
  },
  sluice_storage_database_bytes: {
    type: "gauge",
    help: "Size of sluice.db. It grows with what is held and with the logs of the partitions, and does not shrink by itself.",
  },
  sluice_storage_wal_bytes: {
    type: "gauge",
    help: "Size of sluice.db-wal: some 16 MiB. If it grows far beyond, something reads the database for long, such as a backup.",
  },
  sluice_storage_free_bytes: {
    type: "gauge",
    help: "Room that the relay has left on the disk of --storage.path. Alert on it: pushes get 503 on a full disk.",
  },
};

const COMMITS = "sluice_storage_commit_duration_seconds";

export function renderStorageFamilies({ commits, sizes }: StorageFacts): FamilyText[] {
  const { failures, lastSeconds, counts, sumSeconds } = commits;
  return [
    family(COMMITS, histogramLines(COMMITS, [], COMMIT_SECONDS, { counts, sum: sumSeconds })),
    single("sluice_storage_commit_failures_total", failures),
    single("sluice_storage_last_commit_timestamp_seconds", lastSeconds),
    ...(sizes === undefined
      ? []
      : [
          single("sluice_storage_database_bytes", sizes.database),
          single("sluice_storage_wal_bytes", sizes.wal),
          single("sluice_storage_free_bytes", sizes.free),
        ]),
  ];
}

function single(name: StorageFamily, value: number): FamilyText {
  return family(name, [`${name} ${formatNumber(value)}\n`]);
}

function family(name: StorageFamily, lines: readonly string[]): FamilyText {
  const { type, help } = storageFamilies[name];
  return { name, header: `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`, text: lines.join("") };
}
