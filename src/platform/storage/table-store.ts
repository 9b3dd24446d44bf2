import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { Change, Commit, PartitionStore, StoredPartition } from "../../core/shard/store.ts";
import { nodePacking } from "../packing.ts";
import { foreign } from "./schema.ts";
import type { Sqlite, SqliteRow } from "./sqlite.ts";
import { reasonOf } from "./storage-error.ts";

const CHUNK_BYTES = 2 ** 20;
/** Rows of the log that one partition may have in its life; a log is emptied long before. */
const IDS_PER_PARTITION = 2 ** 40;
const PROBE_BYTES = 2 ** 18;

/** Partitions in the tables of `schema.ts`. `name` is what errors call the database. */
export function createTableStore(sqlite: Sqlite, name: string, close: () => void): PartitionStore {
  /** By partition: the id of the next row of its log. */
  const nextIds = new Map<number, number>();

  function follow({ partition, kind, bytes }: Change): void {
    if (kind === "append") append(partition, bytes);
    else replace(partition, bytes);
  }

  function append(partition: number, bytes: Uint8Array): void {
    const chunks = chunksOf(bytes);
    let id = nextIds.get(partition) ?? firstId(partition);
    for (const [i, chunk] of chunks.entries()) {
      const rest = chunks.length - 1 - i;
      sqlite.run("INSERT INTO log VALUES (?, ?, ?, ?)", id, rest, chunk, crc32(chunk));
      id += 1;
    }
    nextIds.set(partition, id);
  }

  function replace(partition: number, bytes: Uint8Array): void {
    sqlite.run("DELETE FROM images WHERE partition = ?", partition);
    for (const [i, chunk] of chunksOf(bytes).entries()) {
      sqlite.run("INSERT INTO images VALUES (?, ?, ?, ?)", partition, i, chunk, crc32(chunk));
    }
    sqlite.run("DELETE FROM log WHERE id >= ? AND id < ?", firstId(partition), firstId(partition + 1));
    nextIds.set(partition, firstId(partition));
  }

  function load(partition: number): StoredPartition {
    const chunks = sqlite.all("SELECT bytes, crc FROM images WHERE partition = ? ORDER BY chunk", partition);
    const log: Uint8Array[] = [];
    let pieces: Uint8Array[] = [];
    let id = firstId(partition);
    const rows = sqlite.each(
      "SELECT id, rest, bytes, crc FROM log WHERE id >= ? AND id < ? ORDER BY id",
      id,
      firstId(partition + 1),
    );
    for (const row of rows) {
      if (row["id"] !== id) throw new Error(`rows are missing in the log of partition ${partition}`);
      id += 1;
      pieces.push(bytesOf(row));
      if (row["rest"] !== 0) continue;
      log.push(joined(pieces));
      pieces = [];
    }
    nextIds.set(partition, id);
    if (chunks.length === 0 && log.length > 0)
      throw new Error(`partition ${partition} has a log and no image`);
    return { image: chunks.length === 0 ? undefined : joined(chunks.map(bytesOf)), log };
  }

  return {
    packing: nodePacking,
    load(partition) {
      try {
        return load(partition);
      } catch (error) {
        throw foreign(name, reasonOf(error));
      }
    },
    commit({ observedMs, changes }: Commit) {
      // What a failed commit had counted has gone with it.
      const before = new Map(nextIds);
      try {
        sqlite.transact(() => {
          for (const change of changes) follow(change);
          sqlite.run("UPDATE meta SET value = max(value, ?) WHERE key = 'observed_ms'", observedMs);
        });
      } catch (error) {
        for (const [partition, id] of before) nextIds.set(partition, id);
        throw error;
      }
    },
    observedMs: () => Number(sqlite.all("SELECT value FROM meta WHERE key = 'observed_ms'")[0]?.["value"]),
    probe() {
      sqlite.transact(() => {
        sqlite.run("INSERT OR REPLACE INTO meta VALUES ('probe', ?)", new Uint8Array(PROBE_BYTES));
      });
      sqlite.transact(() => sqlite.run("DELETE FROM meta WHERE key = 'probe'"));
    },
    close,
  };
}

/** Of the rows of its log. */
export function firstId(partition: number): number {
  return partition * IDS_PER_PARTITION;
}

function chunksOf(bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let pos = 0; pos < bytes.length; pos += CHUNK_BYTES) {
    chunks.push(bytes.subarray(pos, pos + CHUNK_BYTES));
  }
  return chunks;
}

function bytesOf(row: SqliteRow): Uint8Array {
  const { bytes, crc } = row;
  if (!(bytes instanceof Uint8Array) || crc32(bytes) !== crc) throw new Error("a checksum does not match");
  return bytes;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}
