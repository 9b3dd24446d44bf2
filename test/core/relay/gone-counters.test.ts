import { describe, expect, test } from "vitest";
import {
  SECOND,
  MINUTE,
  HOUR,
  PATH,
  relayOfAnHour,
  total,
  uncounted,
  pushRecords,
} from "../../support/counted-records.ts";
import type { FlinkSample } from "../../support/flink-body.ts";
import { ageSamples, flinkBody, processSample, taskSample } from "../../support/flink-body.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { samplesOf, valuesOf } from "../../support/view-text.ts";

// The rules are those of counters.md.

describe("a series that is gone", () => {
  test("leaves what it has added, and goes on from there when it returns: 100, gone, 150", () => {
    const relay = relayOfAnHour();
    pushRecords(relay, []);
    pushRecords(relay, [[100]]);
    pushRecords(relay, []);
    expect(total(relay)).toBe(100);
    pushRecords(relay, [[150]]);
    expect(total(relay)).toBe(150);
    expect(uncounted(relay)).toBe(0);
  });

  test("and returns lower has sent a late body, which changes nothing", () => {
    const relay = relayOfAnHour();
    pushRecords(relay, []);
    for (const counts of [[[100]], [], [[90]], [[110]]] as [number][][]) pushRecords(relay, counts);
    expect(total(relay)).toBe(110);
  });

  test("out of a POST of its family too", () => {
    const relay = relayOfAnHour();
    const post = (...samples: FlinkSample[]): void => {
      relay.push(PATH, flinkBody(...samples), { method: "POST" });
    };
    post(taskSample("numRecordsIn", {}, 100), taskSample("numRecordsIn", { subtask: 1 }, 100));
    post(taskSample("numRecordsIn", {}, 110));
    post(taskSample("numRecordsIn", {}, 110), taskSample("numRecordsIn", { subtask: 1 }, 150));
    expect(total(relay)).toBe(60);
  });

  test.each([
    [9, 150],
    [11, 100], // forgotten: it may be a body from before, so it is a baseline
  ])(
    "if it is of an attempt, is remembered for ten minutes: %d minutes later the total is %d",
    (minutes, want) => {
      const relay = relayOfAnHour();
      pushRecords(relay, []);
      pushRecords(relay, [[100, { attempt: 1 }]]);
      pushRecords(relay, []);
      for (let minute = 0; minute < minutes; minute += 1) {
        relay.advance(MINUTE - SECOND);
        pushRecords(relay, []);
      }
      pushRecords(relay, [[150, { attempt: 1 }]]);
      expect(total(relay)).toBe(want);
    },
  );

  test("if it is of no attempt, is remembered for as long as there is room", () => {
    const relay = relayOfAnHour();
    pushRecords(relay, [], [processSample("Status_JVM_CPU_Time", "tm1", 100)]);
    pushRecords(relay, []);
    for (let minute = 0; minute < 60; minute += 1) {
      relay.advance(MINUTE - SECOND);
      pushRecords(relay, []);
    }
    pushRecords(relay, [], [processSample("Status_JVM_CPU_Time", "tm1", 150)]);
    expect(valuesOf(relay.view("merged"), "flink_taskmanager_Status_JVM_CPU_Time")).toEqual([50]);
  });
});

describe("when tombstones have to be evicted", () => {
  test("the oldest go, and for an hour nothing proves a birth", () => {
    const relay = relayOfAnHour({ settings: { maxTombstones: 2 } });
    pushRecords(relay, [], collectors(3, 100));
    pushRecords(relay, []); // gc0 goes
    pushRecords(relay, [], collectors(3, 150));
    expect(collected(relay)).toEqual([0, 50, 50]);

    pushRecords(relay, [[7]]);
    expect(total(relay)).toBe(0);
    relay.advance(HOUR);
    pushRecords(relay, [[7], [9, { subtask: 1 }]]);
    expect(total(relay)).toBe(9);
  });

  test("so it is when the newest attempts of more tasks have to be remembered than there is room for", () => {
    const relay = relayOfAnHour({ settings: { maxTombstones: 2 } });
    pushRecords(relay, [[1], [1, { subtask: 1 }], [1, { subtask: 2 }]]);
    pushRecords(relay, [
      [1, { subtask: 1 }],
      [1, { subtask: 2 }],
      [70, { subtask: 3 }],
    ]);
    expect(total(relay)).toBe(0);
  });

  test("of an attempt that lives, nothing proves a birth", () => {
    const relay = relayOfAnHour({ settings: { maxTombstones: 1 } });
    const more = [taskSample("numRecordsOut", {}, 100), taskSample("numBytesOut", {}, 100)];
    for (const samples of [more, [], more]) pushRecords(relay, [[1]], samples);
    expect(valuesOf(relay.view("merged"), "flink_taskmanager_job_task_numRecordsOut")).toEqual([0]);
  });

  test("of attempts only, births are still proven", () => {
    const relay = relayOfAnHour({ settings: { maxTombstones: 1 } });
    pushRecords(relay, [[1]], [taskSample("numRecordsOut", {}, 1)]);
    pushRecords(relay, []);
    pushRecords(relay, [[100, { attempt: 1 }]]);
    expect(total(relay)).toBe(100);
  });

  test.each([
    [1, 0],
    [10, 100],
  ])("but not by the age of a task for 70 s: with room for %d the total is %d", (maxTombstones, want) => {
    const relay = relayOfAnHour({ settings: { maxTombstones } });
    pushRecords(relay, [[1]], [taskSample("numRecordsOut", {}, 1)]);
    pushRecords(relay, [["NaN", { attempt: 1 }]], ageSamples({ attempt: 1 }, 1000));
    pushRecords(relay, [[100, { attempt: 1 }]], ageSamples({ attempt: 1 }, 2000));
    expect(total(relay)).toBe(want);
  });
});

describe("the life of an output", () => {
  test("without a live contributor it is shown for fifteen minutes more, then resumes where it was", () => {
    const relay = relayOfAnHour();
    pushRecords(relay, []);
    pushRecords(relay, [[100]]);
    relay.delete(PATH);
    relay.advance(15 * MINUTE - 1);
    expect(total(relay)).toBe(100);
    relay.advance(1);
    expect(total(relay)).toBeUndefined();
    relay.advance(20 * HOUR);
    relay.forgetIdleOutputs();
    pushRecords(relay, [[140]]);
    expect(total(relay)).toBe(140);
  });

  test("after a day it is forgotten, and what comes then begins a new life", () => {
    const relay = relayOfAnHour();
    pushRecords(relay, []);
    pushRecords(relay, [[100]]);
    relay.delete(PATH);
    relay.advance(24 * HOUR + 1);
    relay.forgetIdleOutputs();
    pushRecords(relay, []);
    pushRecords(relay, [[7, { attempt: 1 }]]);
    expect(total(relay)).toBe(7);
  });

  test("it is decided over all partitions: one that lives on anywhere keeps what others have added", () => {
    const relay = relayOfAnHour({ partitions: 16, shards: 3 });
    const paths = Array.from({ length: 8 }, (_, i) => `/job/flink${i.toString(16).padStart(32, "0")}`);
    for (const [i, path] of paths.entries()) {
      pushRecords(relay, [[0, { tm: `tm${i}`, subtask: i }]], [], path);
      pushRecords(relay, [[100, { tm: `tm${i}`, subtask: i }]], [], path);
    }
    for (const path of paths.slice(1)) relay.delete(path);
    for (let hour = 0; hour < 30; hour += 1) {
      for (let minute = 0; minute < 60; minute += 4) {
        relay.advance(4 * MINUTE - SECOND);
        pushRecords(relay, [[100, { tm: "tm0", subtask: 0 }]], [], paths[0]);
      }
      relay.forgetIdleOutputs();
      expect(total(relay)).toBe(800);
    }
  });

  test.each(["0", "1", "2", "3"])(
    "one of a process in two groups leaves with the last of them (%s)",
    (digit) => {
      const paths = ["/job/flink", `/job/flink${digit.repeat(32)}`];
      for (const order of [paths, paths.toReversed()]) {
        const relay = relayOfAnHour({ partitions: 16 });
        for (const path of paths) relay.push(path, flinkBody(processSample("Status_JVM_CPU_Time", "tm1", 5)));
        const shown = order.map((path) => {
          relay.delete(path);
          return samplesOf(relay.view("merged"), "flink_taskmanager_Status_JVM_CPU_Time").length;
        });
        expect(shown).toEqual([1, 0]);
      }
    },
  );

  test("one that keeps a label of its process leaves with it", () => {
    const relay = relayOfAnHour();
    for (const [i, tm] of ["tm1", "tm2"].entries()) {
      const body = flinkBody(processSample("Status_JVM_CPU_Time", tm, 5));
      relay.push(`/job/flink${i.toString().padStart(32, "0")}`, body);
    }
    expect(samplesOf(relay.view("merged"), "flink_taskmanager_Status_JVM_CPU_Time").length).toBe(2);
    relay.delete(`/job/flink${"0".padStart(32, "0")}`);
    expect(samplesOf(relay.view("merged"), "flink_taskmanager_Status_JVM_CPU_Time").length).toBe(1);
  });
});

test.each([
  [23, 150],
  [25, 100],
])("a lost source is remembered for a day: back after %d hours, the total is %d", (hours, want) => {
  const relay = relayOfAnHour();
  const other = `/job/flink${"1".repeat(32)}`;
  pushRecords(relay, []);
  pushRecords(relay, [[100]]);
  relay.delete(PATH);
  // Somebody keeps the output alive.
  for (let minute = 0; minute < hours * 60; minute += 4) {
    relay.advance(4 * MINUTE);
    pushRecords(relay, [[0, { tm: "tm2", subtask: 1 }]], [], other);
  }
  pushRecords(relay, [[150]]);
  expect(total(relay)).toBe(want);
});

/** Counters of the process, so that their tombstones are of no attempt. */
function collectors(count: number, value: number): FlinkSample[] {
  return Array.from({ length: count }, (_, i) =>
    processSample(`Status_JVM_GarbageCollector_gc${i}_Count`, "tm1", value),
  );
}

function collected(relay: InMemoryRelay): number[] {
  const names = [0, 1, 2].map((i) => `flink_taskmanager_Status_JVM_GarbageCollector_gc${i}_Count`);
  return names.flatMap((name) => valuesOf(relay.view("merged"), name));
}
