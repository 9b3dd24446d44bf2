export type SqliteValue = string | number | Uint8Array | null;
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** What a store needs of SQLite: Node's module and a Durable Object's storage both fill it. */
export interface Sqlite {
  /** Statements without parameters, none of which begins or ends a transaction. */
  exec(sql: string): void;
  run(sql: string, ...values: SqliteValue[]): void;
  all(sql: string, ...values: SqliteValue[]): SqliteRow[];
  /** One by one: a table may be larger than memory. */
  each(sql: string, ...values: SqliteValue[]): Iterable<SqliteRow>;
  /** All of it or nothing. What it throws is thrown again. */
  transact(change: () => void): void;
  /** Whether that error says that the database is none, or is broken. */
  isDamage(error: unknown): boolean;
}
