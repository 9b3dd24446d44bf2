import { existsSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { createKnownPieces } from "../../core/exposition/parse-scanned.ts";
import { createBlockTable } from "../../core/exposition/block-table.ts";
import { createPlainKeeper } from "../../core/layout-text/plain-keeper.ts";
import { loadPartition } from "../../core/shard/load-partition.ts";
import type { StoredPartition } from "../../core/shard/store.ts";
import { nodeBytes } from "../../platform/bytes.ts";
import { compileRegex } from "../../platform/promql/regex.ts";
import { createCommitGate, newGateMemory } from "./commit-gate.ts";
import { takeLock } from "./lock.ts";
import { nodePacking } from "../../platform/packing.ts";
import { firstId } from "../../platform/storage/table-store.ts";
import type { Sqlite, SqliteRow } from "../../platform/storage/sqlite.ts";
import { openSqlite } from "./sqlite.ts";
import { createSqliteStore } from "./sqlite-store.ts";
import { databaseIn, openStorageFolder } from "./storage-folder.ts";
import { reasonOf, StorageError } from "../../platform/storage/storage-error.ts";

export interface Repaired {
  /** Partitions that hold something, whole or in part. */
  readonly saved: number;
  /** What could not be saved, one line each. */
  readonly losses: readonly string[];
}

/**
 * Saves what can be read of a store into a new folder. Of a partition that is the image and as much of its log as
 * makes sense with it. Throws a `StorageError` where nothing can be read, or the folders are not what they should be.
 */
export function repairStorage(folder: string, target: string, partitions: number): Repaired {
  if (!existsSync(databaseIn(folder))) throw new StorageError(`there is no ${databaseIn(folder)}`);
  if (existsSync(databaseIn(target))) {
    throw new StorageError(`${databaseIn(target)} is there already: name a new folder`);
  }
  const lock = takeLock(join(folder, "lock.db"));
  const from = openSqlite(databaseIn(folder));
  try {
    return copy(from, target, partitions);
  } catch (error) {
    if (error instanceof StorageError) throw error;
    throw new StorageError(`nothing of ${databaseIn(folder)} can be read: ${reasonOf(error)}`);
  } finally {
    from.close();
    lock.release();
  }
}

function copy(from: Sqlite, target: string, partitions: number): Repaired {
  from.all("SELECT count(*) FROM sqlite_schema");
  const opened = openStorageFolder(target, partitions);
  const store = createSqliteStore(opened.database, createCommitGate(newGateMemory()));
  const losses: string[] = [];
  const note = (loss: string): void => void losses.push(loss);
  let saved = 0;
  const observedMs = readObservedMs(from, note);
  for (let partition = 0; partition < partitions; partition += 1) {
    const { image, log } = usable(partition, read(from, partition, note), note);
    if (image === undefined) continue;
    saved += 1;
    store.commit({ observedMs, changes: [{ partition, kind: "image", bytes: image }] });
    for (const bytes of log) store.commit({ observedMs, changes: [{ partition, kind: "append", bytes }] });
  }
  store.close();
  opened.close();
  return { saved, losses };
}

function readObservedMs(from: Sqlite, note: (loss: string) => void): number {
  try {
    return Number(from.all("SELECT value FROM meta WHERE key = 'observed_ms'")[0]?.["value"] ?? 0);
  } catch (error) {
    note(`the observed time: ${reasonOf(error)}; sources are given their time again`);
    return 0;
  }
}

/** What of a partition can be read, up to the first row that cannot. */
function read(from: Sqlite, partition: number, note: (loss: string) => void): StoredPartition {
  const image = until(
    from.each("SELECT rowid, bytes, crc FROM images WHERE partition = ? ORDER BY chunk", partition),
    (error) => note(`partition ${partition}, its image: ${reasonOf(error)}`),
  );
  const rows = until(
    from.each(
      "SELECT id, rest, bytes, crc FROM log WHERE id >= ? AND id < ? ORDER BY id",
      firstId(partition),
      firstId(partition + 1),
    ),
    (error) => note(`partition ${partition}, the end of its log: ${reasonOf(error)}`),
  );
  const log: Uint8Array[] = [];
  let pieces: Uint8Array[] = [];
  for (const [i, row] of rows.entries()) {
    if (row["id"] !== firstId(partition) + i) {
      note(`partition ${partition}, its log from row ${i} on: a row is missing`);
      break;
    }
    pieces.push(bytesOf(row));
    if (row["rest"] !== 0) continue;
    log.push(Buffer.concat(pieces));
    pieces = [];
  }
  return { image: image.length === 0 ? undefined : Buffer.concat(image.map(bytesOf)), log };
}

function until(rows: Iterable<SqliteRow>, onError: (error: unknown) => void): SqliteRow[] {
  const sound: SqliteRow[] = [];
  try {
    for (const row of rows) {
      if (crc32(bytesOf(row)) !== row["crc"]) throw new Error("a checksum does not match");
      sound.push(row);
    }
  } catch (error) {
    onError(error);
  }
  return sound;
}

function bytesOf(row: SqliteRow): Uint8Array {
  const { bytes } = row;
  if (!(bytes instanceof Uint8Array)) throw new Error("a value is no bytes");
  return bytes;
}

/** What a relay would load: the longest part of the log that goes with the image. */
function usable(partition: number, stored: StoredPartition, note: (loss: string) => void): StoredPartition {
  const blocks = createBlockTable(1_000);
  const pieces = createKnownPieces(false);
  const platform = { bytes: nodeBytes, blocks, pieces, texts: createPlainKeeper(nodeBytes) };
  const { image, log } = stored;
  if (image === undefined) {
    if (log.length > 0) note(`partition ${partition}: its log tells nothing without its image`);
    return { image, log: [] };
  }
  let reason: unknown;
  for (const length of [log.length, 0]) {
    try {
      const part = { image, log: log.slice(0, length) };
      loadPartition(partition, part, nodePacking, platform, compileRegex);
      if (length < log.length) note(`${reasonOf(reason)}: what was pushed since its image`);
      return part;
    } catch (error) {
      reason = error;
    }
  }
  note(`${reasonOf(reason)}: all of it`);
  return { image: undefined, log: [] };
}
