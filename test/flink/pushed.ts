import { type Attempts, attemptKey } from "./counts.ts";
import { taskSamples } from "./task-samples.ts";

/** What pushes have told of Flink's tasks, by any process. */
export interface Pushed {
  note(body: string): void;
  attempts(jobId: string): Attempts;
}

/** A counter of an attempt never falls. */
export function createPushed(): Pushed {
  const byJob = new Map<string, Map<string, number>>();
  return {
    note(body) {
      for (const { metric, value, label } of taskSamples(body)) {
        const ofJob = byJob.get(label("job_id")) ?? new Map<string, number>();
        byJob.set(label("job_id"), ofJob);
        const key = attemptKey(label("task_id"), metric, label("subtask_index"), label("task_attempt_num"));
        ofJob.set(key, Math.max(ofJob.get(key) ?? 0, value));
      }
    },
    attempts: (jobId) => new Map(byJob.get(jobId)),
  };
}
