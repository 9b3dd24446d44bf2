import { array, assert, constantFrom, integer, property, record } from "fast-check";
import { expect, test } from "vitest";
import type { Balance } from "../../../src/core/view/explain-balance.ts";
import type { Explanation } from "../../../src/core/view/merge-explained.ts";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createKeptStore } from "../../support/kept-store.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { rule } from "../rollup/rules/rules.ts";

const IN = "flink_taskmanager_job_task_numRecordsIn";
const MINUTE = 60_000;
const jobOf = (i: number): string => `j${String(i).padStart(32, "0")}`;

interface Task {
  readonly tm: number;
  readonly task?: string;
  readonly attempt?: number;
}

function pushTask(relay: InMemoryRelay, { tm, task = "map", attempt = 0 }: Task, value: number): void {
  relay.advance(10_000);
  const sample = taskSample("numRecordsIn", { tm: `tm${tm}`, task, attempt }, value);
  expect(relay.push(`/job/${jobOf(tm)}`, flinkBody(sample))).toBeUndefined();
}

const only = (relay: InMemoryRelay, selector: string): Explanation => relay.explain(selector).series[0]!;
const balanceOf = (relay: InMemoryRelay, selector: string): Balance => only(relay, selector).balance!;

test("what a restarted task had counted goes on for ten minutes, and is retired then", () => {
  const relay = createInMemoryRelay();
  for (const value of [100, 150]) pushTask(relay, { tm: 1 }, value);
  pushTask(relay, { tm: 1, attempt: 1 }, 20);
  expect(balanceOf(relay, IN)).toMatchObject({
    live: 20,
    tombstones: { count: 1, ofAttempts: 1, sum: 150 },
    retired: 0,
  });
  relay.advance(11 * MINUTE);
  // A body with another layout: only then is anybody looked for.
  pushTask(relay, { tm: 1, attempt: 2 }, 7);
  expect(only(relay, IN)).toMatchObject({
    value: 77,
    balance: { live: 7, tombstones: { count: 1, sum: 20 }, retired: 150 },
  });
});

test("a life that ended in a restart under the same labels is retired", () => {
  const relay = createInMemoryRelay({
    settings: { rules: [rule("c", { kind: "counter", without: ["pod"] })] },
  });
  for (const value of [100, 150, 3, 5]) {
    relay.advance(10_000);
    relay.push("/job/shop/pod/a", `# TYPE c counter\nc ${value}\n`);
  }
  expect(only(relay, "c")).toMatchObject({
    value: 55,
    balance: { live: 5, retired: 150, uncounted: [{ reason: "baseline", amount: 100 }] },
  });
});

test("each series tells what it has not counted, and its family what all of them have not", () => {
  const relay = createInMemoryRelay();
  for (const by of [0, 1]) {
    pushTask(relay, { tm: 1, task: "map" }, 100 + by);
    pushTask(relay, { tm: 2, task: "sink" }, 7 + by);
  }
  expect(balanceOf(relay, `${IN}{task_name="sink"}`).uncounted).toEqual([{ reason: "baseline", amount: 7 }]);
  expect(only(relay, `${IN}{task_name="sink"}`).uncounted).toEqual([{ reason: "baseline", amount: 107 }]);
});

test("after an undo all that its series stand at is of before", () => {
  const relay = createInMemoryRelay();
  for (const value of [100, 150]) pushTask(relay, { tm: 1 }, value);
  pushTask(relay, { tm: 1, attempt: 1 }, 20);
  relay.undo(IN);
  pushTask(relay, { tm: 1, attempt: 1 }, 21);
  expect(only(relay, IN)).toMatchObject({
    value: 1,
    balance: { live: 21, retired: 0, uncounted: [{ reason: "earlier", amount: 170 }] },
  });
});

test("an undo and what a counter is made of outlive a restart of the relay", () => {
  const relay = createInMemoryRelay({ store: createKeptStore() });
  for (const value of [100, 150]) pushTask(relay, { tm: 1 }, value);
  relay.undo(IN);
  pushTask(relay, { tm: 1, attempt: 1 }, 20);
  const before = only(relay, IN);
  expect(before).toMatchObject({ value: 20, balance: { live: 20, tombstones: { sum: 150 }, retired: 0 } });
  relay.restart();
  expect(only(relay, IN)).toEqual(before);
  pushTask(relay, { tm: 1, attempt: 1 }, 21);
  expect(only(relay, IN)).toMatchObject({ value: 21, balance: { live: 21, retired: 0 } });
});

test("a histogram is told by its count, and a gauge has no balance", () => {
  const relay = createInMemoryRelay({
    settings: {
      rules: [rule("h", { without: ["pod"] }), rule("g", { function: "sum", without: ["pod"] })],
    },
  });
  const rest = `h_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n# TYPE g gauge\ng 1\n`;
  relay.push("/job/shop/pod/a", `# TYPE h histogram\nh_bucket{le="1"} 1\n${rest}`);
  const withBalance = relay.explain('{job="shop"}').series.filter(({ balance }) => balance !== undefined);
  expect(withBalance.map(({ name }) => name)).toEqual(["h_count"]);
});

test("the rule of a counter that lingers is told in the words of the file that had it", () => {
  const rules = [rule('c{job="shop"}', { kind: "counter", without: ["pod"] })];
  const relay = createInMemoryRelay({ settings: { rules } });
  relay.push("/job/shop/pod/a", "# TYPE c counter\nc 1\n");
  expect(only(relay, "c").rule).toBe('rule 1: c{job="shop"}');
  relay.delete("/job/shop/pod/a");
  relay.reload({ rules: [rule("other", { without: ["pod"] })] });
  expect(only(relay, "c").rule).toBe('rule c{job="shop"}, of the file before it was last read again');
});

test("as long as nothing is forgotten, values are the last values that ever were, less what is not counted", () => {
  const step = record({
    tm: integer({ min: 1, max: 3 }),
    by: integer({ min: 0, max: 9 }),
    action: constantFrom("push", "push", "restart", "delete", "replay", "undo"),
  });
  assert(
    property(array(step, { maxLength: 25 }), (steps) => {
      const relay = createInMemoryRelay({ shards: 3 });
      const tasks = new Map<number, { attempt: number; value: number }>();
      for (const { tm, by, action } of steps) {
        const { attempt, value } = tasks.get(tm) ?? { attempt: 0, value: 50 };
        if (action === "delete") relay.delete(`/job/${jobOf(tm)}`);
        else if (action === "undo") relay.undo(IN);
        else if (action === "replay") pushTask(relay, { tm, attempt }, value);
        else {
          const next =
            action === "restart" ? { attempt: attempt + 1, value: by } : { attempt, value: value + by };
          tasks.set(tm, next);
          pushTask(relay, { tm, attempt: next.attempt }, next.value);
        }
      }
      for (const { balance } of relay.explain(IN).series) expect(balance).toMatchObject({ retired: 0 });
    }),
    { numRuns: 300 },
  );
});
