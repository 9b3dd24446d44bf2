import { describe, expect, test } from "vitest";
import type { InMemoryRelayOptions } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import type { FlinkSample } from "../../support/flink-body.ts";
import { flinkBody, processSample, taskSample } from "../../support/flink-body.ts";
import { samplesOf, series, valuesOf } from "../../support/view-text.ts";

const TASK = "flink_taskmanager_job_task_";
const SUFFIX_1 = "0123456789abcdef0123456789abcdef";
const SUFFIX_2 = "fedcba9876543210fedcba9876543210";

/** The merged view after these pushes to `/job/flink<suffix>`, one body for each TaskManager. */
function merged(bodies: readonly string[], options?: InMemoryRelayOptions): string {
  const relay = createInMemoryRelay(options);
  for (const [i, body] of bodies.entries()) {
    const suffix = i.toString(16).padStart(32, "0");
    expect(relay.push(`/job/flink${suffix}/cluster/ci`, body)).toBeUndefined();
  }
  return relay.view("merged");
}

test("a fleet's view: labels dropped, job without its suffix, grouping labels kept, an empty instance", () => {
  const view = merged([
    flinkBody(taskSample("mailboxQueueSize", { tm: "tm1", subtask: 0 }, 3)),
    flinkBody(taskSample("mailboxQueueSize", { tm: "tm2", subtask: 1, attempt: 4 }, 5)),
  ]);
  const labels = `{cluster="ci",instance="",job="flink",job_id="job1",job_name="wordcount",task_id="id_map",task_name="map"}`;
  expect(view).toBe(
    [
      `# HELP ${TASK}mailboxQueueSize about ${TASK}mailboxQueueSize`,
      `# TYPE ${TASK}mailboxQueueSize gauge`,
      `${TASK}mailboxQueueSize${labels} 8`,
      `# HELP ${TASK}mailboxQueueSize_contributors How many sources were added up to ${TASK}mailboxQueueSize.`,
      `# TYPE ${TASK}mailboxQueueSize_contributors gauge`,
      `${TASK}mailboxQueueSize_contributors${labels} 2`,
      `# HELP ${TASK}mailboxQueueSize_max Largest over the sources of ${TASK}mailboxQueueSize.`,
      `# TYPE ${TASK}mailboxQueueSize_max gauge`,
      `${TASK}mailboxQueueSize_max${labels} 5`,
      "",
    ].join("\n"),
  );
});

test.each([
  [`flink${SUFFIX_1}`, "flink"],
  ["flink", "flink"],
  [SUFFIX_1, "flink"], // Flink's jobName is empty unless it is set
  [`my-${SUFFIX_1.toUpperCase()}`, `my-${SUFFIX_1.toUpperCase()}`],
])("what is pushed as job %s is shown as %s", (pushed, shown) => {
  const relay = createInMemoryRelay();
  relay.push(`/job/${pushed}`, flinkBody(processSample("Status_JVM_CPU_Load", "tm1", 1)));
  const id = `flink_taskmanager_Status_JVM_CPU_Load{host="host_tm1",instance="",job="${shown}",tm_id="tm1"}`;
  expect([...series(relay.view("merged")).keys()]).toEqual([id]);
});

test("the job of a kept group is never shortened", () => {
  const relay = createInMemoryRelay();
  relay.push(`/job/batch${SUFFIX_1}`, "a 1\n");
  expect(samplesOf(relay.view("merged"), "a")).toEqual([`a{instance="",job="batch${SUFFIX_1}"} 1`]);
});

describe("how gauges of several subtasks become one", () => {
  test.each<[string, (number | string)[], number[]]>([
    ["mailboxQueueSize", [1, 2, 3], [6]], // sum
    ["currentInputWatermark", [30, 10, 20], [10]], // min
    ["currentInputWatermark", ["-9.223372036854776E18", 10, "9.223372036854776E18"], [10]],
    ["currentInputWatermark", ["-9.223372036854776E18", "-9.223372036854776E18"], [-9.223372036854776e18]],
    ["busyTimeMsPerSecond", [100, 900, "NaN"], [900]], // max
    ["busyTimeMsPerSecond_avg", [100, 900, "NaN"], [500]],
    ["busyTimeMsPerSecond", ["NaN", "NaN"], [Number.NaN]],
    ["isBackPressured", [0, 1, 1], [1]], // any
    ["isBackPressured_sum", [0, 1, 1], [2]],
    ["numRecordsInPerSecond", [1.5, 2.5], [4]],
    ["numRecordsInPerSecond_contributors", [1.5, 2.5], [2]],
    ["debloatedBufferSize", [10, 20], [15]], // avg
    ["currentInputWatermark_unset", [30, "NaN", 20], [0]],
    ["currentInputWatermark_unset", ["-9.223372036854776E18", 10, "9.223372036854776E18"], [1]],
    ["currentInputWatermark_unset", ["-9.223372036854776E18", "-9.223372036854776E18"], [2]],
    ["debloatedBufferSize_max", [10, 20], [20]],
    ["accumulateBusyTimeMs", [10, 20], []], // dropped: it falls within a series
    ["operator_sourceIdleTime", [10, 20], [10]],
    ["operator_currentEmitEventTimeLag", [-1, 5, 3], [5]],
  ])("%s of %j is %j", (metric, values, want) => {
    const pushed = metric.replace(/_(avg|max|sum|contributors|unset)$/, "");
    const bodies = values.map((value, i) =>
      flinkBody(taskSample(pushed, { tm: `tm${i}`, subtask: i }, value)),
    );
    expect(valuesOf(merged(bodies), TASK + metric)).toEqual(want);
  });

  test("companions can be switched off", () => {
    const body = flinkBody(taskSample("mailboxQueueSize", {}, 1));
    const families = merged([body], { settings: { companions: false } }).match(/^# TYPE \w+/gm);
    expect(families).toEqual([`# TYPE ${TASK}mailboxQueueSize`]);
  });

  test("a companion gives way to a family that somebody pushes under its name", () => {
    const body = flinkBody(
      taskSample("mailboxQueueSize", {}, 1),
      taskSample("mailboxQueueSize_contributors", {}, 70),
    );
    const view = merged([body]);
    expect(valuesOf(view, `${TASK}mailboxQueueSize_contributors`)).toEqual([70]);
    expect(valuesOf(view, `${TASK}mailboxQueueSize_max`)).toEqual([1]);
  });
});

describe("summaries", () => {
  test("show the worst source's quantiles, the smallest for quantile 0, and count from when they were first seen", () => {
    const relay = createInMemoryRelay();
    relay.push(`/job/f${SUFFIX_1}`, latency("tm1", 10, { "0.0": 1, "0.5": 5, "0.99": 9 }));
    relay.push(`/job/f${SUFFIX_2}`, latency("tm2", 20, { "0.0": 2, "0.5": 4, "0.99": "NaN" }));
    relay.push(`/job/f${SUFFIX_1}`, latency("tm1", 13, { "0.0": 1, "0.5": 6, "0.99": 9 }));
    const labels = `instance="",job="f",job_id="job1",job_name="wordcount",task_id="id_map",task_name="map"`;
    const name = `${TASK}mailboxLatencyMs`;
    expect(relay.view("merged")).toContain(`# TYPE ${name} summary\n`);
    expect(Object.fromEntries(series(relay.view("merged")))).toEqual({
      [`${name}{${labels},quantile="0"}`]: 1,
      [`${name}{${labels},quantile="0.5"}`]: 6,
      [`${name}{${labels},quantile="0.99"}`]: 9,
      [`${name}_count{${labels}}`]: 3,
    });
  });
});

describe("levels", () => {
  const body = flinkBody(
    taskSample("mailboxQueueSize", { subtask: 3, attempt: 2 }, 1),
    processSample("Status_JVM_Threads_Count", "tm1", 40),
    ["flink_jobmanager_job_uptime", `job_id="job1",host="jm",job_name="wordcount",`, 5],
  );
  test.each([
    [
      "attempt",
      `{cluster="ci",host="host_tm1",instance="",job="flink",job_id="job1",job_name="wordcount",subtask_index="3",task_attempt_id="job1_map_3_2",task_attempt_num="2",task_id="id_map",task_name="map",tm_id="tm1"}`,
      `host="jm",`,
    ],
    [
      "subtask",
      `{cluster="ci",instance="",job="flink",job_id="job1",job_name="wordcount",subtask_index="3",task_id="id_map",task_name="map"}`,
      "",
    ],
    [
      "task",
      `{cluster="ci",instance="",job="flink",job_id="job1",job_name="wordcount",task_id="id_map",task_name="map"}`,
      "",
    ],
  ] as const)("%s keeps these labels of a task, and host and tm_id of a process", (level, ofTask, ofJob) => {
    const view = merged([body], { settings: { level } });
    expect(samplesOf(view, `${TASK}mailboxQueueSize`)).toEqual([`${TASK}mailboxQueueSize${ofTask} 1`]);
    expect(samplesOf(view, "flink_jobmanager_job_uptime")).toEqual([
      `flink_jobmanager_job_uptime{cluster="ci",${ofJob}instance="",job="flink",job_id="job1",job_name="wordcount"} 5`,
    ]);
    expect(samplesOf(view, "flink_taskmanager_Status_JVM_Threads_Count")).toEqual([
      `flink_taskmanager_Status_JVM_Threads_Count{cluster="ci",host="host_tm1",instance="",job="flink",tm_id="tm1"} 40`,
    ]);
  });

  test("at level attempt there is no roll-up: counters are as pushed, and nothing has a companion", () => {
    const bodies = [flinkBody(taskSample("numRecordsIn", {}, 70), taskSample("mailboxQueueSize", {}, 1))];
    const view = merged(bodies, { settings: { level: "attempt" } });
    expect(valuesOf(view, `${TASK}numRecordsIn`)).toEqual([70]);
    expect(view.match(/^# TYPE .*/gm)?.length).toBe(2);
  });
});

test.each([
  ["counter", "counter"],
  ["gauge", "gauge"],
] as const)("with counters as %s their TYPE is %s", (counterType, type) => {
  const view = merged([flinkBody(taskSample("numRecordsIn", {}, 70))], { settings: { counterType } });
  expect(view).toContain(`# TYPE ${TASK}numRecordsIn ${type}\n`);
});

test("an instance label fills the instance of what belongs to a process", () => {
  const body = flinkBody(
    processSample("Status_JVM_Threads_Count", "tm1", 1),
    taskSample("mailboxQueueSize", {}, 1),
  );
  const view = merged([body], { settings: { instanceLabel: "tm_id" } });
  expect(samplesOf(view, "flink_taskmanager_Status_JVM_Threads_Count")[0]).toContain(`instance="tm1"`);
  expect(samplesOf(view, `${TASK}mailboxQueueSize`)[0]).toContain(`instance=""`);
});

describe("what no rule matches passes through", () => {
  test("per process, with all its labels but the job's suffix", () => {
    const view = merged([
      flinkBody(...idle("tm1"), taskSample("operator_myGauge", { tm: "tm1" }, 1)),
      flinkBody(...idle("tm2"), taskSample("operator_myGauge", { tm: "tm2", subtask: 1 }, 2)),
    ]);
    expect(samplesOf(view, `${TASK}operator_myGauge`).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      `${TASK}operator_myGauge${labelsOfTask("tm1", 0)} 1`,
      `${TASK}operator_myGauge${labelsOfTask("tm2", 1)} 2`,
    ]);
  });

  test("a histogram as it is", () => {
    const view = merged([
      `${flinkBody(processSample("Status_JVM_Threads_Count", "tm1", 1))}# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n`,
    ]);
    const labels = `cluster="ci",instance="",job="flink"`;
    expect(view).toContain(
      `# TYPE h histogram\nh_bucket{${labels},le="1"} 1\nh_bucket{${labels},le="+Inf"} 2\nh_sum{${labels}} 3\nh_count{${labels}} 2\n`,
    );
  });
});

describe("several processes on one grouping key", () => {
  test("are two sources in the merged view, and the raw view shows who pushed last", () => {
    const relay = createInMemoryRelay();
    for (const value of [1, 10, 100]) {
      for (const body of bodiesOfTwo(value)) relay.push("/job/flink", body);
    }
    expect(valuesOf(relay.view("merged"), `${TASK}mailboxQueueSize`)).toEqual([201]);
    expect(valuesOf(relay.view("merged"), "flink_taskmanager_Status_JVM_Threads_Count")).toEqual([100, 101]);
    expect(valuesOf(relay.view("raw"), `${TASK}mailboxQueueSize`)).toEqual([101]);
    relay.push("/job/flink", bodiesOfTwo(1000)[0] ?? "");
    expect(valuesOf(relay.view("raw"), `${TASK}mailboxQueueSize`)).toEqual([1000]);
  });

  test("all depart with a DELETE, or a PUT without samples", () => {
    for (const end of ["DELETE", "PUT"]) {
      const relay = createInMemoryRelay();
      for (const body of bodiesOfTwo(1)) relay.push("/job/flink", body);
      if (end === "DELETE") relay.delete("/job/flink");
      else relay.push("/job/flink", "");
      expect(relay.view("merged")).toBe("");
      expect(samplesOf(relay.view("raw"), `${TASK}mailboxQueueSize`)).toEqual([]);
    }
  });

  test("a POST beside them is shown in raw until the next PUT, and has a source of its own", () => {
    const relay = createInMemoryRelay();
    for (const body of bodiesOfTwo(1)) relay.push("/job/flink", body);
    relay.push("/job/flink", "extra 5\n", { method: "POST" });
    expect(valuesOf(relay.view("raw"), "extra")).toEqual([5]);
    expect(valuesOf(relay.view("raw"), `${TASK}mailboxQueueSize`)).toEqual([2]);
    relay.push("/job/flink", bodiesOfTwo(3)[0] ?? "");
    expect(valuesOf(relay.view("raw"), "extra")).toEqual([]);
    expect(valuesOf(relay.view("merged"), "extra")).toEqual([5]);
  });
});

test("a body with the families of several TaskManagers is an embedded cluster, and its key is the source", () => {
  const both = ["tm1", "tm2"].map((tm) => processSample("Status_JVM_Threads_Count", tm, 1));
  const relay = createInMemoryRelay();
  relay.push("/job/flink", flinkBody(...both));
  relay.push("/job/flink", flinkBody(...both.slice(1)));
  relay.push("/job/flink", flinkBody(...both));
  const live = relay.statuses().flatMap(({ sources }) => sources);
  // The body in between had one tm_id and so was that TaskManager's.
  expect(live).toMatchObject([{ job: "flink", state: "live", count: 2 }]);
});

describe("where one writes at a time, the newest push has it", () => {
  test("whoever it comes from", () => {
    const relay = createInMemoryRelay({ partitions: 16 });
    const jobs = [`flink${SUFFIX_1}`, `flink${SUFFIX_2}`];
    for (const [i, value] of [7, 3, 9, 1].entries()) {
      relay.advance(1000);
      relay.push(`/job/${jobs[i % 2]}`, uptime(`jm${i % 2}`, value));
      expect(valuesOf(relay.view("merged"), "flink_jobmanager_job_uptime")).toEqual([value]);
    }
  });

  test("a family without a rule that two sources of a partition share is counted as a conflict", () => {
    const relay = createInMemoryRelay({ partitions: 1, shards: 1 });
    for (const job of [`flink${SUFFIX_1}`, `flink${SUFFIX_2}`]) {
      relay.push(`/job/${job}`, `${flinkBody(processSample("Status_JVM_Threads_Count", job, 1))}mine 1\n`);
    }
    expect(relay.tally("sluice_conflicts_total", `job="flink"`)).toBe(1);
    expect(valuesOf(relay.view("merged"), "mine")).toEqual([1]);
  });
});

describe("one bad family does not spoil a fleet's push", () => {
  test("a type that others use otherwise leaves that family out, in both views, and is counted", () => {
    const relay = createInMemoryRelay();
    relay.push("/job/batch", "# TYPE mine counter\nmine 1\n");
    const body = `${flinkBody(processSample("Status_JVM_Threads_Count", "tm1", 4))}mine 5\nmine{a="1"} 6\n`;
    expect(relay.push("/job/flink", body)).toBeUndefined();
    expect(relay.push("/job/flink", body)).toBeUndefined();
    for (const view of ["merged", "raw"] as const) {
      expect(valuesOf(relay.view(view), "mine")).toEqual([1]);
      expect(valuesOf(relay.view(view), "flink_taskmanager_Status_JVM_Threads_Count")).toEqual([4]);
    }
    expect(relay.tally("sluice_left_out_series_total", `job="flink",reason="type_conflict"`)).toBe(2);
  });

  test("a series or a label twice: the first stands", () => {
    const relay = createInMemoryRelay();
    const good = flinkBody(processSample("Status_JVM_Threads_Count", "tm1", 4));
    expect(relay.push("/job/flink", `${good}mine 5\nmine 6\nyours{a="1",a="2"} 7\n`)).toBeUndefined();
    expect(valuesOf(relay.view("merged"), "mine")).toEqual([5]);
    expect(samplesOf(relay.view("raw"), "yours")).toEqual([`yours{a="1",instance="",job="flink"} 7`]);
    expect(relay.tally("sluice_left_out_series_total", `job="flink",reason="repeated"`)).toBe(1);
  });

  test("but a timestamp refuses it, since it says that the samples are not of now", () => {
    const relay = createInMemoryRelay();
    const body = flinkBody(processSample("Status_JVM_Threads_Count", "tm1", "4 1700000000000"));
    expect(relay.push("/job/flink", body)).toMatchObject({ code: "inconsistent" });
    expect(valuesOf(relay.view("raw"), "push_failure_time_seconds")).toEqual([1.7e9]);
    expect(relay.view("merged")).toBe("");
  });
});

test("a group is a fleet's from its first Flink family on", () => {
  const relay = createInMemoryRelay();
  relay.push(`/job/my${SUFFIX_1}`, "mine 1\n");
  expect(samplesOf(relay.view("merged"), "mine")).toEqual([`mine{instance="",job="my${SUFFIX_1}"} 1`]);
  relay.push(`/job/my${SUFFIX_1}`, flinkBody(processSample("Status_JVM_Threads_Count", "tm1", 4)), {
    method: "POST",
  });
  expect(samplesOf(relay.view("merged"), "mine")).toEqual([`mine{instance="",job="my"} 1`]);
  expect(samplesOf(relay.view("merged"), "push_time_seconds")).toEqual([]);
  expect(valuesOf(relay.view("raw"), "push_time_seconds")).toEqual([1.7e9]);
});

test("stamps that a fleet's body holds are shown nowhere", () => {
  const relay = createInMemoryRelay();
  relay.push(
    "/job/flink",
    `${flinkBody(processSample("Status_JVM_Threads_Count", "tm1", 4))}push_time_seconds 5\n`,
  );
  expect(samplesOf(relay.view("merged"), "push_time_seconds")).toEqual([]);
  expect(valuesOf(relay.view("raw"), "push_time_seconds")).toEqual([1.7e9]);
});

function latency(tm: string, count: number, quantiles: Record<string, number | string>): string {
  const [, labels] = taskSample("", { tm }, 0);
  const name = `${TASK}mailboxLatencyMs`;
  const lines = Object.entries(quantiles).map(([q, v]) => `${name}{${labels}quantile="${q}",} ${v}\n`);
  return `# TYPE ${name} summary\n${name}_count{${labels}} ${count}\n${lines.join("")}`;
}

function labelsOfTask(tm: string, subtask: number): string {
  return (
    `{cluster="ci",host="host_${tm}",instance="",job="flink",job_id="job1",job_name="wordcount",subtask_index="${subtask}",` +
    `task_attempt_id="job1_map_${subtask}_0",task_attempt_num="0",task_id="id_map",task_name="map",tm_id="${tm}"}`
  );
}

/** The bodies of two TaskManagers, the second's values one higher. */
function bodiesOfTwo(value: number): string[] {
  return ["tm1", "tm2"].map((tm, i) =>
    flinkBody(
      processSample("Status_JVM_Threads_Count", tm, value + i),
      taskSample("mailboxQueueSize", { tm, subtask: i }, value + i),
    ),
  );
}

function uptime(host: string, value: number): string {
  return flinkBody([
    "flink_jobmanager_job_uptime",
    `job_id="job1",host="${host}",job_name="wordcount",`,
    value,
  ]);
}

/** What makes a body one of Flink's. */
function idle(tm: string): FlinkSample[] {
  return [processSample("Status_JVM_Threads_Count", tm, 1)];
}
