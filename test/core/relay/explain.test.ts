import { expect, test } from "vitest";
import { mergeExplained } from "../../../src/core/view/merge-explained.ts";
import type { Explanation } from "../../../src/core/view/merge-explained.ts";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { samplesOf, valuesOf } from "../../support/view-text.ts";
import { rule } from "../rollup/rules/rules.ts";

const TASK = "flink_taskmanager_job_task_";

function only(relay: InMemoryRelay, selector: string): Explanation {
  const { series, isCut } = relay.explain(selector);
  expect([series.length, isCut]).toEqual([1, false]);
  return series[0]!;
}

const contributorsOf = ({ contributors }: Explanation): unknown[] =>
  contributors.map(({ processId, value, isValue, state, ageMs }) => [
    processId,
    value,
    isValue,
    state,
    ageMs,
  ]);

const total = ({ accumulated }: Explanation): number =>
  accumulated.reduce((sum, { value }) => sum + value, 0);
const jobOf = (i: number): string => `j${String(i).padStart(32, "0")}`;

function pushTask(relay: InMemoryRelay, metric: string, tm: number, value: number, attempt = 0): void {
  const sample = taskSample(metric, { tm: `tm${tm}`, attempt }, value);
  expect(relay.push(`/job/${jobOf(tm)}`, flinkBody(sample))).toBeUndefined();
}

test("a counter over a task restart, then without a source, then gone", () => {
  const relay = createInMemoryRelay();
  const name = `${TASK}numRecordsIn`;
  for (const [tm, value, attempt] of [
    [1, 100, 0],
    [2, 5, 0],
    [1, 150, 0],
    [1, 20, 1],
    [2, 6, 0],
  ] as const) {
    relay.advance(10_000);
    pushTask(relay, "numRecordsIn", tm, value, attempt);
  }
  const explained = only(relay, `${name}{task_name="map",job="j"}`);
  expect(explained).toMatchObject({
    name,
    type: "counter",
    function: "counter",
    value: 71,
    rule: "Flink preset: counter",
    drops: ["host", "subtask_index", "task_attempt_id", "task_attempt_num", "tm_id"],
    epochWallMs: 1_700_000_010_000,
    isServed: true,
    state: "live",
    uncounted: [{ reason: "baseline", amount: 105 }],
  });
  expect(new Set(contributorsOf(explained))).toEqual(
    new Set([
      ["tm_id=tm1", 20, true, "live", 10_000],
      ["tm_id=tm2", 6, true, "live", 0],
    ]),
  );
  expect(total(explained)).toBe(71);
  expect(explained.balance).toEqual({
    live: 26,
    departed: 0,
    tombstones: { count: 1, ofAttempts: 1, sum: 150 },
    retired: 0,
    uncounted: [{ reason: "baseline", amount: 105 }],
  });
  expect(valuesOf(relay.view("merged"), name)).toEqual([71]);

  for (const tm of [1, 2]) relay.delete(`/job/${jobOf(tm)}`);
  relay.advance(60_000);
  const lingering = only(relay, name);
  expect(lingering).toMatchObject({ value: 71, isServed: true, state: "lingering", idleMs: 60_000 });
  expect(lingering.contributors.map(({ state }) => state)).toEqual(["deleted", "deleted"]);

  relay.advance(15 * 60_000);
  expect(only(relay, name).balance).toMatchObject({ live: 0, departed: 26, retired: 0 });
  expect(only(relay, name)).toMatchObject({ value: 71, isServed: false, state: "departed" });
  expect(samplesOf(relay.view("merged"), name)).toEqual([]);
});

test("a gauge is the fold of its contributors, less what is no value; its companion finds it too", () => {
  const relay = createInMemoryRelay({
    settings: { rules: [rule("g", { function: "sum", skip: [-1], without: ["instance"] })] },
  });
  for (const [i, value] of [4, -1, 9].entries()) {
    relay.push(`/job/shop/instance/${"abc"[i]}`, `# TYPE g gauge\ng ${value}\n`);
  }
  const explained = only(relay, 'g_contributors{job="shop"}');
  expect(explained).toMatchObject({
    name: "g",
    function: "sum",
    value: 13,
    rule: "rule 1: g",
    drops: ["instance"],
    accumulated: [],
    uncounted: [],
    companions: [{ name: "g_contributors", labels: '{instance="",job="shop"}', value: 2 }],
  });
  const values = explained.contributors.filter(({ isValue }) => isValue).map(({ value }) => value);
  expect(new Set(values)).toEqual(new Set([4, 9]));
  expect(valuesOf(relay.view("merged"), "g")).toEqual([13]);
});

test("what no rule knows passes through, with one contributor", () => {
  const relay = createInMemoryRelay();
  const samples = [taskSample("myOwnThing", {}, 7), taskSample("numRecordsIn", {}, 1)];
  relay.push("/job/j", flinkBody(...samples));
  expect(only(relay, `${TASK}myOwnThing`)).toMatchObject({
    function: "newest",
    value: 7,
    rule: "passes through",
    drops: [],
    contributors: [{ value: 7, state: "live", processId: "tm_id=tm1" }],
  });
});

test("a counter by a rule of the file is told with the rule's selector", () => {
  const rules = [rule("other"), rule('x_total{job="shop"}', { without: ["instance"] })];
  const relay = createInMemoryRelay({ settings: { rules } });
  for (const value of [3, 5]) {
    relay.advance(1_000);
    relay.push("/job/shop/instance/a", `# TYPE x_total counter\nx_total{path="a\\"b"} ${value}\n`);
  }
  const explained = only(relay, 'x_total{path="a\\"b"}');
  expect(explained).toMatchObject({ value: 2, rule: 'rule 2: x_total{job="shop"}', drops: ["instance"] });
  expect(explained.uncounted).toEqual([{ reason: "baseline", amount: 3 }]);
});

test("past a thousand series the answer is cut, and says so", () => {
  const relay = createInMemoryRelay();
  const samples = Array.from({ length: 1_001 }, (_, i) => taskSample("myOwnThing", { subtask: i }, i));
  const lines = samples.map(([name, labels, value]) => `${name}{${labels}} ${value}\n`).join("");
  relay.push("/job/j", `${flinkBody(taskSample("numRecordsIn", {}, 1))}${lines}`);
  const { series, isCut } = relay.explain(`${TASK}myOwnThing`);
  expect([series.length, isCut]).toEqual([1_000, true]);
});

test("nothing matches: nothing is explained", () => {
  expect(createInMemoryRelay().explain("nothing")).toEqual({ series: [], isCut: false });
  expect(mergeExplained([], { observedMs: 0, lingerMs: 0, isPushed: () => false }).series).toEqual([]);
});
