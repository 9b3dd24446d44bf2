import type { RefusedJob } from "../core/coordinator/refusals.ts";

/** What was refused of one job, as the API shows it. */
export interface RefusedRow {
  readonly job: string;
  readonly counts: Readonly<Record<string, number>>;
  /** The last error that one of its senders was told. */
  readonly lastError: string;
  readonly lastReason: string;
  /** The grouping key; "" where the path was none. */
  readonly lastSource: string;
  /** RFC 3339. */
  readonly lastTime: string;
}

export function refusedRow({ job, byReason, last }: RefusedJob): RefusedRow {
  return {
    job,
    counts: Object.fromEntries(byReason),
    lastError: last.message,
    lastReason: last.reason,
    lastSource: last.key?.canonical ?? "",
    lastTime: new Date(last.wallMs).toISOString(),
  };
}
