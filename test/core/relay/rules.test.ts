import { describe, expect, test } from "vitest";
import type { JobConfig, RuleConfig } from "../../../src/core/rollup/rules/rule-config.ts";
import { flinkBody, processSample, taskSample } from "../../support/flink-body.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { samplesOf, series, valuesOf } from "../../support/view-text.ts";
import { rule, selector } from "../rollup/rules/rules.ts";

/** A relay with these rules, after pushes to `/job/shop/instance/<a, b, …>`. */
function pushed(rules: readonly RuleConfig[], ...bodies: readonly string[]): InMemoryRelay {
  const relay = createInMemoryRelay({ settings: { rules } });
  pushAll(relay, ...bodies);
  return relay;
}

function pushAll(relay: InMemoryRelay, ...bodies: readonly string[]): void {
  for (const [i, body] of bodies.entries()) {
    relay.advance(1);
    expect(relay.push(`/job/shop/instance/${"abcdef"[i]}`, body)).toBeUndefined();
  }
}

const counter = (...lines: string[]): string => `# TYPE x_total counter\n${lines.join("\n")}\n`;
const histogram = (a: number, b: number, sum: number): string =>
  `# TYPE h histogram\nh_bucket{le="0.5"} ${a}\nh_bucket{le="+Inf"} ${b}\nh_sum ${sum}\nh_count ${b}\n`;
const summary = (q0: number, q99: number, count: number): string =>
  `# TYPE s summary\ns{quantile="0"} ${q0}\ns{quantile="0.99"} ${q99}\ns_sum ${count}\ns_count ${count}\n`;
const gauge = (...lines: string[]): string => `# TYPE g gauge\n${lines.join("\n")}\n`;

test("an HTTP counter over pods: one series for each path, whichever pod counts, dies or joins", () => {
  const relay = pushed(
    [rule("x_total", { without: ["instance"] })],
    counter('x_total{path="/"} 100', 'x_total{path="/cart"} 7'),
    counter('x_total{path="/"} 50'),
  );
  relay.advance(10_000);
  pushAll(
    relay,
    counter('x_total{path="/"} 130', 'x_total{path="/cart"} 8'),
    counter('x_total{path="/"} 51'),
  );
  expect(relay.view("merged")).toContain("# TYPE x_total counter\n");
  expect(samplesOf(relay.view("merged"), "x_total")).toEqual([
    'x_total{instance="",job="shop",path="/"} 31',
    'x_total{instance="",job="shop",path="/cart"} 1',
  ]);
  expect(relay.tally("sluice_uncounted_increase_total", 'family="x_total"')).toBe(157);
  expect(relay.view("raw")).toContain('x_total{instance="a",job="shop",path="/"} 130\n');

  relay.delete("/job/shop/instance/a");
  expect(valuesOf(relay.view("merged"), "x_total")).toEqual([31, 1]);
});

test("a random suffix of the job is nothing that a rule sees or shows", () => {
  const relay = createInMemoryRelay({ settings: { rules: [rule('x_total{job="app"}')] } });
  for (const total of [5, 6]) {
    relay.advance(10_000);
    for (const i of [1, 2]) relay.push(`/job/app${String(i).padStart(32, "0")}`, counter(`x_total ${total}`));
  }
  expect(samplesOf(relay.view("merged"), "x_total")).toEqual(['x_total{instance="",job="app"} 2']);
});

describe("gauges of three sources: 4, 1, NaN, then 9", () => {
  test.each<[RuleConfig["function"], number, Record<string, number>]>([
    ["sum", 14, { g_contributors: 3 }],
    ["min", 1, {}],
    ["max", 9, { g_avg: 14 / 3 }],
    ["avg", 14 / 3, { g_max: 9 }],
    ["last", 9, {}],
    ["count", 3, {}],
  ])("%s is %d", (fn, value, companions) => {
    const relay = pushed(
      [rule("g", { function: fn, without: ["instance"] })],
      ...["4", "1", "NaN", "9"].map((each) => gauge(`g ${each}`)),
    );
    const view = relay.view("merged");
    const labels = '{instance="",job="shop"}';
    expect(view).toContain("# TYPE g gauge\n");
    expect(Object.fromEntries(series(view))).toEqual({
      [`g${labels}`]: value,
      ...Object.fromEntries(Object.entries(companions).map(([name, each]) => [name + labels, each])),
    });
  });

  test("what `skip` names is no value, and a count of none is 0", () => {
    const rules = [rule("g", { function: "count", by: ["job"], skip: [-1] })];
    expect(valuesOf(pushed(rules, gauge("g -1"), gauge("g 3")).view("merged"), "g")).toEqual([1]);
    expect(valuesOf(pushed(rules, gauge("g -1"), gauge("g NaN")).view("merged"), "g")).toEqual([0]);
  });

  test("a source that has left is in none of them", () => {
    const relay = pushed([rule("g", { function: "sum", by: [] })], gauge("g 4"), gauge("g 1"));
    relay.delete("/job/shop/instance/a");
    expect(series(relay.view("merged"))).toEqual(
      new Map([
        ['g{instance="",job=""}', 1],
        ['g_contributors{instance="",job=""}', 1],
      ]),
    );
  });

  test("companions: false", () => {
    const rules = [rule("g", { function: "avg", by: [], companions: false })];
    expect(series(pushed(rules, gauge("g 4")).view("merged")).size).toBe(1);
  });
});

describe("which labels stay", () => {
  test.each<[Partial<RuleConfig>, string]>([
    [{}, '{instance="a",job="shop",path="/",zone="z"}'],
    [{ without: ["instance", "zone"] }, '{instance="",job="shop",path="/"}'],
    [{ without: ["job"] }, '{instance="a",job="",path="/",zone="z"}'],
    [{ by: ["path"] }, '{instance="",job="",path="/"}'],
    [{ by: [] }, '{instance="",job=""}'],
  ])("%j", (keys, labels) => {
    const relay = pushed([rule("x_total", keys)], counter('x_total{path="/",zone="z"} 1'));
    expect([...series(relay.view("merged")).keys()]).toEqual([`x_total${labels}`]);
  });
});

test("a histogram: its buckets, its count and its sum are added up together", () => {
  const relay = pushed([rule("h", { without: ["instance"] })], histogram(10, 20, 5), histogram(100, 200, 50));
  relay.advance(10_000);
  pushAll(relay, histogram(11, 22, 6), histogram(101, 203, 52));
  const wanted = new Map([
    ['h_bucket{instance="",job="shop",le="0.5"}', 2],
    ['h_bucket{instance="",job="shop",le="+Inf"}', 5],
    ['h_sum{instance="",job="shop"}', 3],
    ['h_count{instance="",job="shop"}', 5],
  ]);
  expect(series(relay.view("merged"))).toEqual(wanted);
  // Another layout: all of it goes on from its last value.
  pushAll(relay, `y 1\n${histogram(11, 22, 6)}`);
  relay.advance(10_000);
  pushAll(relay, histogram(11, 23, 6));
  wanted.set('h_bucket{instance="",job="shop",le="+Inf"}', 6);
  wanted.set('h_count{instance="",job="shop"}', 6);
  expect(series(relay.view("merged"))).toEqual(wanted);
});

test("a summary: the worst of each quantile; count and sum are counters", () => {
  const relay = pushed([rule("s", { by: ["job"] })], summary(1, 10, 5), summary(2, 20, 5));
  relay.advance(10_000);
  pushAll(relay, summary(1, 10, 6), summary(2, 20, 7));
  expect(series(relay.view("merged"))).toEqual(
    new Map([
      ['s{instance="",job="shop",quantile="0"}', 1],
      ['s{instance="",job="shop",quantile="0.99"}', 20],
      ['s_sum{instance="",job="shop"}', 3],
      ['s_count{instance="",job="shop"}', 3],
    ]),
  );
});

describe("what a rule makes of a group", () => {
  const STAMPED = /^push_time_seconds\{instance="a",job="shop"\} /m;

  test("one that merges makes a fleet's: no stamps, and it expires when it is silent", () => {
    const relay = pushed([rule("x_total", { by: [] })], counter("x_total 1"));
    expect(relay.view("merged")).not.toMatch(STAMPED);
    relay.advance(6 * 60_000);
    expect(relay.view("raw")).toBe("");
  });

  test.each(["drop", "pass"] as const)("%s makes none", (action) => {
    const relay = pushed([rule("x_total", { action })], counter("x_total 1"));
    expect(relay.view("merged")).toMatch(STAMPED);
    relay.advance(24 * 3_600_000);
    expect(relay.view("merged")).toMatch(STAMPED);
  });

  test("drop in a kept group: not on the merged view, and on the raw view as ever", () => {
    const body = `${counter('x_total{a="1"} 1', 'x_total{a="2"} 2')}y 3\n`;
    const relay = pushed([rule('x_total{a="1"}', { action: "drop" })], body);
    expect(valuesOf(relay.view("merged"), "x_total")).toEqual([2]);
    expect(valuesOf(relay.view("merged"), "y")).toEqual([3]);
    expect(relay.view("raw")).toBe(pushed([], body).view("raw"));
  });

  test("a family of which all is dropped has no header either", () => {
    const relay = pushed([rule("x_total", { action: "drop" })], `${counter("x_total 1")}y 3\n`);
    expect(relay.view("merged")).not.toContain("x_total");
  });

  test("drop and pass in a fleet's: the rest of the body is merged", () => {
    const relay = createInMemoryRelay({
      settings: {
        rules: [
          rule("flink_taskmanager_job_task_numRecordsIn", { action: "drop" }),
          rule("flink_taskmanager_job_task_numRecordsOut", { action: "pass" }),
        ],
      },
    });
    relay.push(
      "/job/flink",
      flinkBody(
        taskSample("numRecordsIn", {}, 1),
        taskSample("numRecordsOut", {}, 2),
        taskSample("mailboxQueueSize", {}, 3),
        processSample("Status_JVM_CPU_Load", "tm1", 4),
      ),
    );
    const view = relay.view("merged");
    expect(samplesOf(view, "flink_taskmanager_job_task_numRecordsIn")).toEqual([]);
    expect(samplesOf(view, "flink_taskmanager_job_task_numRecordsOut")[0]).toContain('subtask_index="0"');
    expect(samplesOf(view, "flink_taskmanager_job_task_mailboxQueueSize")[0]).not.toContain("subtask_index");
  });

  test("a repeated label, which a Pushgateway refuses in a kept group, costs a fleet's nothing", () => {
    const body = counter('x_total{a="1",a="2"} 1');
    const refusal = pushed([]).push("/job/shop", body);
    expect(refusal?.message).toContain("duplicate label names");
    expect(pushed([rule("x_total")]).push("/job/shop", body)).toBeUndefined();
  });
});

describe("what a rule cannot do", () => {
  test("a family that it cannot merge is shown as pushed, and counted with the reason", () => {
    const relay = pushed([rule("g", { without: ["instance"] })], gauge('g{a="1"} 1', 'g{a="2"} 2'));
    expect(valuesOf(relay.view("merged"), "g")).toEqual([1, 2]);
    const labels =
      'family="g",job="shop",reason="a gauge needs a function: sum, min, max, avg, last or count"';
    expect(relay.tally("sluice_unmerged_series_total", labels)).toBe(2);
  });

  test("two rules that make one series in two ways: the first stands, and the other is counted", () => {
    const rules = [
      rule('g{pod="1"}', { function: "sum", by: [] }),
      rule('g{pod="2"}', { function: "max", by: [] }),
    ];
    const relay = pushed(rules, gauge('g{pod="1"} 5', 'g{pod="2"} 7'), gauge('g{pod="1"} 6'));
    expect(samplesOf(relay.view("merged"), "g")).toEqual(['g{instance="",job=""} 11']);
    expect(relay.tally("sluice_left_out_series_total", 'reason="rule_conflict"')).toBe(1);
    // When nothing holds it any more, the other has it.
    pushAll(relay, gauge('g{pod="2"} 7'));
    relay.delete("/job/shop/instance/b");
    pushAll(relay, gauge('g{pod="2"} 8', 'g{pod="3"} 1'));
    expect(samplesOf(relay.view("merged"), "g")[0]).toBe('g{instance="",job=""} 8');
  });
});

const WORDS = "flink_taskmanager_job_task_words";
const words = (subtask: number, value: number): string =>
  flinkBody(taskSample("words", { subtask, tm: `tm${subtask}` }, value));

function relayOf(keys: Partial<RuleConfig>, settings = {}): InMemoryRelay {
  const rules = [rule(WORDS, { kind: "counter", ...keys })];
  const relay = createInMemoryRelay({ settings: { rules, ...settings } });
  for (const round of [0, 1]) {
    relay.advance(10_000);
    for (const subtask of [0, 1]) relay.push(`/job/flink/tm/${subtask}`, words(subtask, 10 + round));
  }
  return relay;
}

describe("Flink's families", () => {
  test("lose what the level drops besides, and are counters", () => {
    const relay = relayOf({ without: ["tm", "task_id"] });
    expect(relay.view("merged")).toContain(`# TYPE ${WORDS} counter\n`);
    expect(samplesOf(relay.view("merged"), WORDS)).toEqual([
      `${WORDS}{instance="",job="flink",job_id="job1",job_name="wordcount",task_name="map"} 2`,
    ]);
  });

  test("with a level of the rule's own", () => {
    const view = relayOf({ without: ["tm"], level: "subtask" }).view("merged");
    expect(samplesOf(view, WORDS).map((line) => /subtask_index="(\d)"/.exec(line)?.[1])).toEqual(["0", "1"]);
  });

  test("are merged by a rule even where Flink's own are not", () => {
    const view = relayOf({ by: ["job"] }, { level: "attempt" }).view("merged");
    expect(samplesOf(view, WORDS)).toEqual([`${WORDS}{instance="",job="flink"} 2`]);
  });

  test("keep Flink's type where the operator wants it", () => {
    const view = relayOf({ by: [] }, { counterType: "gauge" }).view("merged");
    expect(view).toContain(`# TYPE ${WORDS} gauge\n`);
  });

  test("are like any other where Flink's own rules are off", () => {
    const relay = createInMemoryRelay({ settings: { flink: false } });
    relay.push("/job/flink", flinkBody(taskSample("numRecordsIn", {}, 1), taskSample("x", {}, 1)));
    expect(relay.view("merged")).toBe(relay.view("raw"));
    expect(relay.view("raw")).toContain("push_time_seconds");
  });
});

const entry = (match: string, keys: Partial<JobConfig>): JobConfig => ({
  match: selector(match),
  staleness: undefined,
  maxSeries: undefined,
  ...keys,
});

describe("jobs", () => {
  test("a group that is no fleet's expires by an entry, and is gone from both views", () => {
    const jobs = [entry('{job="ci"}', { staleness: 60_000 })];
    const relay = createInMemoryRelay({ settings: { jobs } });
    relay.push("/job/ci/run/1", "x 1\n");
    relay.push("/job/other", "x 1\n");
    relay.advance(59_000);
    expect(valuesOf(relay.view("merged"), "x")).toEqual([1, 1]);
    relay.advance(2_000);
    expect(relay.view("merged")).not.toContain('job="ci"');
    expect(relay.view("raw")).toContain('x{instance="",job="other"} 1\n');
    expect(relay.statuses().reduce((sum, { groups }) => sum + groups, 0)).toBe(1);
  });

  test("a fleet's group that must not expire", () => {
    const jobs = [entry('{job="shop"}', { staleness: "never" })];
    const relay = createInMemoryRelay({
      settings: { jobs, rules: [rule("g", { function: "sum", by: [] })] },
    });
    relay.push("/job/shop", gauge("g 4"));
    relay.advance(48 * 3_600_000);
    expect(valuesOf(relay.view("merged"), "g")).toEqual([4]);
  });

  test("the bound on the series of one push", () => {
    const jobs = [entry('{job="big"}', { maxSeries: 2 })];
    const relay = createInMemoryRelay({ settings: { jobs, maxSeriesPerPush: 1 } });
    expect(relay.push("/job/big", "a 1\nb 1\n")).toBeUndefined();
    for (const path of ["/job/big", "/job/big/new/1"]) {
      expect(relay.push(path, "a 1\nb 1\nc 1\n")?.message).toBe(
        "the push has more than 2 series: raise limits.series in the configuration file or push fewer",
      );
    }
    expect(relay.push("/job/small", "a 1\nb 1\n")?.message).toContain("raise --limit.series-per-push");
  });

  test("the bound on the series of one push is lowered under a body that is known", () => {
    const relay = createInMemoryRelay();
    expect(relay.push("/job/big", "a 1\nb 1\n")).toBeUndefined();
    relay.reload({ jobs: [entry('{job="big"}', { maxSeries: 1 })] });
    expect(relay.push("/job/big", "a 2\nb 2\n")?.code).toBe("too_many_series");
    expect(valuesOf(relay.view("merged"), "a")).toEqual([1]);
  });
});

test("a POST that replaces a merged family, and the body before it once more", () => {
  const relay = createInMemoryRelay({ settings: { rules: [rule("g", { function: "sum", by: ["a"] })] } });
  relay.push("/job/j", `${gauge('g{a="1"} 1')}y 1\n`);
  relay.push("/job/j", gauge('g{a="2"} 2'), { method: "POST" });
  relay.push("/job/j", `${gauge('g{a="1"} 3')}y 1\n`);
  expect(samplesOf(relay.view("merged"), "g")).toEqual(['g{a="1",instance="",job=""} 3']);
});
