import { hostname } from "node:os";
import { openSqlite, problemOf, type SqliteFile } from "./sqlite.ts";
import { StorageError } from "../../platform/storage/storage-error.ts";

/**
 * Takes the lock of a folder until the process ends, however it ends: the lock is SQLite's, and so the system's,
 * on a file of its own. Who holds it stands in the file. Throws a `StorageError` that names the holder.
 */
export function takeLock(file: string): { release(): void } {
  const sqlite = openSqlite(file);
  try {
    sqlite.exec("PRAGMA busy_timeout = 0");
    sqlite.exec("BEGIN IMMEDIATE");
    sqlite.exec("CREATE TABLE IF NOT EXISTS holder (pid, host, since)");
    sqlite.exec("DELETE FROM holder");
    const since = new Date().toISOString();
    sqlite.run("INSERT INTO holder VALUES (?, ?, ?)", process.pid, hostname(), since);
    sqlite.exec("COMMIT");
    // Open for as long as the lock is held: others may read who holds it, and write nothing.
    sqlite.exec("BEGIN IMMEDIATE");
  } catch (error) {
    const holder = problemOf(error) === "busy" ? holderOf(sqlite) : undefined;
    sqlite.close();
    if (holder === undefined) throw error;
    throw new StorageError(
      `the folder of ${file} is in use by ${holder}: one process at a time may write it; stop that one, or give another folder with --storage.path`,
    );
  }
  return { release: () => sqlite.close() };
}

function holderOf(sqlite: SqliteFile): string {
  try {
    const [row] = sqlite.all("SELECT pid, host, since FROM holder");
    const [pid, host, since] = [row?.["pid"], row?.["host"], row?.["since"]].map(String);
    if (row !== undefined) return `process ${pid} on ${host}, since ${since}`;
  } catch (error) {
    // It is about to write who it is.
    if (problemOf(error) === undefined) throw error;
  }
  return "another process";
}
