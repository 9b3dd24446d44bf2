import { labelValue } from "../exposition/label-block.ts";
import { renderLabels } from "../exposition/escape.ts";
import type { Layout } from "./layout.ts";

/** A job is remembered for so long after its last push. */
const REMEMBERED_SECONDS = 86_400;

/** When a job of a Flink cluster was last pushed of. */
export interface FlinkJob {
  /** With braces. */
  readonly labels: string;
  /** Seconds of Unix time. */
  lastSeenSeconds: number;
}

/** The jobs that a body tells of, found or made in `known`. */
export function flinkJobsOf(layout: Layout, known: Map<string, FlinkJob>): readonly FlinkJob[] {
  const found = new Set<FlinkJob>();
  for (const { labels } of new Set(layout.sets)) {
    const id = labelValue(labels, "job_id");
    if (id === undefined) continue;
    const text = renderLabels(["job_id", id, "job_name", labelValue(labels, "job_name") ?? ""]);
    let job = known.get(text);
    if (job === undefined) {
      job = { labels: text, lastSeenSeconds: 0 };
      known.set(text, job);
    }
    found.add(job);
  }
  return [...found];
}

export function forgetFlinkJobs(known: Map<string, FlinkJob>, nowSeconds: number): void {
  for (const [text, job] of known) {
    if (job.lastSeenSeconds + REMEMBERED_SECONDS <= nowSeconds) known.delete(text);
  }
}
