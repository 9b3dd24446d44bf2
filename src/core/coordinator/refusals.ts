import { mergedJob } from "../rollup/flink/level.ts";
import type { GroupingKey } from "../grouping-key.ts";

/** Label values come from users, so more jobs than that share one entry. */
const MAX_JOBS = 1_000;
/** No more of an error is sent either. */
const LONGEST_MESSAGE = 300;

/** A push that was not taken, by the word for why and the line that its sender was told. */
interface RefusedPush {
  /** Undefined where the path is no grouping key. */
  readonly key: GroupingKey | undefined;
  readonly reason: string;
  readonly message: string;
  readonly wallMs: number;
}

/** What was refused of one job. */
export interface RefusedJob {
  /** As the merged view shows a fleet's; "" for paths that are no grouping key, and for what is past the bound. */
  readonly job: string;
  readonly byReason: ReadonlyMap<string, number>;
  readonly last: RefusedPush;
}

/** Remembers refused pushes by job: how many, and the last error that somebody was sent. */
export interface Refusals {
  note(refused: RefusedPush): void;
  list(): RefusedJob[];
}

export function createRefusals(maxJobs: number = MAX_JOBS): Refusals {
  const jobs = new Map<string, { job: string; byReason: Map<string, number>; last: RefusedPush }>();
  return {
    note(refused) {
      const job = refused.key === undefined ? "" : mergedJob(refused.key.job);
      const name = jobs.has(job) || jobs.size < maxJobs ? job : "";
      let entry = jobs.get(name);
      if (entry === undefined) jobs.set(name, (entry = { job: name, byReason: new Map(), last: refused }));
      entry.last = { ...refused, message: refused.message.slice(0, LONGEST_MESSAGE) };
      entry.byReason.set(refused.reason, (entry.byReason.get(refused.reason) ?? 0) + 1);
    },
    list: () => [...jobs.values()],
  };
}
