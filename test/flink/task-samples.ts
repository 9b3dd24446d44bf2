import { samplesOf } from "../support/view-text.ts";
import { METRICS } from "./counts.ts";

/** A counter of a task, in a push (of one attempt of a subtask) or on the merged view (over all). */
export interface TaskSample {
  readonly metric: (typeof METRICS)[number];
  readonly value: number;
  /** Of a label that it lacks: "". */
  readonly label: (name: string) => string;
}

export function taskSamples(text: string): TaskSample[] {
  return METRICS.flatMap((metric) =>
    samplesOf(text, `flink_taskmanager_job_task_${metric}`).map((line) => ({
      metric,
      value: Number(line.slice(line.lastIndexOf(" ") + 1)),
      label: (name) => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? "",
    })),
  );
}
