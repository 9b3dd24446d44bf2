import { DatabaseSync, type StatementSync } from "node:sqlite";

/** What SQLite says is wrong, as far as it makes a difference. */
type SqliteProblem = "busy" | "damaged" | "other";

export type SqliteValue = string | number | Uint8Array | null;
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** The one door to `node:sqlite`, whose interface still moves. */
export interface Sqlite {
  /** Statements without parameters. */
  exec(sql: string): void;
  run(sql: string, ...values: SqliteValue[]): void;
  all(sql: string, ...values: SqliteValue[]): SqliteRow[];
  /** One by one: a table may be larger than memory. */
  each(sql: string, ...values: SqliteValue[]): Iterable<SqliteRow>;
  close(): void;
}

/** Throws as SQLite does; `problemOf` tells what. */
export function openSqlite(file: string, options: { readonly readOnly?: boolean } = {}): Sqlite {
  const database = new DatabaseSync(file, { readOnly: options.readOnly ?? false });
  const statements = new Map<string, StatementSync>();

  function prepare(sql: string): StatementSync {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = database.prepare(sql)));
    return statement;
  }

  return {
    exec: (sql) => database.exec(sql),
    run: (sql, ...values) => void prepare(sql).run(...values),
    all: (sql, ...values) => prepare(sql).all(...values) as SqliteRow[],
    each: (sql, ...values) => prepare(sql).iterate(...values) as Iterable<SqliteRow>,
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
