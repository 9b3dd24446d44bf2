import { describe, expect, test } from "vitest";
import { addIncrease } from "../../../src/core/rollup/accumulator.ts";
import { createAnonymousSource } from "../../support/anonymous-source.ts";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { valuesOf } from "../../support/view-text.ts";

// Table C1 of counters.md: what the rules of other relays make of a history, and what Sluice does. The rules are
// written down here in a line each; the figures are those of the table.

const HOUR = 3_600_000;
const RECORDS = "flink_taskmanager_job_task_numRecordsIn";

/** Cumulative pushes taken for increases: zapier/prom-aggregation-gateway, gravel-gateway. */
function sumOfPushes(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The first value and every rise are added, a fall is a reset: VictoriaMetrics' `total`. */
function totalWithResets(values: readonly number[]): number {
  let last = 0;
  let total = 0;
  for (const value of values) {
    total += value >= last ? value - last : value;
    last = value;
  }
  return total;
}

/** A TaskManager that is seen idle first, so that its births are proven. */
function createFlinkRelay(): InMemoryRelay {
  const relay = createInMemoryRelay();
  relay.advance(HOUR);
  relay.push("/job/flink", flinkBody(taskSample("mailboxQueueSize", { task: "other" }, 1)));
  return relay;
}

function served(relay: InMemoryRelay): number | undefined {
  return valuesOf(relay.view("merged"), RECORDS)[0];
}

function pushRecords(relay: InMemoryRelay, value: number): void {
  relay.push("/job/flink", flinkBody(taskSample("numRecordsIn", {}, value)));
}

describe("table C1", () => {
  test.each([
    ["the same cumulative value 100 pushed three times", [100, 100, 100], 100, 300, 100],
    ["a late replay: 100, 200, 100 again, 300", [100, 200, 100, 300], 300, 700, 500],
  ])("%s", (_what, values, truth, bySum, byTotal) => {
    const relay = createFlinkRelay();
    for (const value of values) pushRecords(relay, value);
    expect(served(relay)).toBe(truth);
    expect(sumOfPushes(values)).toBe(bySum);
    expect(totalWithResets(values)).toBe(byTotal);
  });

  test("100, expires, comes back as 150: 150; 250 elsewhere", () => {
    const relay = createFlinkRelay();
    pushRecords(relay, 100);
    relay.advance(10 * 60_000);
    pushRecords(relay, 150);
    expect(served(relay)).toBe(150);
    expect(sumOfPushes([100, 150])).toBe(250);
    // What has expired is forgotten there, so that its return is a first sight.
    expect(totalWithResets([100]) + totalWithResets([150])).toBe(250);
  });

  const alternating = Array.from({ length: 4 }, (_, i) => [1000 + i * 10, 10 + i * 10]).flat();

  test("two TaskManagers on one key, 1000 to 1030 and 10 to 40: 1070; 4160 and 4100 elsewhere", () => {
    const relay = createFlinkRelay();
    const tms = ["tm1", "tm2"];
    for (const tm of tms) {
      relay.push("/job/flink", flinkBody(taskSample("mailboxQueueSize", { tm }, 0)));
    }
    for (const [i, value] of alternating.entries()) {
      const labels = { tm: tms[i % 2] ?? "", subtask: i % 2 };
      relay.push("/job/flink", flinkBody(taskSample("numRecordsIn", labels, value)));
    }
    expect(served(relay)).toBe(1070);
    expect(sumOfPushes(alternating)).toBe(4160);
    expect(totalWithResets(alternating)).toBe(4100);
  });

  test("and where nothing tells them apart, never more than one of them", () => {
    const source = createAnonymousSource();
    for (const value of alternating) source.push({ in: value });
    expect(source.total()).toBe(30);
  });

  test("a relay that starts without state: nothing is counted again, and it is reported", () => {
    const relay = createInMemoryRelay();
    relay.advance(HOUR);
    for (const [i, value] of [100, 200, 300].entries()) {
      const labels = { tm: `tm${i}`, subtask: i };
      relay.push(
        `/job/flink${String(i).padStart(32, "0")}`,
        flinkBody(taskSample("numRecordsIn", labels, value)),
      );
    }
    expect(served(relay)).toBe(0);
    expect(relay.tally("sluice_uncounted_increase_total", `reason="baseline"`)).toBe(600);
  });

  test("one of ten sources leaves: the sum keeps what it has added; a sum over the living falls", () => {
    const relay = createFlinkRelay();
    const paths = Array.from({ length: 10 }, (_, i) => `/job/flink${String(i).padStart(32, "0")}`);
    for (const value of [0, 100]) {
      for (const [i, path] of paths.entries()) {
        const labels = { tm: `tm${i}`, subtask: i };
        relay.push(path, flinkBody(taskSample("numRecordsIn", labels, value)));
      }
    }
    relay.delete(paths[3] ?? "");
    expect(served(relay)).toBe(1000);
    const living = valuesOf(relay.view("raw"), RECORDS);
    expect(living.reduce((sum, value) => sum + value, 0)).toBe(900);
  });

  test("three floats that rise: summed anew in another order they fall by a rounding error, added up they never do", () => {
    const random = createRandom(1);
    const inputs = [0, 0, 0];
    const sum = { hi: 0, lo: 0 };
    let [bySum, byTotal, falls, ourFalls] = [0, 0, 0, 0];
    for (let step = 0; step < 20_000; step += 1) {
      const i = Math.floor(random() * 3);
      const before = inputs[i] ?? 0;
      inputs[i] = before + random() / 3;
      const [a = 0, b = 0, c = 0] = random() < 0.5 ? inputs : inputs.toReversed();
      // Nothing rises in every other step: only the order of the sum changes.
      for (const next of [a + b + c, c + b + a]) {
        if (next < bySum) falls += 1;
        bySum = next;
      }
      addIncrease(sum, before, inputs[i] ?? 0);
      if (sum.hi < byTotal) ourFalls += 1;
      byTotal = sum.hi;
    }
    expect(falls).toBeGreaterThan(1000);
    expect(ourFalls).toBe(0);
    expect(byTotal).toBeCloseTo(bySum, 6);
  });
});

/** mulberry32: the same numbers in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
