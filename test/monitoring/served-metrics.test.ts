import { expect, test } from "vitest";
import { isServed } from "./served-metrics.ts";

test.each([
  "flink_jobmanager_job_numRestarts",
  "flink_taskmanager_job_task_busyTimeMsPerSecond_avg",
  "flink_taskmanager_job_task_mailboxLatencyMs",
  "flink_taskmanager_job_task_mailboxLatencyMs_count",
  "sluice_sources",
  "sluice_push_duration_seconds_bucket",
  "process_resident_memory_bytes",
])("%s is served", (name) => {
  expect(isServed(name)).toBe(true);
});

test.each([
  ["no metric of Flink's", "flink_jobmanager_job_numberOfRestarts"],
  ["left out of the merged view", "flink_taskmanager_job_task_accumulateBusyTimeMs"],
  ["no companion of an average", "flink_taskmanager_job_task_busyTimeMsPerSecond_max"],
  ["Flink's summaries have none", "flink_taskmanager_job_task_mailboxLatencyMs_sum"],
  ["no metric of the relay's", "sluice_source"],
  ["a histogram is asked for by its buckets", "sluice_push_duration_seconds"],
])("%s: %s", (_why, name) => {
  expect(isServed(name)).toBe(false);
});
