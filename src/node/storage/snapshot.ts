import { existsSync } from "node:fs";
import { makeFolder } from "./make-folder.ts";
import { openSqlite } from "./sqlite.ts";
import { databaseIn } from "./storage-folder.ts";
import { StorageError } from "../../platform/storage/storage-error.ts";

/** Copies a store as it is at one moment into a new folder, also while a relay writes it. Throws a `StorageError`. */
export function snapshotStorage(folder: string, target: string): void {
  const from = databaseIn(folder);
  if (!existsSync(from)) throw new StorageError(`there is no ${from}: name the folder of --storage.path`);
  const to = databaseIn(target);
  if (existsSync(to)) throw new StorageError(`${to} is there already: name a new folder for the snapshot`);
  makeFolder(target);
  const sqlite = openSqlite(from);
  try {
    sqlite.run("VACUUM INTO ?", to);
  } finally {
    sqlite.close();
  }
}
