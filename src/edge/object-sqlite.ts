import type { Sqlite, SqliteRow, SqliteValue } from "../platform/storage/sqlite.ts";
import type { ObjectStorage, SqlValue } from "./object-state.ts";

/**
 * The SQLite of a Durable Object. What it writes is durable when an answer of the object leaves: the platform holds
 * answers back until then (its output gate).
 */
export function objectSqlite(storage: ObjectStorage): Sqlite {
  const { sql } = storage;
  return {
    exec: (text) => void sql.exec(text),
    run: (text, ...values) => void sql.exec(text, ...values),
    all: (text, ...values) =>
      sql
        .exec(text, ...values)
        .toArray()
        .map(rowOf),
    *each(text, ...values) {
      for (const row of sql.exec(text, ...values)) yield rowOf(row);
    },
    transact: (change) => storage.transactionSync(change),
    // The platform keeps the file: what it cannot read it does not give us.
    isDamage: () => false,
  };
}

function rowOf(row: Record<string, SqlValue>): SqliteRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, valueOf(value)]));
}

function valueOf(value: SqlValue): SqliteValue {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}
