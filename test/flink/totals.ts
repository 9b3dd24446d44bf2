import { samplesOf } from "../support/view-text.ts";
import type { FlinkApi, Subtask } from "./flink-api.ts";

/** Of one job: `<task id> <metric>` → what its subtasks have counted, over all attempts. */
export type Totals = ReadonlyMap<string, number>;

/** A task's counter → what the REST API calls it. Bytes are no good: checkpoints go on when no record flows. */
const COUNTERS = { numRecordsIn: "read-records", numRecordsOut: "write-records" } as const;

const NAMES = Object.keys(COUNTERS) as (keyof typeof COUNTERS)[];

/**
 * The totals of a job by Flink's own account. Flink tells of each attempt by itself, and forgets what a TaskManager had
 * counted that is killed: so the largest value that was ever told of an attempt is kept.
 */
export function flinkTotals(api: FlinkApi, jobId: string): () => Promise<Totals> {
  const told = new Map<string, { readonly total: string; value: number }>();
  const ended = new Set<string>();

  function note(vertexId: string, { subtask, attempt, metrics }: Subtask): void {
    for (const name of NAMES) {
      const key = [vertexId, subtask, attempt, name].join(" ");
      const entry = told.get(key) ?? { total: `${vertexId} ${name}`, value: 0 };
      entry.value = Math.max(entry.value, metrics[COUNTERS[name]]);
      told.set(key, entry);
    }
  }

  async function noteEarlier(vertexId: string, { subtask, attempt: current }: Subtask): Promise<void> {
    for (let attempt = 0; attempt < current; attempt += 1) {
      const key = [vertexId, subtask, attempt].join(" ");
      if (ended.has(key)) continue;
      note(vertexId, await api.attempt(jobId, vertexId, subtask, attempt));
      ended.add(key);
    }
  }

  return async () => {
    const { vertices } = await api.job(jobId);
    for (const { id } of vertices) {
      for (const subtask of await api.subtasks(jobId, id)) {
        await noteEarlier(id, subtask);
        note(id, subtask);
      }
    }
    const totals = new Map<string, number>();
    for (const { total, value } of told.values()) totals.set(total, (totals.get(total) ?? 0) + value);
    return totals;
  };
}

/** The same as the merged view shows it: a series for each. */
export function shownTotals(view: string, jobId: string): Totals {
  const totals = new Map<string, number>();
  for (const name of NAMES) {
    for (const line of samplesOf(view, `flink_taskmanager_job_task_${name}`)) {
      if (!line.includes(`job_id="${jobId}"`)) continue;
      const taskId = /task_id="([0-9a-f]+)"/.exec(line)?.[1] ?? "";
      totals.set(`${taskId} ${name}`, Number(line.slice(line.lastIndexOf(" ") + 1)));
    }
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
