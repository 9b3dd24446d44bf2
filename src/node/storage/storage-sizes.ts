import { stat, statfs } from "node:fs/promises";

/** In bytes. */
export interface StorageSizes {
  readonly database: number;
  /** What is committed and not yet in the database. */
  readonly wal: number;
  /** What this process may still write on that disk. */
  readonly free: number;
}

export async function storageSizes(database: string): Promise<StorageSizes> {
  const [main, wal, disk] = await Promise.all([
    sizeOf(database),
    sizeOf(`${database}-wal`),
    statfs(database),
  ]);
  return { database: main, wal, free: disk.bavail * disk.bsize };
}

/** The log is not there before the first commit. */
async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
