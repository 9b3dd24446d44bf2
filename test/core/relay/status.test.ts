import { expect, test } from "vitest";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";

const METRIC = "numRecordsIn";
const jobOf = (i: number): string => `j${String(i).padStart(32, "0")}`;

test("a push with known series is a hit, one with others a miss, one that is refused neither", () => {
  const relay = createInMemoryRelay();
  for (const body of ["x 1\n", "x 2\n", "x 2\n", "y 1\n", "y{"]) relay.push("/job/a", body);
  const layouts = relay.statuses().map((status) => status.layouts);
  expect(layouts.reduce((sum, { hits }) => sum + hits, 0)).toBe(2);
  expect(layouts.reduce((sum, { misses }) => sum + misses, 0)).toBe(2);
});

test("tombstones that had to go for others are counted, those of which the time has come are not", () => {
  const relay = createInMemoryRelay({ settings: { maxTombstones: 2 } });
  const evicted = (): number => relay.tally("sluice_evicted_tombstones_total", 'job="j"');
  const push = (...tasks: string[]): void => {
    relay.advance(10_000);
    relay.push(`/job/${jobOf(1)}`, flinkBody(...tasks.map((task) => taskSample(METRIC, { task }, 1))));
  };
  push("a", "b", "c", "d");
  push("d");
  expect(evicted()).toBe(1);
  relay.advance(11 * 60_000);
  push("e");
  expect(evicted()).toBe(1);
});

test("counters of the merged view that nothing has fed for a day are counted when they are forgotten", () => {
  const relay = createInMemoryRelay();
  relay.push(`/job/${jobOf(1)}`, flinkBody(taskSample(METRIC, {}, 1)));
  relay.delete(`/job/${jobOf(1)}`);
  relay.advance(23 * 3_600_000);
  relay.forgetIdleOutputs();
  expect(relay.tally("sluice_forgotten_outputs_total", 'job="j"')).toBe(0);
  relay.advance(2 * 3_600_000);
  relay.forgetIdleOutputs();
  expect(relay.tally("sluice_forgotten_outputs_total", 'job="j"')).toBe(1);
});

const lines = (count: number): string => Array.from({ length: count }, (_, i) => `x{i="${i}"} 1\n`).join("");

test("what is held is told by job: more series take more, and a job that is gone takes nothing", () => {
  const relay = createInMemoryRelay();
  const held = (): Record<string, { series: number; bytes: number }> => {
    const byJob: Record<string, { series: number; bytes: number }> = {};
    for (const { job, series, bytes } of relay.statuses().flatMap((status) => status.held)) {
      const row = (byJob[job] ??= { series: 0, bytes: 0 });
      row.series += series;
      row.bytes += bytes;
    }
    return byJob;
  };
  relay.push("/job/small", lines(1));
  relay.push("/job/large", lines(100));
  const { small, large } = held();
  expect([small?.series, large?.series]).toEqual([1, 100]);
  expect(large?.bytes).toBe(100 * (small?.bytes ?? 0));
  relay.delete("/job/large");
  expect(Object.keys(held())).toEqual(["small"]);
});

test("live sources of fleets tell when they pushed last, each by itself", () => {
  const relay = createInMemoryRelay();
  const tell = (): unknown[] => relay.statuses().flatMap(({ lastPushes }) => lastPushes ?? []);
  for (const tm of ["tm1", "tm2"]) {
    relay.advance(10_000);
    relay.push(`/job/shared`, flinkBody(taskSample(METRIC, { tm }, 1)));
  }
  relay.push("/job/kept", "x 1\n");
  const source = { job: "shared", source: '{job="shared"}' };
  expect(tell()).toEqual([
    { ...source, processId: "tm_id=tm1", pushedSeconds: 1_700_000_010 },
    { ...source, processId: "tm_id=tm2", pushedSeconds: 1_700_000_020 },
  ]);
  relay.delete("/job/shared");
  expect(tell()).toEqual([]);
});
