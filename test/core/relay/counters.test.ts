import { describe, expect, test } from "vitest";
import type { InMemoryRelay, InMemoryRelayOptions } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import type { FlinkSample, TaskLabels } from "../../support/flink-body.ts";
import { ageSamples, flinkBody, processSample, taskSample } from "../../support/flink-body.ts";
import { samplesOf, valuesOf } from "../../support/view-text.ts";

// The rules are those of counters.md. Each relay has run for an hour when a test begins,
// so that it has watched for longer than any task of its first minute.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const RECORDS = "flink_taskmanager_job_task_numRecordsIn";
const PATH = "/job/flink";

function relayOfAnHour(options?: InMemoryRelayOptions): InMemoryRelay {
  const relay = createInMemoryRelay(options);
  relay.advance(HOUR);
  return relay;
}

function total(relay: InMemoryRelay): number | undefined {
  return valuesOf(relay.view("merged"), RECORDS)[0];
}

function uncounted(relay: InMemoryRelay): number {
  return relay.tally("sluice_uncounted_increase_total", `job="flink",reason="baseline"`);
}

/** What a TaskManager without tasks pushes. `beat` makes each body another. */
function idle(tm: string, beat: number): FlinkSample {
  return processSample("Status_JVM_Threads_Count", tm, beat);
}

let beat = 0;

/** Pushes the counter of some attempts of one TaskManager, a second after the last push. */
function pushRecords(
  relay: InMemoryRelay,
  counts: readonly (readonly [value: number | string, labels?: TaskLabels])[],
  more: readonly FlinkSample[] = [],
  path: string = PATH,
): void {
  beat += 1;
  relay.advance(SECOND);
  const tm = counts[0]?.[1]?.tm ?? "tm1";
  const records = counts.map(([value, labels = {}]) => taskSample("numRecordsIn", { tm, ...labels }, value));
  expect(relay.push(path, flinkBody(idle(tm, beat), ...records, ...more))).toBeUndefined();
}

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

describe("a value", () => {
  test.each<[string, (number | string)[], number]>([
    ["that stands adds nothing", [100, 100, 100], 0],
    ["that rises adds the difference", [100, 130, 200], 100],
    ["that falls is a late body's and changes nothing", [100, 200, 150, 210], 110],
    ["that is NaN is none", [100, "NaN", 130], 30],
    ["below zero is none", [100, -5, 130], 30],
    ["of infinity is none", [100, "+Inf", 130], 30],
    ["past 2^53 is added exactly", [2 ** 53, 2 ** 53 + 2, 2 ** 53 + 4], 4],
    ["may be a fraction", [0.1, 0.4, 0.6], 0.5],
  ])("%s", (_what, values, want) => {
    const relay = relayOfAnHour();
    for (const value of values) pushRecords(relay, [[value]]);
    expect(total(relay)).toBeCloseTo(want, 12);
  });

  test("below zero or infinite is counted as left out", () => {
    const relay = relayOfAnHour();
    for (const value of [1, -1, "+Inf", "-Inf", "NaN", 2]) pushRecords(relay, [[value]]);
    expect(relay.tally("sluice_left_out_series_total", `job="flink",reason="quarantined"`)).toBe(3);
  });
});

describe("the histories on which other relays go wrong", () => {
  test("the same value pushed three times is counted once", () => {
    const relay = relayOfAnHour();
    pushRecords(relay, []);
    const body = flinkBody(taskSample("numRecordsIn", {}, 100));
    for (let i = 0; i < 3; i += 1) relay.push(PATH, body);
    expect(total(relay)).toBe(100);
    expect(relay.tally("sluice_replayed_pushes_total", `job="flink"`)).toBe(2);
  });

  test("a body that arrives late, or again, adds nothing: 100, 200, 100, 300", () => {
    const relay = relayOfAnHour();
    pushRecords(relay, []);
    for (const value of [100, 200, 100, 300])
      relay.push(PATH, flinkBody(taskSample("numRecordsIn", {}, value)));
    expect(total(relay)).toBe(300);
  });

  test("one that expires and comes back goes on from where it was: 100, gone, 150", () => {
    const relay = relayOfAnHour();
    pushRecords(relay, []);
    pushRecords(relay, [[100]]);
    relay.advance(10 * MINUTE);
    expect(relay.view("raw")).toBe("");
    pushRecords(relay, [[150]]);
    expect(total(relay)).toBe(150);
  });

  test("two TaskManagers on one grouping key are added up apart: 1000 to 1030 and 10 to 40", () => {
    const relay = relayOfAnHour();
    pushRecords(relay, [[0, { tm: "tm1" }]]);
    pushRecords(relay, [[0, { tm: "tm2", subtask: 1 }]]);
    for (const step of [0, 10, 20, 30]) {
      pushRecords(relay, [[1000 + step, { tm: "tm1" }]]);
      pushRecords(relay, [[10 + step, { tm: "tm2", subtask: 1 }]]);
    }
    expect(total(relay)).toBe(1070);
  });

  test("when one of ten sources leaves, the sum stays", () => {
    const relay = relayOfAnHour();
    const paths = Array.from({ length: 10 }, (_, i) => `/job/flink${i.toString(16).padStart(32, "0")}`);
    for (const [i, path] of paths.entries())
      pushRecords(relay, [[0, { tm: `tm${i}`, subtask: i }]], [], path);
    for (const [i, path] of paths.entries())
      pushRecords(relay, [[100, { tm: `tm${i}`, subtask: i }]], [], path);
    relay.delete(paths[3] ?? "");
    expect(total(relay)).toBe(1000);
    relay.advance(10 * MINUTE);
    expect(total(relay)).toBe(1000);
  });
});

describe("a body out of the last eight changes no counter state", () => {
  test("neither what was last, nor what counts as the previous push", () => {
    const relay = relayOfAnHour();
    const first = flinkBody(idle("tm1", 1));
    const second = flinkBody(idle("tm1", 2), taskSample("numRecordsIn", {}, 100));
    relay.push(PATH, first);
    relay.push(PATH, second);
    relay.push(PATH, first); // the series seems to be gone: a replay
    relay.push(PATH, flinkBody(idle("tm1", 3), taskSample("numRecordsIn", {}, 130)));
    expect(total(relay)).toBe(130);
    expect(uncounted(relay)).toBe(0);
  });

  test("but gauges and the raw view follow it", () => {
    const relay = relayOfAnHour();
    const bodies = [1, 2].map((size) =>
      flinkBody(taskSample("mailboxQueueSize", {}, size), taskSample("numRecordsIn", {}, size)),
    );
    for (const i of [0, 1, 0]) relay.push(PATH, bodies[i] ?? "");
    expect(valuesOf(relay.view("merged"), "flink_taskmanager_job_task_mailboxQueueSize")).toEqual([1]);
    expect(valuesOf(relay.view("raw"), RECORDS)).toEqual([1]);
    expect(total(relay)).toBe(1);
  });
});

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

describe("a family without a rule", () => {
  test("is a counter from when a rate of its name stands beside it", () => {
    const relay = relayOfAnHour();
    relay.push(PATH, flinkBody(idle("tm1", 0)));
    relay.push(PATH, words("tm1", 70, true));
    relay.push(PATH, words("tm1", 75, true));
    expect(wordsShown(relay)).toEqual([75]);
    expect(relay.view("merged")).toContain("# TYPE flink_taskmanager_job_task_operator_words counter\n");
  });

  test("then everywhere in that job, for those too who push it already, from their next push on", () => {
    const relay = relayOfAnHour({ shards: 3, partitions: 16 });
    const paths = ["0", "1", "2", "3", "4"].map((digit) => `/job/flink${digit.repeat(32)}`);
    for (const [i, path] of paths.entries()) relay.push(path, words(`tm${i}`, 100, false));
    expect(wordsShown(relay)).toEqual([100, 100, 100, 100, 100]);
    relay.push(`/job/flink${"9".repeat(32)}`, words("tm9", 100, true));
    for (const [i, path] of paths.entries()) relay.push(path, words(`tm${i}`, 101, false));
    for (const [i, path] of paths.entries()) relay.push(path, words(`tm${i}`, 102, false));
    // First seen as a counter at 101: what was before is a baseline.
    expect(wordsShown(relay)).toEqual([5]);
  });

  test("but not in another job", () => {
    const relay = relayOfAnHour();
    relay.push(PATH, words("tm1", 70, true));
    relay.push("/job/other", words("tm2", 70, false));
    expect(samplesOf(relay.view("merged"), "flink_taskmanager_job_task_operator_words")[1]).toMatch(
      /job="other".*tm_id="tm2"\} 70$/,
    );
  });
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

/** A user's counter, with the rate that Flink's operators register beside theirs or without. */
function words(tm: string, value: number, rate: boolean): string {
  const labels = { tm, subtask: Number(tm.at(-1)) };
  const rates = rate ? [taskSample("operator_wordsPerSecond", labels, 1)] : [];
  return flinkBody(idle(tm, value), taskSample("operator_words", labels, value), ...rates);
}

function wordsShown(relay: InMemoryRelay): number[] {
  return valuesOf(relay.view("merged"), "flink_taskmanager_job_task_operator_words");
}
