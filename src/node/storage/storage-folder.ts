import { join } from "node:path";
import { takeLock } from "./lock.ts";
import { makeFolder } from "./make-folder.ts";
import { ensureSchema, foreign } from "../../platform/storage/schema.ts";
import { openSqlite, problemOf } from "./sqlite.ts";
import { reasonOf, StorageError } from "../../platform/storage/storage-error.ts";

const DATABASE = "sluice.db";
const LOCK = "lock.db";

export function databaseIn(folder: string): string {
  return join(folder, DATABASE);
}

/** A folder that this process alone writes. */
export interface StorageFolder {
  readonly database: string;
  /** Puts all into one file and lets go of the folder. No thread may have it open any more. */
  close(): void;
}

/** Makes the folder if there is none, and takes it. Throws a `StorageError` where it cannot be used. */
export function openStorageFolder(folder: string, partitions: number): StorageFolder {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new StorageError(
      `the folder ${folder} cannot be made (${reasonOf(error)}): give another with --storage.path or --persistence.file, or --storage.path= to keep everything in memory`,
    );
  }
  const database = databaseIn(folder);
  const lock = tell(folder, () => takeLock(join(folder, LOCK)));
  try {
    tell(folder, () => {
      const sqlite = openSqlite(database);
      try {
        ensureSchema(sqlite, database, partitions);
        sqlite.exec("PRAGMA journal_mode = WAL");
      } finally {
        sqlite.close();
      }
    });
  } catch (error) {
    lock.release();
    throw error;
  }
  function close(): void {
    // Where the threads have closed it at once, none of them was the last.
    openSqlite(database).close();
    lock.release();
  }
  return { database, close };
}

function tell<T>(folder: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (problemOf(error) === "damaged") throw foreign(join(folder, LOCK), reasonOf(error));
    if (problemOf(error) === undefined) throw error;
    throw new StorageError(
      `the folder ${folder} cannot be used (${reasonOf(error)}): see who may write there, or give another with --storage.path`,
    );
  }
}
