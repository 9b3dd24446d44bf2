import { describe, expect, test } from "vitest";
import type { RuleConfig } from "../../../src/core/rollup/rules/rule-config.ts";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { samplesOf, series, valuesOf } from "../../support/view-text.ts";
import { rule, selector } from "../rollup/rules/rules.ts";

const X = rule("x_total", { without: ["instance"] });
const G = rule("g", { function: "sum", without: ["instance"] });

const body = (x: number, g: number): string =>
  `# TYPE x_total counter\nx_total ${x}\n# TYPE g gauge\ng ${g}\n`;

/** Two sources, each counted from 100 to 110 and then to 120. */
function counting(...rules: RuleConfig[]): InMemoryRelay {
  const relay = createInMemoryRelay({ settings: { rules } });
  for (const x of [100, 110, 120]) round(relay, x);
  return relay;
}

function round(relay: InMemoryRelay, x: number): void {
  relay.advance(10_000);
  for (const instance of ["a", "b"]) {
    expect(relay.push(`/job/shop/instance/${instance}`, body(x, x))).toBeUndefined();
  }
}

test("a counter whose rule did not change goes on as if nothing had happened", () => {
  const relay = counting(X);
  const uncounted = relay.tally("sluice_uncounted_increase_total", "");
  relay.reload({ rules: [G, X] });
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([40]);
  round(relay, 125);
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([50]);
  expect(valuesOf(relay.view("merged"), "g")).toEqual([250]);
  expect(relay.tally("sluice_uncounted_increase_total", "")).toBe(uncounted);
});

test("one that nothing feeds any more lingers on", () => {
  const relay = counting(X);
  relay.delete("/job/shop/instance/a");
  relay.delete("/job/shop/instance/b");
  relay.reload({ rules: [G, X] });
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([40]);
  round(relay, 130);
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([60]);
});

test("a rule that is new merges from now on; what was counted before it is reported", () => {
  const relay = counting();
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([120, 120]);
  relay.reload({ rules: [X] });
  expect(samplesOf(relay.view("merged"), "x_total")).toEqual(['x_total{instance="",job="shop"} 0']);
  expect(relay.view("merged")).not.toContain("push_time_seconds");
  round(relay, 121);
  expect(relay.tally("sluice_uncounted_increase_total", 'family="x_total"')).toBe(242);
  round(relay, 126);
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([10]);
});

test("a rule that is gone: the groups are kept again, as if it had never been there", () => {
  const relay = counting(X);
  relay.reload({});
  expect(relay.view("merged")).toBe(counting().view("merged"));
  relay.advance(24 * 3_600_000);
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([120, 120]);
});

test("a rule that drops now takes effect at once, also where a source has left", () => {
  const relay = counting(X, G);
  relay.delete("/job/shop/instance/a");
  relay.reload({ rules: [{ ...X, action: "drop", without: undefined }, G] });
  expect(samplesOf(relay.view("merged"), "x_total")).toEqual([]);
  expect(valuesOf(relay.view("merged"), "g")).toEqual([120]);
  // An operator who thinks better of it has lost nothing.
  relay.reload({ rules: [X, G] });
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([40]);
  round(relay, 121);
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([42]);
});

test("other labels begin anew, from where each series stands", () => {
  const relay = counting(X);
  relay.reload({ rules: [rule("x_total")] });
  round(relay, 121);
  expect(series(relay.view("merged")).get('x_total{instance="a",job="shop"}')).toBe(1);
  expect(samplesOf(relay.view("merged"), "x_total").length).toBe(2);
});

test("another function for the same series", () => {
  const relay = counting(G);
  relay.reload({ rules: [{ ...G, function: "max" }] });
  expect(valuesOf(relay.view("merged"), "g")).toEqual([120]);
  expect(valuesOf(relay.view("merged"), "g_contributors")).toEqual([]);
  round(relay, 130);
  expect(valuesOf(relay.view("merged"), "g")).toEqual([130]);
  expect(relay.tally("sluice_left_out_series_total", "")).toBe(0);
});

test("another order of rules that make the same series leaves it alone", () => {
  const a = rule('x_total{instance="a"}', { without: ["instance"] });
  const b = rule('x_total{instance="b"}', { without: ["instance"] });
  const relay = counting(a, b);
  relay.reload({ rules: [b, a] });
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([40]);
  round(relay, 121);
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([42]);
});

const RECORDS = "flink_taskmanager_job_task_numRecordsIn";
const pushRecords = (relay: InMemoryRelay, value: number): void => {
  relay.advance(10_000);
  for (const subtask of [0, 1]) {
    const labels = { subtask, tm: `tm${subtask}` };
    relay.push(
      `/job/flink${String(subtask).padStart(32, "0")}`,
      flinkBody(taskSample("numRecordsIn", labels, value)),
    );
  }
};

describe("Flink's own rules", () => {
  test("another level begins anew, and back again what was counted is there", () => {
    const relay = createInMemoryRelay();
    for (const value of [10, 15]) pushRecords(relay, value);
    relay.reload({ level: "subtask" });
    pushRecords(relay, 16);
    expect(valuesOf(relay.view("merged"), RECORDS)).toEqual([1, 1]);
    relay.reload({});
    pushRecords(relay, 18);
    expect(valuesOf(relay.view("merged"), RECORDS)).toEqual([14]);
  });

  test("off, and on again", () => {
    const relay = createInMemoryRelay();
    for (const value of [10, 15]) pushRecords(relay, value);
    relay.reload({ flink: false });
    expect(relay.view("merged")).toBe(relay.view("raw"));
    pushRecords(relay, 16);
    relay.reload({});
    pushRecords(relay, 18);
    expect(valuesOf(relay.view("merged"), RECORDS)).toEqual([16]);
    expect(relay.statuses().flatMap(({ flinkJobs }) => flinkJobs).length).toBeGreaterThan(0);
  });

  test("an instance label", () => {
    const relay = createInMemoryRelay();
    relay.push("/job/flink", 'flink_taskmanager_Status_JVM_CPU_Load{tm_id="t"} 1\n');
    relay.reload({ instanceLabel: "tm_id" });
    expect(relay.view("merged")).toContain('{instance="t",job="flink",tm_id="t"} 1\n');
  });
});

test("entries under jobs hold for the groups that are there", () => {
  const relay = createInMemoryRelay();
  relay.push("/job/ci", "x 1\n");
  const match = selector('{job="ci"}');
  relay.reload({ jobs: [{ match, staleness: 60_000, maxSeries: 1 }] });
  expect(relay.push("/job/ci", "x 1\ny 1\n")?.code).toBe("too_many_series");
  relay.advance(61_000);
  expect(relay.view("raw")).toBe("");
});

test("a body that a POST has replaced in part is connected for what is left of it", () => {
  const relay = counting(X, G);
  relay.push("/job/shop/instance/a", "# TYPE g gauge\ng 1\n", { method: "POST" });
  relay.reload({ rules: [G, X] });
  expect(valuesOf(relay.view("merged"), "g")).toEqual([121]);
  relay.push("/job/shop/instance/a", body(121, 2));
  expect(valuesOf(relay.view("merged"), "g")).toEqual([122]);
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([41]);
});
