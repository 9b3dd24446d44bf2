import { describe, expect, test } from "vitest";
import {
  SECOND,
  HOUR,
  RECORDS,
  PATH,
  relayOfAnHour,
  total,
  uncounted,
  idle,
  pushRecords,
} from "../../support/counted-records.ts";
import type { FlinkSample } from "../../support/flink-body.ts";
import { ageSamples, flinkBody, taskSample } from "../../support/flink-body.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { valuesOf } from "../../support/view-text.ts";

// The rules are those of counters.md.

describe("first sight", () => {
  test("of a source counts nothing: its age is unknown, and what is not counted is reported", () => {
    const relay = relayOfAnHour();
    pushRecords(relay, [[1000]]);
    expect(total(relay)).toBe(0);
    expect(uncounted(relay)).toBe(1000);
    pushRecords(relay, [[1030]]);
    expect(total(relay)).toBe(30);
    expect(uncounted(relay)).toBe(1000);
  });

  test("of a series that the previous push of its process lacked counts in full", () => {
    const relay = relayOfAnHour();
    pushRecords(relay, []);
    pushRecords(relay, [[1000]]);
    expect(total(relay)).toBe(1000);
    expect(uncounted(relay)).toBe(0);
  });

  test.each([
    ["has a tm_id", "/job/flink", "tm1", 1000],
    ["has the random suffix", `/job/flink${"0".repeat(32)}`, undefined, 1000],
    ["has neither, so two may write it", "/job/flink", undefined, 0],
  ])("after a push that lacked it: the source %s", (_what, path, tm, want) => {
    const relay = relayOfAnHour();
    const labels = tm === undefined ? `job_id="j",` : `job_id="j",tm_id="${tm}",`;
    const body = (value?: number): string =>
      flinkBody(
        ["flink_taskmanager_job_task_mailboxQueueSize", labels, 1],
        ...(value === undefined ? [] : [[RECORDS, labels, value] as const]),
      );
    relay.push(path, body());
    relay.push(path, body(1000));
    expect(total(relay)).toBe(want);
  });

  test("of one that was there without a value is no birth", () => {
    for (const before of ["NaN", "-1", "+Inf"]) {
      const relay = relayOfAnHour();
      pushRecords(relay, [[before]]);
      pushRecords(relay, [[1000]]);
      expect(total(relay)).toBe(0);
      expect(uncounted(relay)).toBe(1000);
    }
  });

  test("of one whose family was left out by a conflict is no birth", () => {
    const relay = relayOfAnHour();
    relay.push("/job/batch", `# TYPE ${RECORDS} counter\n${RECORDS} 1\n`);
    pushRecords(relay, [[500]]);
    relay.delete("/job/batch");
    pushRecords(relay, [[1000]], [taskSample("mailboxQueueSize", {}, 1)]);
    expect(total(relay)).toBe(0);
  });

  test("of an attempt below the highest seen of its subtask is a late push's and counts nothing", () => {
    const relay = relayOfAnHour();
    pushRecords(relay, []);
    pushRecords(relay, [[10, { attempt: 3 }]]);
    pushRecords(relay, [
      [15, { attempt: 3 }],
      [700, { attempt: 2 }],
    ]);
    expect(total(relay)).toBe(15);
    expect(uncounted(relay)).toBe(700);
    // Another subtask, and another job, count their attempts from zero.
    pushRecords(relay, [
      [15, { attempt: 3 }],
      [5, { subtask: 1 }],
    ]);
    expect(total(relay)).toBe(20);
  });

  test("of an attempt that a late body seemed to end is a birth: what it had is remembered", () => {
    const relay = relayOfAnHour();
    for (const counts of [[], [[10]], []] as [number][][]) pushRecords(relay, counts);
    pushRecords(relay, [[12]], [taskSample("numRecordsOut", {}, 50)]);
    expect(valuesOf(relay.view("merged"), "flink_taskmanager_job_task_numRecordsOut")).toEqual([50]);
  });

  test("of such an attempt counts nothing later either: its late bodies may tell what has been counted", () => {
    const relay = relayOfAnHour({ settings: { maxTombstones: 1 } });
    pushRecords(relay, [[10, { attempt: 1 }]], [taskSample("numRecordsOut", { attempt: 1 }, 1)]);
    pushRecords(relay, [[0, { attempt: 2 }]]);
    for (const late of [3, 10]) pushRecords(relay, [[late, { attempt: 1 }]]);
    expect(total(relay)).toBe(0);
    expect(uncounted(relay)).toBe(10 + 1 + 10);
  });

  test("of such an attempt counts nothing though another series of it is there", () => {
    const relay = relayOfAnHour();
    const both = [
      taskSample("numRecordsOut", { attempt: 2 }, 1),
      taskSample("numRecordsOut", { attempt: 3 }, 1),
    ];
    pushRecords(relay, [], both);
    pushRecords(relay, [[700, { attempt: 2 }]], both);
    expect(total(relay)).toBe(0);
  });

  test.each<[string, FlinkSample[], number]>([
    ["a task of 60 s", ageSamples({}, 60_000), 1000],
    ["a task of 71 s", ageSamples({}, 71_000), 0],
    ["another attempt of 60 s", ageSamples({ attempt: 1 }, 60_000), 0],
    [
      "a task whose busy time is unknown",
      [taskSample("accumulateBusyTimeMs", {}, "NaN"), ...ageSamples({}, 10).slice(1)],
      0,
    ],
    ["a rate that makes 1000 in 70 s", [taskSample("numRecordsInPerSecond", {}, 15)], 1000],
    ["a rate that makes less", [taskSample("numRecordsInPerSecond", {}, 14)], 0],
    ["a rate of a subtask beside it", [taskSample("numRecordsInPerSecond", { subtask: 1 }, 15)], 0],
    [
      "a rate, of a task that has been idle for longer",
      [
        taskSample("numRecordsInPerSecond", {}, 15),
        taskSample("accumulateBusyTimeMs", {}, "NaN"),
        taskSample("accumulateIdleTimeMs", {}, 60_000),
        taskSample("accumulateBackPressuredTimeMs", {}, 10_001),
      ],
      0,
    ],
    [
      "a rate, of a task whose times say that it is old",
      [taskSample("numRecordsInPerSecond", {}, 15), ...ageSamples({}, 71_000)],
      0,
    ],
  ])("on the first push of a source counts by the age that Flink tells: %s", (_what, more, want) => {
    const relay = relayOfAnHour();
    pushRecords(relay, [[1000]], more);
    expect(total(relay)).toBe(want);
  });

  test.each<[number, FlinkSample[], number]>([
    [30, ageSamples({}, 25_000), 1000],
    [30, ageSamples({}, 29_000), 0], // Flink's figure may be too low by 1.5 s
    [30, [taskSample("numRecordsInPerSecond", {}, 15)], 0],
    [75, [taskSample("numRecordsInPerSecond", {}, 15)], 1000],
  ])("a relay that has watched for %d s believes only in shorter lives", (seconds, more, want) => {
    const relay = createInMemoryRelay();
    relay.advance((seconds - 1) * SECOND);
    pushRecords(relay, [[1000]], more);
    expect(total(relay)).toBe(want);
  });

  test("the day an old fleet is pointed here nothing of its past is counted, and all of it is reported", () => {
    const relay = relayOfAnHour();
    for (let i = 0; i < 20; i += 1) {
      const labels = { tm: `tm${i}`, subtask: i };
      pushRecords(
        relay,
        [[1e9 + i, labels]],
        ageSamples(labels, HOUR),
        `/job/flink${i.toString(16).padStart(32, "0")}`,
      );
    }
    expect(total(relay)).toBe(0);
    expect(uncounted(relay)).toBe(20e9 + 190);
  });

  test("in a POST is judged by the previous push of that family", () => {
    const relay = relayOfAnHour();
    const post = (...samples: FlinkSample[]): void => {
      relay.push(PATH, flinkBody(...samples), { method: "POST" });
    };
    post(idle("tm1", 1));
    post(taskSample("numRecordsIn", {}, 100)); // the family's first POST
    expect(total(relay)).toBe(0);
    post(taskSample("numRecordsIn", {}, 110), taskSample("numRecordsIn", { subtask: 1 }, 1000));
    expect(total(relay)).toBe(1010);
    post(idle("tm1", 2));
    post(taskSample("numRecordsIn", {}, 115), taskSample("numRecordsIn", { subtask: 1 }, 1000));
    expect(total(relay)).toBe(1015);
  });
});
