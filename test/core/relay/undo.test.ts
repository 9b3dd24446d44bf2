import { assert, constantFrom, integer, array, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { samplesOf, valuesOf } from "../../support/view-text.ts";
import { rule } from "../rollup/rules/rules.ts";

const IN = "flink_taskmanager_job_task_numRecordsIn";
const jobOf = (i: number): string => `j${String(i).padStart(32, "0")}`;

function pushTask(relay: InMemoryRelay, tm: number, value: number, task = "map"): void {
  relay.advance(10_000);
  const sample = taskSample("numRecordsIn", { tm: `tm${tm}`, task }, value);
  expect(relay.push(`/job/${jobOf(tm)}`, flinkBody(sample))).toBeUndefined();
}

const shop = () =>
  createInMemoryRelay({ settings: { rules: [rule("c", { kind: "counter", without: ["pod"] })] } });

function pushShop(relay: InMemoryRelay, pod: string, value: number, extra = ""): void {
  relay.advance(10_000);
  relay.push(`/job/shop/pod/${pod}`, `# TYPE c counter\nc ${value}\n${extra}`);
}

describe("an operator's undo", () => {
  test("lets a counter begin anew: only what comes from now on counts, from the last values on", () => {
    const relay = createInMemoryRelay();
    for (const value of [100, 150]) for (const tm of [1, 2]) pushTask(relay, tm, value);
    expect(valuesOf(relay.view("merged"), IN)).toEqual([100]);

    expect(relay.undo(`${IN}{job="j"}`)).toMatchObject({ outputs: [expect.stringContaining(IN)] });
    expect(valuesOf(relay.view("merged"), IN)).toEqual([0]);
    expect(relay.explain(IN).series[0]).toMatchObject({ value: 0, epochWallMs: 1_700_000_040_000 });

    pushTask(relay, 1, 151);
    pushTask(relay, 2, 152);
    expect(valuesOf(relay.view("merged"), IN)).toEqual([3]);
  });

  test("leaves what it does not select alone", () => {
    const relay = createInMemoryRelay();
    for (const value of [100, 150])
      for (const [tm, task] of [
        [1, "map"],
        [2, "sink"],
      ] as const)
        pushTask(relay, tm, value, task);
    relay.undo(`${IN}{task_name="map"}`);
    expect(valuesOf(relay.view("merged"), IN).toSorted((a, b) => a - b)).toEqual([0, 50]);
    expect(relay.undo("nothing").outputs).toEqual([]);
  });

  test("of a counter that lingers nothing is left, and a source that comes back goes on from its last value", () => {
    const relay = createInMemoryRelay();
    for (const value of [100, 150]) pushTask(relay, 1, value);
    relay.delete(`/job/${jobOf(1)}`);
    relay.advance(60_000);
    relay.undo(IN);
    expect(samplesOf(relay.view("merged"), IN)).toEqual([]);
    relay.advance(300_000);
    pushTask(relay, 1, 157);
    expect(valuesOf(relay.view("merged"), IN)).toEqual([7]);
  });

  test("takes all of a summary, whichever line is selected", () => {
    const relay = createInMemoryRelay({ settings: { rules: [rule("s", { without: ["pod"] })] } });
    for (const count of [4, 9]) {
      relay.advance(10_000);
      relay.push("/job/shop/pod/a", `# TYPE s summary\ns{quantile="0.5"} 1\ns_count ${count}\n`);
    }
    expect(valuesOf(relay.view("merged"), "s_count")).toEqual([5]);
    expect(relay.undo('s{quantile="0.5"}').outputs).toEqual(['s_count{instance="",job="shop"}']);
    expect(valuesOf(relay.view("merged"), "s_count")).toEqual([0]);
  });

  test("takes all of a histogram, which stays cumulative", () => {
    const relay = createInMemoryRelay({ settings: { rules: [rule("h", { without: ["pod"] })] } });
    const push = (n: number): void => {
      relay.advance(10_000);
      const buckets = `h_bucket{le="1"} ${n}\nh_bucket{le="+Inf"} ${2 * n}\n`;
      relay.push("/job/shop/pod/a", `# TYPE h histogram\n${buckets}h_sum ${3 * n}\nh_count ${2 * n}\n`);
    };
    const shown = (): number[] =>
      ["h_bucket", "h_sum", "h_count"].flatMap((name) => valuesOf(relay.view("merged"), name));
    for (const n of [1, 4]) push(n);
    expect(shown()).toEqual([3, 6, 9, 6]);
    expect(relay.undo('h_bucket{le="1"}').outputs).toHaveLength(4);
    expect(shown()).toEqual([0, 0, 0, 0]);
    push(5);
    expect(shown()).toEqual([1, 2, 3, 2]);
  });

  test("takes a family back that has been found to be no counter", () => {
    const rules = ["c", "other"].map((name) => rule(name, { kind: "counter", without: ["pod"] }));
    const relay = createInMemoryRelay({ settings: { rules } });
    const marks = (): unknown[] => relay.statuses().flatMap((status) => status.marks);
    for (const [i, value] of [10, 9, 8, 7, 6].entries()) pushShop(relay, "a", value, `other ${i}\n`);
    expect(marks()).not.toEqual([]);
    expect(relay.undo("other").marks).toEqual([]);
    expect(relay.undo('c{job="shop"}')).toMatchObject({ marks: [{ job: "shop", family: "c" }] });
    expect(marks()).toEqual([]);
    for (const [i, value] of [5, 9].entries()) pushShop(relay, "a", value, `other ${10 + i}\n`);
    expect(samplesOf(relay.view("merged"), "c")).toEqual(['c{instance="",job="shop"} 4']);
  });

  test("thaws a source, whose next body is where it goes on from", () => {
    const relay = shop();
    const frozen = (): number =>
      relay
        .statuses()
        .flatMap(({ sources }) => sources)
        .reduce((sum, each) => sum + each.frozen, 0);
    for (const value of [1000, 10, 11, 1001, 12]) pushShop(relay, "a", value);
    expect(frozen()).toBe(1);
    expect(relay.undo("c")).toMatchObject({ frozenSources: 1 });
    expect(frozen()).toBe(0);
    for (const value of [1005, 1006]) pushShop(relay, "a", value);
    expect(valuesOf(relay.view("merged"), "c")).toEqual([1]);
  });

  test("drops what was held back of the life before: a restart that the next body would have proved is a baseline", () => {
    const relay = shop();
    for (const value of [100, 150, 20]) pushShop(relay, "a", value);
    relay.undo("c");
    for (const value of [25, 31]) pushShop(relay, "a", value);
    expect(valuesOf(relay.view("merged"), "c")).toEqual([6]);
  });
});

test("a counter after an undo is the one that was never undone, less what that showed then", () => {
  const step = record({
    tm: integer({ min: 1, max: 4 }),
    by: integer({ min: 0, max: 5 }),
    action: constantFrom("push", "push", "push", "delete"),
  });
  assert(
    property(array(step, { minLength: 2, maxLength: 40 }), integer({ min: 0, max: 39 }), (steps, at) => {
      const [plain, undone] = [createInMemoryRelay(), createInMemoryRelay({ shards: 3 })];
      const totals = new Map<number, number>();
      let before = 0;
      for (const [i, { tm, by, action }] of steps.entries()) {
        if (i === at) {
          before = valuesOf(plain.view("merged"), IN)[0] ?? 0;
          undone.undo(IN);
        }
        totals.set(tm, (totals.get(tm) ?? 50) + by);
        for (const relay of [plain, undone]) {
          if (action === "delete") relay.delete(`/job/${jobOf(tm)}`);
          else pushTask(relay, tm, totals.get(tm) ?? 0);
        }
      }
      const [end = 0] = valuesOf(plain.view("merged"), IN);
      const [shown = 0] = valuesOf(undone.view("merged"), IN);
      expect(shown).toBe(end - before);
    }),
    { numRuns: 200 },
  );
});
