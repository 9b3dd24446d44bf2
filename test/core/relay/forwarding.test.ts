import { describe, expect, test } from "vitest";
import { flinkBody, processSample, taskSample } from "../../support/flink-body.ts";
import { forward, forwardsOf, push } from "../../support/forward.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { createKeptStore } from "../../support/kept-store.ts";
import { rule } from "../rollup/rules/rules.ts";
import { samplesOf, valuesOf } from "../../support/view-text.ts";

const HOUR = 3_600_000;
const RECORDS = "flink_taskmanager_job_task_numRecordsIn";

/** Three relays under one clock: two that are pushed to and one to which they forward. */
function site() {
  const relays = { a: createInMemoryRelay(), b: createInMemoryRelay(), centre: createInMemoryRelay() };
  const advance = (ms: number): void => {
    for (const relay of Object.values(relays)) relay.advance(ms);
  };
  advance(HOUR);
  return { ...relays, advance };
}

/** A TaskManager whose task is first seen idle, so that its births are proven. */
function pushRecords(relay: InMemoryRelay, tm: string, value: number): void {
  relay.push(
    "/job/fleet",
    flinkBody(taskSample("numRecordsIn", { tm, subtask: Number(tm.slice(2)) }, value)),
  );
}

function show(relay: InMemoryRelay): string {
  return relay.view("merged");
}

function records(relay: InMemoryRelay): number | undefined {
  return valuesOf(show(relay), RECORDS)[0];
}

describe("counters", () => {
  test("of two relays are added up, and say nothing of where they came from", () => {
    const { a, b, centre, advance } = site();
    pushRecords(a, "tm1", 0);
    pushRecords(b, "tm2", 0);
    for (const [one, other] of [
      [5, 100],
      [7, 130],
    ] as const) {
      pushRecords(a, "tm1", one);
      pushRecords(b, "tm2", other);
      forward(a, centre, "a");
      forward(b, centre, "b");
      advance(10_000);
    }
    expect(samplesOf(show(centre), RECORDS)).toEqual(
      samplesOf(show(a), RECORDS).map((line) => line.replace(/ 7$/, " 137")),
    );
    expect(show(centre)).toContain(`# TYPE ${RECORDS} counter\n`);
  });

  test("that are forwarded twice, or late, count once", () => {
    const { a, centre } = site();
    pushRecords(a, "tm1", 0);
    pushRecords(a, "tm1", 5);
    const before = forwardsOf(a, "a");
    for (const each of [...before, ...before]) push(centre, each);
    pushRecords(a, "tm1", 9);
    forward(a, centre, "a");
    for (const each of before) push(centre, each);
    forward(a, centre, "a");
    expect(records(centre)).toBe(9);
  });

  test("go on when a relay starts again with its storage", () => {
    const { centre } = site();
    const a = createInMemoryRelay({ store: createKeptStore() });
    a.advance(HOUR);
    pushRecords(a, "tm1", 0);
    pushRecords(a, "tm1", 50);
    forward(a, centre, "a");
    a.restart();
    forward(a, centre, "a");
    expect(records(centre)).toBe(50);
    pushRecords(a, "tm1", 60);
    forward(a, centre, "a");
    expect(records(centre)).toBe(records(a));
  });

  test("of a relay that starts without its storage are those of a new process", () => {
    const { a, b, centre, advance } = site();
    pushRecords(a, "tm1", 0);
    pushRecords(a, "tm1", 50);
    forward(a, centre, "a");
    advance(10_000);
    // The relay that takes its place has heard of nothing.
    pushRecords(b, "tm1", 50);
    pushRecords(b, "tm1", 53);
    forward(b, centre, "a");
    expect(records(b)).toBe(3);
    expect(records(centre)).toBe(53);
    // Beyond what the one before it had counted.
    advance(10_000);
    pushRecords(b, "tm1", 200);
    forward(b, centre, "a");
    expect(records(centre)).toBe(200);
  });

  test("that a relay had counted before it was heard of are a baseline, which is told", () => {
    const { a, centre, advance } = site();
    pushRecords(a, "tm1", 0);
    pushRecords(a, "tm1", 1000);
    advance(HOUR);
    pushRecords(a, "tm1", 1000);
    forward(a, centre, "a");
    expect(records(centre)).toBe(0);
    expect(centre.tally("sluice_uncounted_increase_total", 'reason="baseline"')).toBe(1000);
    pushRecords(a, "tm1", 1004);
    forward(a, centre, "a");
    expect(records(centre)).toBe(4);
  });

  test("that appeared between a relay's view and its arrival are counted whole", () => {
    const { a, centre, advance } = site();
    pushRecords(a, "tm1", 0);
    const [view] = forwardsOf(a, "a");
    advance(3_000);
    const task = { tm: "tm2", task: "sink" };
    a.push("/job/fleet2", flinkBody(taskSample("mailboxQueueSize", task, 0)));
    a.push(
      "/job/fleet2",
      flinkBody(taskSample("mailboxQueueSize", task, 0), taskSample("numRecordsIn", task, 8)),
    );
    a.push("/job/fleet", flinkBody(taskSample("mailboxQueueSize", task, 0)));
    a.push(
      "/job/fleet",
      flinkBody(taskSample("mailboxQueueSize", task, 0), taskSample("numRecordsOut", task, 4)),
    );
    advance(2_000);
    if (view !== undefined) push(centre, view);
    advance(10_000);
    forward(a, centre, "a");
    expect(valuesOf(show(centre), "flink_taskmanager_job_task_numRecordsOut")).toEqual([4]);
  });

  test("go on under a start that is a little earlier: clocks of a relay's partitions differ", () => {
    const { centre, advance } = site();
    const forwardBegun = (value: number, agoMs: number): void => {
      const began = (1_700_000_000_000 + centre.observedMs() - agoMs) / 1000;
      const body = `# TYPE c counter\nc_total ${value}\nc_created ${began}\n# EOF\n`;
      centre.push("/job/j/sluice_relay/a", body, { format: "openmetrics" });
      advance(10_000);
    };
    forwardBegun(5, 1_000);
    forwardBegun(8, 11_030);
    forwardBegun(9, 21_030);
    expect(valuesOf(show(centre), "c_total")).toEqual([9]);
    // A late body of a life before this one.
    forwardBegun(30, 120_000);
    forwardBegun(2, 41_090);
    forwardBegun(10, 51_030);
    expect(valuesOf(show(centre), "c_total")).toEqual([10]);
  });

  test("count by their start alone: which attempt of a task a relay tells of first says nothing", () => {
    const { centre, advance } = site();
    const began = (1_700_000_000_000 + centre.observedMs() - 1_000) / 1000;
    function forwardAttempts(...numbers: readonly number[]): void {
      const lines = numbers.flatMap((number) => {
        const labels = `job_id="j",task_id="t",subtask_index="0",task_attempt_id="a${number}",task_attempt_num="${number}"`;
        return [`c_total{${labels}} 5`, `c_created{${labels}} ${began}`];
      });
      const body = ["# TYPE c counter", ...lines, "# EOF", ""].join("\n");
      expect(centre.push("/job/j/sluice_relay/a", body, { format: "openmetrics" })).toBeUndefined();
      advance(10_000);
    }
    forwardAttempts(1);
    forwardAttempts(1, 0);
    expect(valuesOf(show(centre), "c_total")).toEqual([5, 5]);
  });

  test("stay when a relay falls silent, while its gauges leave", () => {
    const { a, b, centre, advance } = site();
    for (const [relay, tm] of [
      [a, "tm1"],
      [b, "tm2"],
    ] as const) {
      pushRecords(relay, tm, 0);
      pushRecords(relay, tm, 10);
      relay.push("/job/fleet", flinkBody(processSample("Status_JVM_CPU_Load", tm, 0.5)), { method: "POST" });
    }
    forward(a, centre, "a");
    forward(b, centre, "b");
    const load = "flink_taskmanager_Status_JVM_CPU_Load";
    expect(valuesOf(show(centre), load)).toHaveLength(2);
    for (let i = 0; i < 60; i += 1) {
      advance(10_000);
      pushRecords(b, "tm2", 11 + i);
      forward(b, centre, "b");
    }
    expect(samplesOf(show(centre), load)).toEqual([]);
    expect(records(centre)).toBe(80);
  });

  test("outlive a restart of the receiver", () => {
    const { a } = site();
    const centre = createInMemoryRelay({ store: createKeptStore() });
    centre.advance(HOUR);
    pushRecords(a, "tm1", 0);
    pushRecords(a, "tm1", 50);
    forward(a, centre, "a");
    centre.restart();
    expect(records(centre)).toBe(50);
    pushRecords(a, "tm1", 51);
    forward(a, centre, "a");
    expect(records(centre)).toBe(51);
  });
});

describe("what no start tells of", () => {
  test("keeps the name of its relay: gauges, and counters of groups that are merely kept", () => {
    const { a, b, centre } = site();
    for (const [relay, value] of [
      [a, 3],
      [b, 4],
    ] as const) {
      relay.push(
        "/job/batch/instance/i",
        `# TYPE rows counter\nrows ${value}\n# TYPE left gauge\nleft ${value}\n`,
      );
    }
    forward(a, centre, "a");
    forward(b, centre, "b");
    expect(show(centre)).toBe(
      [
        "# TYPE left gauge",
        'left{instance="i",job="batch",sluice_relay="a"} 3',
        'left{instance="i",job="batch",sluice_relay="b"} 4',
        "# TYPE rows counter",
        'rows{instance="i",job="batch",sluice_relay="a"} 3',
        'rows{instance="i",job="batch",sluice_relay="b"} 4',
        "",
      ].join("\n"),
    );
  });

  test("is not taken for a counter when it tells of a start later, and begins to be added up then", () => {
    const { centre } = site();
    const text = "# TYPE rows counter\nrows_total 5\n";
    const began = (seconds: number): string => `${text}rows_created ${seconds}\n# EOF\n`;
    centre.push("/job/batch/sluice_relay/a", `${text}# EOF\n`, { format: "openmetrics" });
    expect(samplesOf(show(centre), "rows_total")).toEqual([
      'rows_total{instance="",job="batch",sluice_relay="a"} 5',
    ]);
    const now = 1_700_000_000 + centre.observedMs() / 1000;
    centre.push("/job/batch/sluice_relay/a", began(now - 1), { format: "openmetrics" });
    expect(samplesOf(show(centre), "rows_total")).toEqual(['rows_total{instance="",job="batch"} 5']);
  });
});

test("histograms are added up over relays, and summaries by their counts; of quantiles the worst relay's is shown", () => {
  const { centre } = site();
  for (const [id, count, p99] of [
    ["a", 2, 5],
    ["b", 40, 3],
  ] as const) {
    const relay = createInMemoryRelay({ settings: { rules: [rule("s", {}), rule("h", {})] } });
    relay.advance(HOUR);
    const body = (n: number): string =>
      `# TYPE s summary\ns{quantile="0.99"} ${p99}\ns_sum ${n / 2}\ns_count ${n}\n` +
      `# TYPE h histogram\nh_bucket{le="1"} ${n / 2}\nh_bucket{le="+Inf"} ${n}\nh_sum ${n / 4}\nh_count ${n}\n`;
    relay.push("/job/j", "# TYPE s summary\ns_count 0\n");
    relay.push("/job/j", body(0));
    relay.push("/job/j", body(count));
    relay.push("/job/j", body(count + 2));
    forward(relay, centre, id);
  }
  expect(show(centre)).toBe(
    [
      "# TYPE h histogram",
      'h_bucket{instance="",job="j",le="1"} 23',
      'h_bucket{instance="",job="j",le="+Inf"} 46',
      'h_sum{instance="",job="j"} 11.5',
      'h_count{instance="",job="j"} 46',
      "# TYPE s summary",
      's{instance="",job="j",quantile="0.99"} 5',
      's_sum{instance="",job="j"} 23',
      's_count{instance="",job="j"} 46',
      "",
    ].join("\n"),
  );
});

test("series of a receiver's own fleet have the types that Flink gives them, beside those of relays", () => {
  const { a, centre } = site();
  pushRecords(a, "tm1", 0);
  pushRecords(a, "tm1", 5);
  forward(a, centre, "a");
  pushRecords(centre, "tm2", 0);
  pushRecords(centre, "tm2", 30);
  expect(records(centre)).toBe(35);
  expect(centre.tally("sluice_left_out_series_total", "")).toBe(0);
});

test("HELP comes along", () => {
  const { a, b, centre } = site();
  pushRecords(a, "tm1", 5);
  a.push("/job/batch", "# HELP rows How many.\n# TYPE rows gauge\nrows 1\n");
  forward(a, b, "a");
  forward(b, centre, "b");
  for (const view of ["merged", "raw"] as const) {
    expect(centre.view(view)).toContain("# HELP rows How many.\n# TYPE rows gauge\nrows{");
    expect(centre.view(view)).toContain(`# HELP ${RECORDS} about ${RECORDS}\n# TYPE`);
  }
});

test("nobody is refused for what a relay has forwarded", () => {
  const { a, centre } = site();
  a.push("/job/batch", "# TYPE rows counter\nrows 5\n");
  forward(a, centre, "a");
  expect(centre.push("/job/batch", "# TYPE rows gauge\nrows 6\n")).toBeUndefined();
  expect(centre.push("/job/other", "# TYPE rows summary\nrows_count 6\n")?.message).toContain("rows");
  expect(valuesOf(show(centre), "rows")).toEqual([6, 5]);
  expect(valuesOf(centre.view("raw"), "rows")).toEqual([5, 6]);
});

test("a relay's TaskManagers are no processes behind its group: one that is left alone is no other source", () => {
  const { a, centre, advance } = site();
  const bodies = ["tm1", "tm2"].map(
    (tm) => [tm, flinkBody(processSample("Status_JVM_CPU_Load", tm, 1))] as const,
  );
  for (const [tm, body] of bodies) a.push(`/job/fleet/tm/${tm}`, body);
  forward(a, centre, "a");
  advance(10_000);
  a.delete("/job/fleet/tm/tm1");
  forward(a, centre, "a");
  expect(valuesOf(show(centre), "flink_taskmanager_Status_JVM_CPU_Load")).toHaveLength(1);
  expect(centre.statuses().flatMap(({ sources }) => sources)).toMatchObject([
    { job: "fleet", state: "live", count: 1 },
  ]);
});

test("no rule and no preset of the receiver has a say", () => {
  const { a } = site();
  const centre = createInMemoryRelay({
    settings: { flink: false, level: "attempt", instanceLabel: "tm_id" },
  });
  centre.advance(HOUR);
  pushRecords(a, "tm1", 0);
  pushRecords(a, "tm1", 5);
  a.push("/job/fleet", flinkBody(processSample("Status_JVM_CPU_Load", "tm1", 0.5)), { method: "POST" });
  forward(a, centre, "a");
  const load = "flink_taskmanager_Status_JVM_CPU_Load";
  expect(show(centre).replaceAll(',sluice_relay="a"', "")).toBe(show(a));
  expect(samplesOf(show(centre), load)).toEqual([expect.stringContaining('sluice_relay="a"')]);
});

describe("a chain", () => {
  test("adds counters up at each step, and names the way of what it does not", () => {
    const { a, b, centre } = site();
    pushRecords(a, "tm1", 0);
    pushRecords(b, "tm2", 0);
    pushRecords(a, "tm1", 5);
    pushRecords(b, "tm2", 7);
    a.push("/job/batch", "left 3\n");
    forward(a, b, "a");
    forward(b, centre, "b");
    expect(records(centre)).toBe(12);
    expect(samplesOf(show(centre), "left")).toEqual(['left{instance="",job="batch",sluice_relay="b/a"} 3']);
  });

  test("does not go round: what has come back is not sent on", () => {
    const { a, b } = site();
    a.push("/job/batch", "left 3\n");
    for (let i = 0; i < 3; i += 1) {
      forward(a, b, "a");
      forward(b, a, "b");
    }
    expect(samplesOf(show(b), "left")).toEqual(['left{instance="",job="batch",sluice_relay="a"} 3']);
    expect(forwardsOf(a, "a").map(({ path }) => path)).toEqual(["/job/batch/sluice_relay/a"]);
  });
});
