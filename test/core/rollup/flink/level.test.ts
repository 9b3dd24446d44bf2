import { describe, expect, test } from "vitest";
import { droppedLabels, hasRandomSuffix, mergedJob } from "../../../../src/core/rollup/flink/level.ts";
import type { Level } from "../../../../src/core/rollup/flink/level.ts";

const TASK = "flink_taskmanager_job_task_numRecordsIn";
const JOB = "flink_jobmanager_job_uptime";
const PROCESS = "flink_taskmanager_Status_JVM_CPU_Time";
const SUFFIX = "bbcdab39bb7c16a40a2f8fe759dd805a";

describe("droppedLabels", () => {
  test.each<[string, boolean, Level, string[]]>([
    [TASK, true, "attempt", []],
    [TASK, true, "subtask", ["task_attempt_id", "task_attempt_num", "host", "tm_id"]],
    [TASK, true, "task", ["task_attempt_id", "task_attempt_num", "subtask_index", "host", "tm_id"]],
    // The reporter may leave job_id out: then nothing says that two processes run one job.
    [TASK, false, "subtask", ["task_attempt_id", "task_attempt_num"]],
    [TASK, false, "task", ["task_attempt_id", "task_attempt_num", "subtask_index"]],
    [JOB, false, "attempt", []],
    [JOB, false, "subtask", ["task_attempt_id", "task_attempt_num", "host", "tm_id"]],
  ])("of %s, with a job_id: %s, at level %s", (family, hasJobId, level, want) => {
    expect([...droppedLabels(family, hasJobId, level)]).toEqual(want);
  });

  test.each<Level>(["attempt", "subtask", "task"])("a process keeps host and tm_id at level %s", (level) => {
    const dropped = droppedLabels(PROCESS, false, level);
    expect([dropped.has("host"), dropped.has("tm_id")]).toEqual([false, false]);
  });

  test("gives one set to all families alike, so that it can be a key", () => {
    expect(droppedLabels(TASK, true, "task")).toBe(droppedLabels(JOB, true, "task"));
  });
});

test.each<[string, boolean, string]>([
  [`flink${SUFFIX}`, true, "flink"],
  [`my job-${SUFFIX}`, true, "my job-"],
  [SUFFIX, true, "flink"],
  [`ab${SUFFIX}`, true, "ab"], // hex before the suffix is the user's
  ["nightly", false, "nightly"],
  [SUFFIX.slice(1), false, SUFFIX.slice(1)],
  [`flink${SUFFIX.toUpperCase()}`, false, `flink${SUFFIX.toUpperCase()}`],
  [`flink${SUFFIX}\n`, false, `flink${SUFFIX}\n`],
  ["", false, "flink"],
])("job %j: random suffix %s, merged into %j", (job, random, merged) => {
  expect(hasRandomSuffix(job)).toBe(random);
  expect(mergedJob(job)).toBe(merged);
});
