import { labelValue } from "../exposition/label-block.ts";
import { renderLabels } from "../exposition/escape.ts";
import type { Layout } from "./layout.ts";
import { distinctSets } from "./layout.ts";

/** A job is remembered for so long after its last push. */
const REMEMBERED_SECONDS = 86_400;
/** So many jobs are remembered in a partition. A session cluster that is given one a minute runs 1,440 a day. */
const MOST_JOBS = 2_000;

/** When a job of a Flink cluster was last pushed of. */
export interface FlinkJob {
  /** With braces. */
  readonly labels: string;
  /** Seconds of Unix time. */
  lastSeenSeconds: number;
}

/** The jobs that a body tells of, found in `known` or made. `shownJob` is the `job` of their group on the merged view. */
export function flinkJobsOf(
  layout: Layout,
  shownJob: string,
  known: ReadonlyMap<string, FlinkJob>,
): readonly FlinkJob[] {
  const found = new Map<string, FlinkJob>();
  for (const { labels } of distinctSets(layout)) {
    const id = labelValue(labels, "job_id");
    if (id === undefined) continue;
    const name = labelValue(labels, "job_name") ?? "";
    const text = renderLabels(["job", shownJob, "job_id", id, "job_name", name]);
    if (!found.has(text)) found.set(text, known.get(text) ?? { labels: text, lastSeenSeconds: 0 });
  }
  return [...found.values()];
}

/** Notes that a push has told of them. Past the bound those go that were seen longest ago: `known` is in that order. */
export function noteFlinkJobs(
  known: Map<string, FlinkJob>,
  jobs: readonly FlinkJob[],
  nowSeconds: number,
): void {
  for (const job of jobs) {
    job.lastSeenSeconds = nowSeconds;
    known.delete(job.labels);
    known.set(job.labels, job);
  }
  for (const text of known.keys()) {
    if (known.size <= MOST_JOBS) return;
    known.delete(text);
  }
}

export function forgetFlinkJobs(known: Map<string, FlinkJob>, nowSeconds: number): void {
  for (const [text, job] of known) {
    if (job.lastSeenSeconds + REMEMBERED_SECONDS <= nowSeconds) known.delete(text);
  }
}
