import type { PartitionStore } from "../../core/shard/store.ts";
import { createTableStore } from "../../platform/storage/table-store.ts";
import type { CommitGate } from "./commit-gate.ts";
import { openSqlite, problemOf } from "./sqlite.ts";

const LONGEST_WAIT_MS = 10_000;

/** The partitions of one thread in the database of all threads. */
export function createSqliteStore(file: string, gate: CommitGate): PartitionStore {
  const sqlite = openSqlite(file);
  // After a crash the first to read recovers the log, while the threads beside it wait.
  sqlite.exec(`PRAGMA busy_timeout = ${LONGEST_WAIT_MS}`);
  sqlite.exec("PRAGMA synchronous = FULL");
  sqlite.exec("PRAGMA wal_autocheckpoint = 4000");
  sqlite.all("SELECT count(*) FROM meta");
  // From now on only who waits at the gate knows when it is worth trying again.
  sqlite.exec("PRAGMA busy_timeout = 0");

  function begin(): void {
    const startMs = performance.now();
    for (;;) {
      const turn = gate.turn();
      try {
        sqlite.exec("BEGIN IMMEDIATE");
        return;
      } catch (error) {
        const isLate = performance.now() - startMs > LONGEST_WAIT_MS;
        if (problemOf(error) !== "busy" || isLate) throw error;
        gate.wait(turn);
      }
    }
  }

  function transact(change: () => void): void {
    begin();
    try {
      change();
      sqlite.exec("COMMIT");
    } catch (error) {
      sqlite.rollBack();
      throw error;
    } finally {
      gate.pass();
    }
  }

  return createTableStore({ ...sqlite, transact }, file, () => sqlite.close());
}
