import type { Sqlite, SqliteValue } from "./sqlite.ts";
import { reasonOf, StorageError } from "./storage-error.ts";

/** The version of the tables and of what stands in them. A version of Sluice reads its own and the one before it. */
const SCHEMA = 1;

/**
 * - `meta`: `schema`, `partitions` (written when the store is created, and never changed), `observed_ms`.
 * - `images`: the whole of a partition at one moment, cut into chunks.
 * - `log`: what has happened to it since, in the order of `id`, which is `partition * 2^40 + n`. `rest` is how
 *   many rows further on the record ends.
 *
 * No value is larger than 1 MiB, since a Durable Object takes 2 MB at most. `crc` is the CRC-32 of `bytes`.
 */
const TABLES = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE images (
    partition INTEGER NOT NULL, chunk INTEGER NOT NULL, bytes BLOB NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (partition, chunk)
  );
  CREATE TABLE log (id INTEGER PRIMARY KEY, rest INTEGER NOT NULL, bytes BLOB NOT NULL, crc INTEGER NOT NULL);
`;

/** Makes the tables where there are none. Throws a `StorageError` for anything that is not a store of `partitions`. */
export function ensureSchema(
  sqlite: Sqlite,
  file: string,
  partitions: number,
  elsewhere = "it was written on another platform; give another folder with --storage.path",
): void {
  try {
    const tables = sqlite.all(
      // The platform of a Durable Object has tables of its own beside ours.
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_*'",
    );
    if (tables.length === 0) create(sqlite, partitions);
    else if (!tables.some(({ name }) => name === "meta")) throw foreign(file, "it has other tables");
    check(sqlite, file, partitions, elsewhere);
  } catch (error) {
    if (sqlite.isDamage(error)) throw foreign(file, reasonOf(error));
    throw error;
  }
}

function create(sqlite: Sqlite, partitions: number): void {
  sqlite.transact(() => {
    sqlite.exec(TABLES);
    for (const [key, value] of Object.entries({ schema: SCHEMA, partitions, observed_ms: 0 })) {
      sqlite.run("INSERT INTO meta VALUES (?, ?)", key, value);
    }
  });
}

function check(sqlite: Sqlite, file: string, partitions: number, elsewhere: string): void {
  const schema = readMeta(sqlite, "schema");
  if (typeof schema !== "number") throw foreign(file, "it does not say which version it has");
  if (schema > SCHEMA) {
    throw new StorageError(
      `${file} was written by a newer version of Sluice (schema ${schema}, this one reads ${SCHEMA}): start that version, or restore a snapshot from before the upgrade`,
    );
  }
  const stored = readMeta(sqlite, "partitions");
  if (stored !== partitions) {
    throw new StorageError(
      `${file} has ${String(stored)} partitions, and this version of Sluice has ${partitions}: ${elsewhere}`,
    );
  }
}

function readMeta(sqlite: Sqlite, key: string): SqliteValue | undefined {
  return sqlite.all("SELECT value FROM meta WHERE key = ?", key)[0]?.["value"];
}

export function foreign(file: string, reason: string): StorageError {
  return new StorageError(
    `${file} is damaged or no store of Sluice (${reason}): "sluice repair <folder>" saves what can be read into a new folder; to begin anew, move the folder away`,
  );
}
