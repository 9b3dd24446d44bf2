import { describe, expect, test } from "vitest";
import {
  MINUTE,
  RECORDS,
  PATH,
  relayOfAnHour,
  total,
  uncounted,
  idle,
  pushRecords,
} from "../../support/counted-records.ts";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import { valuesOf } from "../../support/view-text.ts";

// The rules are those of counters.md.

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
