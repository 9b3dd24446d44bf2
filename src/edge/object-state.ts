/** What a Durable Object stores in, as far as it is used here. The platform's own types are larger than this program. */
export interface ObjectStorage {
  readonly sql: {
    exec(
      sql: string,
      ...values: SqlValue[]
    ): Iterable<Record<string, SqlValue>> & { toArray(): Record<string, SqlValue>[] };
  };
  transactionSync<T>(work: () => T): T;
  getAlarm(): Promise<number | null>;
  /** Unix time; one that has passed rings at once. There is one alarm. */
  setAlarm(wallMs: number): Promise<void>;
}

export type SqlValue = string | number | null | ArrayBuffer | Uint8Array;

/** Objects of one class, by name. What a stub is called with and answers is copied; it always answers later. */
export interface ObjectNamespace<Port> {
  getByName(name: string): Port;
}
