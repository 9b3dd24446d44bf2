import { describe, expect, test } from "vitest";
import type { InMemoryRelay, InMemoryRelayOptions } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { flinkBody, processSample, taskSample } from "../../support/flink-body.ts";
import { samplesOf, valuesOf } from "../../support/view-text.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const PATH = "/job/flink";
const THREADS = "flink_taskmanager_Status_JVM_Threads_Count";

let beat = 0;

/** A body that was never pushed before. */
function pushNew(relay: InMemoryRelay, path = PATH): void {
  beat += 1;
  expect(relay.push(path, flinkBody(processSample("Status_JVM_Threads_Count", "tm1", beat)))).toBeUndefined();
}

/** A relay with a TaskManager that has pushed at this interval for a while, the last time just now. */
function relayWithRhythm(intervalMs: number, options?: InMemoryRelayOptions): InMemoryRelay {
  const relay = createInMemoryRelay(options);
  relay.advance(HOUR);
  for (let i = 0; i < 9; i += 1) {
    relay.advance(intervalMs);
    pushNew(relay);
  }
  return relay;
}

function isLive(relay: InMemoryRelay): boolean {
  const inMerged = valuesOf(relay.view("merged"), THREADS).length > 0;
  expect(valuesOf(relay.view("raw"), THREADS).length > 0).toBe(inMerged);
  const live = relay.statuses().flatMap(({ sources }) => sources.filter(({ state }) => state === "live"));
  expect(live.length > 0).toBe(inMerged);
  return inMerged;
}

/** How long it lives from now on if nothing happens, to the second. */
function secondsLeft(relay: InMemoryRelay): number {
  for (let seconds = 0; ; seconds += 1) {
    if (!isLive(relay)) return seconds;
    relay.advance(SECOND);
  }
}

describe("a source that falls silent leaves both views after its limit, without traffic", () => {
  test.each<[string, number, number]>([
    ["a push a second", SECOND, 60],
    ["Flink's default of ten seconds", 10 * SECOND, 60],
    ["a push in 30 s", 30 * SECOND, 110],
    ["a push in two minutes", 2 * MINUTE, 300],
    ["a push in four minutes", 4 * MINUTE, 480],
  ])("%s", (_what, intervalMs, seconds) => {
    expect(secondsLeft(relayWithRhythm(intervalMs))).toBe(seconds);
  });

  test("after five minutes when it has pushed once", () => {
    const relay = createInMemoryRelay();
    pushNew(relay);
    expect(secondsLeft(relay)).toBe(300);
    expect(relay.tally("sluice_expired_sources_total", `job="flink"`)).toBe(1);
    expect(relay.statuses().flatMap(({ sources }) => sources)).toMatchObject([{ state: "lost", count: 1 }]);
    expect(relay.view("raw")).toBe("");
  });

  test.each<["never" | number, number | undefined]>([
    [90 * SECOND, 90],
    ["never", undefined],
  ])("or as an operator says: %s", (staleness, seconds) => {
    const relay = relayWithRhythm(SECOND, { settings: { staleness } });
    if (seconds === undefined) {
      relay.advance(40 * 24 * HOUR);
      expect(isLive(relay)).toBe(true);
    } else {
      expect(secondsLeft(relay)).toBe(seconds);
    }
  });
});

describe("what counts as a sign of life", () => {
  test("a push that was refused for load", () => {
    const relay = relayWithRhythm(SECOND);
    relay.advance(50 * SECOND);
    relay.sign(PATH);
    expect(secondsLeft(relay)).toBe(60);
  });

  test("a body that was pushed before", () => {
    const relay = relayWithRhythm(SECOND);
    const body = flinkBody(processSample("Status_JVM_Threads_Count", "tm1", 1e6));
    relay.push(PATH, body);
    relay.advance(50 * SECOND);
    relay.push(PATH, body);
    expect(secondsLeft(relay)).toBe(60);
  });

  test("not a push to another key, nor one that is refused for what it says", () => {
    const relay = relayWithRhythm(SECOND);
    relay.advance(50 * SECOND);
    relay.push("/job/flink/other/1", flinkBody(processSample("Status_JVM_CPU_Load", "tm2", 1)));
    relay.push(PATH, "broken");
    relay.advance(10 * SECOND);
    expect(valuesOf(relay.view("merged"), THREADS)).toEqual([]);
  });
});

describe("one that comes back within five minutes of its expiry", () => {
  test("gets twice its limit, once", () => {
    const relay = relayWithRhythm(SECOND);
    expect(secondsLeft(relay)).toBe(60);
    relay.advance(4 * MINUTE);
    pushNew(relay);
    for (let i = 0; i < 8; i += 1) {
      relay.advance(SECOND);
      pushNew(relay);
    }
    expect(secondsLeft(relay)).toBe(120);
    pushNew(relay);
    for (let i = 0; i < 8; i += 1) {
      relay.advance(SECOND);
      pushNew(relay);
    }
    expect(secondsLeft(relay)).toBe(120);
  });

  test("but not after a DELETE, and not when it comes later", () => {
    for (const end of ["delete", "expiry"]) {
      const relay = relayWithRhythm(SECOND);
      if (end === "delete") relay.delete(PATH);
      else relay.advance(6 * MINUTE + SECOND);
      for (let i = 0; i < 9; i += 1) {
        relay.advance(SECOND);
        pushNew(relay);
      }
      expect(secondsLeft(relay)).toBe(60);
    }
  });
});

test("one that pushes every ten minutes is learned to be slow, and stays", () => {
  const relay = relayWithRhythm(10 * MINUTE);
  expect(secondsLeft(relay)).toBe(20 * 60);
});

describe("a DELETE", () => {
  test("takes the group out of both views at once", () => {
    const relay = relayWithRhythm(SECOND);
    relay.delete(PATH);
    expect(relay.view("merged")).toBe("");
    expect(relay.view("raw")).toBe("");
  });

  test.each<[string, (relay: InMemoryRelay) => void]>([
    ["a PUT without samples", (relay) => relay.push(PATH, "")],
    ["a POST without samples", (relay) => relay.push(PATH, "", { method: "POST" })],
    [
      "the last body again",
      (relay) => relay.push(PATH, flinkBody(processSample("Status_JVM_Threads_Count", "tm1", beat))),
    ],
  ])("is not undone by what crosses it on the way: %s", (_what, cross) => {
    const relay = relayWithRhythm(SECOND);
    relay.delete(PATH);
    relay.advance(4 * MINUTE);
    cross(relay);
    expect(relay.view("merged")).toBe("");
    expect(relay.view("raw")).toBe("");
  });

  test("is followed by a new life with the next new body", () => {
    const relay = relayWithRhythm(SECOND);
    relay.delete(PATH);
    pushNew(relay);
    expect(isLive(relay)).toBe(true);
    expect(valuesOf(relay.view("raw"), "push_time_seconds").length).toBe(1);
  });

  test("a new life ends with a PUT without samples, soon after the DELETE or not", () => {
    const relay = relayWithRhythm(SECOND);
    relay.delete(PATH);
    pushNew(relay);
    relay.push(PATH, "");
    expect(isLive(relay)).toBe(false);
  });

  test("and a body of this life that comes again is followed by the raw view", () => {
    const relay = relayWithRhythm(SECOND);
    relay.delete(PATH);
    const bodies = [1, 2].map((load) => flinkBody(processSample(`System_CPU_Load${load}min`, "tm1", load)));
    for (const i of [0, 1, 0]) relay.push(PATH, bodies[i] ?? "");
    expect(valuesOf(relay.view("raw"), "flink_taskmanager_System_CPU_Load1min")).toEqual([1]);
  });

  test("of a fleet's group leaves the key to anybody: what is pushed to it next may be kept", () => {
    const relay = relayWithRhythm(SECOND);
    relay.delete(PATH);
    relay.advance(MINUTE);
    relay.push(PATH, "batch_rows 5\n");
    relay.advance(30 * 24 * HOUR);
    expect(samplesOf(relay.view("merged"), "batch_rows")).toEqual([`batch_rows{instance="",job="flink"} 5`]);
    expect(valuesOf(relay.view("merged"), "push_time_seconds").length).toBe(1);
  });
});

describe("a PUT without samples to a fleet's group", () => {
  test("empties it, and after five minutes its stamps are gone too", () => {
    const relay = relayWithRhythm(SECOND);
    relay.push(PATH, "");
    expect(isLive(relay)).toBe(false);
    expect(valuesOf(relay.view("raw"), "push_time_seconds").length).toBe(1);
    expect(relay.view("merged")).toBe("");
    relay.advance(5 * MINUTE - 1);
    expect(valuesOf(relay.view("raw"), "push_time_seconds").length).toBe(1);
    relay.advance(1);
    expect(relay.view("raw")).toBe("");
  });

  test("a POST without samples changes nothing", () => {
    const relay = relayWithRhythm(SECOND);
    relay.push(PATH, "", { method: "POST" });
    expect(isLive(relay)).toBe(true);
  });
});

test("a group that failed before it had a source is gone after five minutes, if it is a fleet's", () => {
  const relay = createInMemoryRelay();
  relay.push(PATH, flinkBody(processSample("Status_JVM_Threads_Count", "tm1", "1 1000")));
  expect(valuesOf(relay.view("raw"), "push_failure_time_seconds")).toEqual([1.7e9]);
  relay.advance(5 * MINUTE);
  expect(relay.view("raw")).toBe("");
  expect(relay.statuses().reduce((sum, { groups }) => sum + groups, 0)).toBe(0);
});

// A TaskManager of Flink 1.20 whose first push had no sample yet, and that was killed within five minutes.
test.each<[string, (relay: InMemoryRelay) => void]>([
  ["a PUT without samples", (relay) => relay.push(PATH, "")],
  ["a POST without samples", (relay) => relay.push(PATH, "", { method: "POST" })],
  ["a refused push", (relay) => relay.push(PATH, flinkBody(processSample("x", "tm1", "1 1000")))],
])("%s keeps no group for longer than the source that pushed after it", (_what, begin) => {
  const relay = createInMemoryRelay({ settings: { staleness: 10 * SECOND } });
  begin(relay);
  expect(valuesOf(relay.view("raw"), "push_failure_time_seconds").length).toBe(1);
  relay.advance(SECOND);
  pushNew(relay);
  relay.advance(SECOND);
  pushNew(relay);
  relay.advance(10 * SECOND - 1);
  expect(isLive(relay)).toBe(true);
  relay.advance(1);
  expect(relay.view("raw")).toBe("");
});

test("what was kept and has become a fleet's expires by itself", () => {
  const relay = createInMemoryRelay();
  relay.push(PATH, "mine 1\n");
  relay.advance(10 * HOUR);
  pushNew(relay);
  expect(valuesOf(relay.view("merged"), "mine")).toEqual([1]);
  relay.advance(SECOND);
  expect(valuesOf(relay.view("merged"), "mine")).toEqual([]);
  expect(isLive(relay)).toBe(true);
});

describe("after a day nothing is remembered of a source", () => {
  test.each<[string, InMemoryRelayOptions, (relay: InMemoryRelay) => void]>([
    ["that expired", {}, () => {}],
    ["that was deleted", {}, (relay) => relay.delete(PATH)],
    [
      "that was deleted where nothing expires",
      { settings: { staleness: "never" } },
      (relay) => relay.delete(PATH),
    ],
    [
      "whose group was emptied where nothing expires",
      { settings: { staleness: "never" } },
      (relay) => relay.push(PATH, ""),
    ],
  ])("%s", (_what, options, end) => {
    const relay = relayWithRhythm(SECOND, options);
    end(relay);
    relay.advance(25 * HOUR);
    expect(relay.statuses().reduce((sum, { groups }) => sum + groups, 0)).toBe(0);
  });
});

test("Flink jobs are told of with the time they were last seen, for a day", () => {
  const relay = createInMemoryRelay();
  const jobs = (): unknown[] => relay.statuses().flatMap(({ flinkJobs }) => flinkJobs);
  relay.push(PATH, flinkBody(taskSample("numRecordsIn", {}, 1)));
  relay.advance(SECOND);
  relay.push(PATH, flinkBody(taskSample("numRecordsIn", {}, 2)));
  const labels = `{job="flink",job_id="job1",job_name="wordcount"}`;
  expect(jobs()).toEqual([{ labels, lastSeenSeconds: 1_700_000_001 }]);
  relay.delete(PATH);
  relay.advance(23 * HOUR);
  expect(jobs()).toEqual([{ labels, lastSeenSeconds: 1_700_000_001 }]);
  relay.advance(2 * HOUR);
  expect(jobs()).toEqual([]);
});

function bodyOfJobs(from: number, count: number): string {
  const jobs = Array.from({ length: count }, (_, i) => ({ job: `job${from + i}` }));
  return flinkBody(...jobs.map((job) => taskSample("numRecordsIn", job, 1)));
}

test("of more jobs than are remembered, those are that were seen last", () => {
  const relay = createInMemoryRelay({ partitions: 1 });
  const jobs = (): string[] =>
    relay.statuses().flatMap(({ flinkJobs }) => flinkJobs.map(({ labels }) => labels));
  relay.push(PATH, bodyOfJobs(0, 1));
  for (const from of [1, 1001]) {
    relay.advance(SECOND);
    relay.push("/job/other", bodyOfJobs(from, 1000));
  }
  expect(jobs()).toHaveLength(2000);
  expect(jobs()[0]).toContain('job_id="job1"');
  relay.push(PATH, bodyOfJobs(0, 1));
  expect(jobs()).toHaveLength(2000);
  expect(jobs()[0]).toContain('job_id="job2"');
  expect(jobs().at(-1)).toContain('job_id="job0"');
});
