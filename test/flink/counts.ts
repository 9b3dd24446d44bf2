/** A task's counters that the REST API tells too. Bytes are no good: checkpoints go on when no record flows. */
export const METRICS = ["numRecordsIn", "numRecordsOut"] as const;

type Metric = (typeof METRICS)[number];

/** Of one job: `<task id> <metric>` → what its subtasks have counted, over all attempts. */
export type Totals = ReadonlyMap<string, number>;

/** Of one job: `<task id> <metric> <subtask>.<attempt>` → what that attempt has counted. */
export type Attempts = ReadonlyMap<string, number>;

export function attemptKey(
  taskId: string,
  metric: Metric,
  subtask: number | string,
  attempt: number | string,
): string {
  return `${taskId} ${metric} ${subtask}.${attempt}`;
}

export function totalsOf(attempts: Attempts): Totals {
  const totals = new Map<string, number>();
  for (const [key, value] of attempts) {
    const total = key.slice(0, key.lastIndexOf(" "));
    totals.set(total, (totals.get(total) ?? 0) + value);
  }
  return totals;
}

/** What stands in `from` less what stands in `less`. */
export function difference(from: Totals, less: Totals): Totals {
  return new Map([...from].map(([key, value]) => [key, value - (less.get(key) ?? 0)]));
}

export function isSame(a: Totals, b: Totals): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

/** Those that are not zero. */
export function listed(totals: Totals): string {
  return JSON.stringify(Object.fromEntries([...totals].filter(([, value]) => value !== 0)));
}
