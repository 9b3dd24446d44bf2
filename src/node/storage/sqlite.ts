import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Sqlite, SqliteRow } from "../../platform/storage/sqlite.ts";

/** What SQLite says is wrong, as far as it makes a difference. */
type SqliteProblem = "busy" | "damaged" | "other";

/** The one door to `node:sqlite`, whose interface still moves. */
export interface SqliteFile extends Sqlite {
  /** Takes back what the transaction has done. */
  rollBack(): void;
  close(): void;
}

/** Throws as SQLite does; `problemOf` tells what. */
export function openSqlite(file: string, options: { readonly readOnly?: boolean } = {}): SqliteFile {
  const database = new DatabaseSync(file, { readOnly: options.readOnly ?? false });
  const statements = new Map<string, StatementSync>();

  function prepare(sql: string): StatementSync {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = database.prepare(sql)));
    return statement;
  }

  function rollBack(): void {
    try {
      database.exec("ROLLBACK");
    } catch (error) {
      // SQLite has done it already where the disk is full.
      if (problemOf(error) === undefined) throw error;
    }
  }

  return {
    exec: (sql) => database.exec(sql),
    run: (sql, ...values) => void prepare(sql).run(...values),
    all: (sql, ...values) => prepare(sql).all(...values) as SqliteRow[],
    each: (sql, ...values) => prepare(sql).iterate(...values) as Iterable<SqliteRow>,
    transact(change) {
      database.exec("BEGIN");
      try {
        change();
        database.exec("COMMIT");
      } catch (error) {
        rollBack();
        throw error;
      }
    },
    isDamage: (error) => problemOf(error) === "damaged",
    rollBack,
    close() {
      statements.clear();
      database.close();
    },
  };
}

// The primary result codes of https://sqlite.org/rescode.html.
const BUSY = new Set([5, 6]);
const DAMAGED = new Set([11, 26]);

/** Undefined for what is no error of SQLite's. */
export function problemOf(error: unknown): SqliteProblem | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number")
    return undefined;
  const primary = error.errcode & 0xff;
  if (BUSY.has(primary)) return "busy";
  return DAMAGED.has(primary) ? "damaged" : "other";
}
