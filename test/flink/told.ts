import { type Attempts, METRICS, attemptKey } from "./counts.ts";
import type { FlinkApi, Subtask } from "./flink-api.ts";

/** A job's count by Flink's own account. */
export interface Told {
  readonly attempts: Attempts;
  /** Those that run. */
  readonly live: ReadonlySet<string>;
}

/** What the REST API calls them. */
const REST_NAMES = { numRecordsIn: "read-records", numRecordsOut: "write-records" } as const;

/**
 * Flink forgets what a TaskManager had counted that is killed: so the largest value that was ever told of an attempt is
 * kept.
 */
export function listenToFlink(api: FlinkApi, jobId: string): () => Promise<Told> {
  const told = new Map<string, number>();
  const ended = new Set<string>();

  function note(vertexId: string, { subtask, attempt, metrics }: Subtask): string[] {
    return METRICS.map((metric) => {
      const key = attemptKey(vertexId, metric, subtask, attempt);
      told.set(key, Math.max(told.get(key) ?? 0, metrics[REST_NAMES[metric]]));
      return key;
    });
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
    const live = new Set<string>();
    for (const { id } of vertices) {
      for (const subtask of await api.subtasks(jobId, id)) {
        await noteEarlier(id, subtask);
        const keys = note(id, subtask);
        if (subtask.status === "RUNNING") for (const key of keys) live.add(key);
      }
    }
    return { attempts: new Map(told), live };
  };
}
