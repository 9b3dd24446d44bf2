import type { RunningPrometheus } from "../e2e/running-prometheus.ts";
import type { Totals } from "./counts.ts";
import { taskSamples } from "./task-samples.ts";

/** What the merged view shows of a job: a series for each. */
export function shownTotals(view: string, jobId: string): Totals {
  return new Map(
    taskSamples(view)
      .filter(({ label }) => label("job_id") === jobId)
      .map(({ metric, value, label }) => [`${label("task_id")} ${metric}`, value]),
  );
}

/** What Prometheus has scraped of it last. */
export async function scrapedTotals(prometheus: RunningPrometheus, jobId: string): Promise<Totals> {
  const names = "flink_taskmanager_job_task_numRecords(In|Out)";
  const found = await prometheus.query(`{__name__=~"${names}",job_id="${jobId}"}`);
  return new Map(
    found.map(({ metric, value: [, value] }) => [
      `${metric["task_id"]} ${metric["__name__"]?.replace("flink_taskmanager_job_task_", "")}`,
      Number(value),
    ]),
  );
}
