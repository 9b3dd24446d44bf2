import { expect, test } from "vitest";
import { compareViews } from "../../../src/node/cli/watch-views.ts";

test("both views of a relay in one line", () => {
  const merged = `# TYPE flink_taskmanager_Status_JVM_CPU_Time gauge
flink_taskmanager_Status_JVM_CPU_Time{tm_id="tm1"} 5e+09
flink_taskmanager_Status_JVM_CPU_Time{tm_id="tm3"} 4e+09
# TYPE flink_taskmanager_job_task_numRecordsOut counter
flink_taskmanager_job_task_numRecordsOut{task_name="a b"} 1.2345e+06
flink_taskmanager_job_task_numRecordsOutPerSecond{task_name="a b"} 7
`;
  const raw = `flink_taskmanager_job_task_numRecordsOut{subtask_index="0"} 500
flink_taskmanager_job_task_numRecordsOut{subtask_index="1"} 700
`;
  expect(compareViews(merged, raw).trim()).toBe(
    "2 TaskManagers; numRecordsOut: merged 1,234,500 (1 series), raw 1,200 (2 series)",
  );
});
