import { describe, expect, test } from "vitest";
import type { Counts } from "../../support/anonymous-source.ts";
import { createAnonymousSource, nameOf } from "../../support/anonymous-source.ts";
import { flinkBody, processSample, taskSample } from "../../support/flink-body.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { valuesOf } from "../../support/view-text.ts";
import { rule } from "../rollup/rules/rules.ts";

// Counters that nothing in a body identifies: no id of an attempt, no random suffix of the job. They can restart
// under the same labels. The rules are 2b, 2d and 4c to 4f of counters.md.

/** Pushes bodies, a number standing for the counter `in` alone. */
function totalOf(bodies: readonly (number | string | Counts)[], family: "in" | "out" | "bytes" = "in") {
  const source = createAnonymousSource();
  for (const body of bodies) source.push(typeof body === "object" ? body : { in: body });
  return source.total(family);
}

describe("where several processes may write a key, a counter that the previous body lacked", () => {
  test.each<[string, Counts[], number]>([
    ["waits for the next body", [{ in: 5 }, { in: 6, out: 100 }], 0],
    ["counts once the next body goes on too", [{ in: 5 }, { in: 6, out: 100 }, { in: 7, out: 110 }], 110],
    ["counts if nothing else moves", [{ in: 5 }, { in: 5, out: 100 }, { in: 5, out: 100 }], 100],
    [
      "is a baseline if a counter is lower in its body",
      [{ in: 5 }, { in: 4, out: 100 }, { in: 6, out: 110 }],
      10,
    ],
    [
      "is a baseline if a counter is missing",
      [
        { in: 5, bytes: 1 },
        { in: 6, out: 100 },
        { in: 7, out: 110 },
      ],
      10,
    ],
    [
      "is a baseline if the next body has a lower one",
      [{ in: 5 }, { in: 6, out: 100 }, { in: 1, out: 110 }],
      10,
    ],
    ["is a baseline if the next body lacks one", [{ in: 5 }, { in: 6, out: 100 }, { out: 110 }], 10],
    [
      "is a baseline if the next body lacks it",
      [{ in: 5 }, { in: 6, out: 100 }, { in: 7 }, { in: 8, out: 110 }],
      10,
    ],
    // Another process with the same counter, and more of it, twice in a row with the first one's body between.
    [
      "does not wait any longer",
      [{ in: 5 }, { in: 120, out: 100 }, { in: 6 }, { in: 121, out: 101 }, { in: 122, out: 102 }],
      2,
    ],
  ])("%s", (_what, bodies, want) => {
    expect(totalOf(bodies, "out")).toBe(want);
  });

  test("and what it does not count is reported, when it is decided", () => {
    const source = createAnonymousSource();
    for (const body of [{ in: 5 }, { in: 6, out: 100 }]) source.push(body);
    expect(source.uncounted("baseline")).toBe(5);
    source.push({ in: 1, out: 110 });
    expect(source.uncounted("baseline")).toBe(105);
  });

  test("that a POST brings is judged by the previous push of its family, and by the next", () => {
    const source = createAnonymousSource();
    const post = (counts: Counts): void => source.push(counts, { method: "POST" });
    post({ "in 0": 5 });
    post({ bytes: 1 });
    post({ "in 0": 6, "in 1": 100 });
    post({ bytes: 0 });
    expect(source.total()).toBe(1);
    post({ "in 0": 7, "in 1": 100 });
    expect(source.total()).toBe(102);
  });

  test("that is in a family's first POST is a baseline: what was pushed before named other families", () => {
    const source = createAnonymousSource();
    source.push({ in: 5 });
    for (const value of [100, 110, 120]) source.push({ out: value }, { method: "POST" });
    expect(source.total("out")).toBe(20);
  });

  test("that never has a next body is reported when its source is forgotten", () => {
    const source = createAnonymousSource();
    for (const body of [{ in: 5 }, { in: 6, out: 100 }]) source.push(body);
    source.relay.delete("/job/flink");
    source.relay.advance(25 * 3_600_000);
    expect(source.uncounted("baseline")).toBe(105);
  });

  test("though its attempt is known: another JobManager may write the key", () => {
    const source = createAnonymousSource();
    const labels = `job_id="j",task_attempt_id="a",`;
    const push = (beat: number, value?: number): void => {
      const counter = value === undefined ? [] : [[nameOf("in"), labels, value] as const];
      source.relay.push("/job/flink", flinkBody([nameOf("out"), labels, beat], ...counter));
    };
    push(1);
    push(2, 50);
    expect(source.total()).toBe(0);
    push(3, 60);
    expect(source.total()).toBe(60);
  });
});

describe("a value that falls", () => {
  test.each<[string, (number | string | Counts)[], number]>([
    ["is a candidate at first", [100, 30], 0],
    ["is a reset if the next one is still below, and no lower", [100, 30, 40], 40],
    ["is a reset if the next one stands", [100, 30, { in: 30 }], 30],
    ["was a late body if the next one is back", [100, 30, 110], 10],
    ["was a late body if the next one is where it was", [100, 30, 100], 0],
    ["was a late body, and so is the next that falls", [100, 30, 110, 40], 10],
    ["is no reset if the next one is lower still, but that may be one", [100, 30, 5, 6], 6],
    ["is not decided by a body that lacks it", [100, 30, {}, 40], 40],
    ["is not decided by a body in which it has no value", [100, 30, "NaN", 40], 40],
    ["counts on from its reset", [100, 30, 40, 55], 55],
    ["may fall again", [100, 30, 40, 5, 6], 46],
    ["after a late body of its new life was no second reset", [100, 30, 40, 20, 60], 60],
    ["may be a fraction", [100, 0.5, 0.75], 0.75],
    ["past 2^53 is exact", [2 ** 54, 2 ** 53, 2 ** 53 + 2, 2 ** 53 + 4], 2 ** 53 + 4],
    ["to below zero is none", [100, -5, -4, 110], 10],
  ])("%s", (_what, bodies, want) => {
    expect(totalOf(bodies)).toBe(want);
  });

  test("or rises to a number that stands for no value is passed over", () => {
    const relay = createInMemoryRelay({ settings: { rules: [rule("x_total", { skip: [0, 999] })] } });
    for (const value of [999, 5, 999, 8, 0, 9])
      relay.push("/job/shop", `# TYPE x_total counter\nx_total ${value}\n`);
    expect(valuesOf(relay.view("merged"), "x_total")).toEqual([4]);
  });

  test("again in the very same body is a replay, and decides nothing", () => {
    const source = createAnonymousSource();
    for (const value of [100, 200, 300, 100, 100, 200, 310])
      source.relay.push("/job/flink", flinkBody([nameOf("in"), `job_id="j",`, value]));
    expect(source.total()).toBe(210);
  });

  test.each<[string, Counts[], number]>([
    [
      "with most of its cohort is a candidate",
      [
        { in: 9, out: 9, bytes: 1 },
        { in: 3, out: 3, bytes: 2 },
        { in: 4, out: 4, bytes: 3 },
      ],
      4,
    ],
    [
      "while as many rise is none",
      [
        { in: 9, out: 1 },
        { in: 3, out: 2 },
        { in: 4, out: 3 },
      ],
      0,
    ],
    [
      "while others stand is one",
      [
        { in: 9, out: 1, bytes: 1 },
        { in: 3, out: 1, bytes: 1 },
        { in: 4, out: 1, bytes: 1 },
      ],
      4,
    ],
    [
      "while another subtask's rise is one",
      [
        { in: 9, "out 1": 1, "bytes 1": 1 },
        { in: 3, "out 1": 2, "bytes 1": 2 },
        { in: 4, "out 1": 3, "bytes 1": 3 },
      ],
      4,
    ],
  ])("%s", (_what, bodies, want) => {
    expect(totalOf(bodies)).toBe(want);
  });

  test("twice before it is confirmed is reported: a life of which one body told", () => {
    const source = createAnonymousSource();
    for (const value of [100, 30, 5, 6]) source.push({ in: value });
    expect(source.total()).toBe(6);
    expect(source.uncounted("unconfirmed")).toBe(30);
  });

  test("is a late body's where the job has a random suffix", () => {
    const source = createAnonymousSource();
    const path = `/job/flink${"0".repeat(32)}`;
    for (const value of [100, 30, 40, 110]) source.push({ in: value }, { path });
    expect(source.total()).toBe(10);
  });

  test("of a process may be a restart under the same tm_id", () => {
    const source = createAnonymousSource();
    for (const [i, value] of [100, 30, 40].entries()) {
      const beat = processSample("Status_JVM_Threads_Count", "tm1", i);
      source.relay.push("/job/flink", flinkBody(beat, processSample("Status_JVM_CPU_Time", "tm1", value)));
    }
    expect(valuesOf(source.relay.view("merged"), "flink_taskmanager_Status_JVM_CPU_Time")).toEqual([40]);
  });

  test("goes on from its last value when it had departed: 100, gone, 30, 40", () => {
    expect(totalOf([50, 100, {}, 30, 40])).toBe(90);
  });
});

describe("a body that proves a restart", () => {
  test.each<[string, Counts[], number]>([
    ["counts what it shows for the first time", [{ in: 9 }, { in: 3 }, { in: 4, out: 7 }], 7],
    ["unless it belongs to another cohort", [{ in: 9 }, { in: 3 }, { in: 4, "out 1": 7 }], 0],
    ["not what the candidate's body showed first", [{ in: 9 }, { in: 3, out: 7 }, { in: 4, out: 8 }], 1],
    [
      "not if more of the cohort stands where it was",
      [
        { in: 9, bytes: 5 },
        { in: 3, bytes: 5 },
        { in: 4, bytes: 5, out: 7 },
      ],
      0,
    ],
    [
      "lets what has departed begin anew as well",
      [{ in: 9, out: 50 }, { in: 3 }, { in: 4 }, { in: 5, out: 7 }],
      7,
    ],
    ["even in that body", [{ in: 9, out: 50 }, { in: 3 }, { in: 4, out: 7 }], 7],
  ])("%s", (_what, bodies, want) => {
    expect(totalOf(bodies, "out")).toBe(want);
  });
});

describe("two writers that nothing tells apart", () => {
  const low = [1000, 10, 20];

  test("show themselves when a counter that rose to where it was before its reset falls back", () => {
    const source = createAnonymousSource();
    for (const value of [...low, 1010]) source.push({ in: value });
    expect(source.total()).toBe(30);
    source.push({ in: 30 });
    expect(source.relay.tally("sluice_collisions_total", `job="flink"`)).toBe(1);
    expect(source.uncounted("collision")).toBe(980);
    expect(frozen(source)).toBe(1);
  });

  test("are frozen: nothing is added, and what rises is reported", () => {
    const source = createAnonymousSource();
    for (const value of [...low, 1010, 30, 1020, 40, 1030]) source.push({ in: value });
    expect(source.total()).toBe(30);
    expect(source.uncounted("collision")).toBe(980 + 20);
    source.push({ in: 1031, out: 5 });
    expect(source.total("out")).toBe(0);
    expect(source.uncounted("collision")).toBe(980 + 20 + 1 + 5);
  });

  test.each([
    ["goes on after ten bodies without a fall", 10, 31],
    ["does not after nine", 9, 30],
  ])("and one that is left %s", (_what, bodies, want) => {
    const source = createAnonymousSource();
    for (const value of [...low, 1010, 30]) source.push({ in: value });
    for (let i = 1; i <= bodies; i += 1) source.push({ in: 30 + i });
    expect(frozen(source)).toBe(bodies === 10 ? 0 : 1);
    source.push({ in: 31 + bodies });
    expect(source.total()).toBe(want);
  });

  test("stay frozen with every fall", () => {
    const source = createAnonymousSource();
    for (const value of [...low, 1010, 30]) source.push({ in: value });
    for (let i = 1; i < 30; i += 1) source.push({ in: i % 9 === 0 ? 1 : 30 + i });
    expect(source.total()).toBe(30);
  });

  test("leave what is identified as it is", () => {
    const source = createAnonymousSource();
    const push = (value: number, records: number): void => {
      const counter = taskSample("numRecordsOut", {}, records);
      const process = processSample("Status_JVM_CPU_Time", "tm1", value);
      source.relay.push("/job/flink", flinkBody(process, counter));
    };
    for (const [i, value] of [...low, 1010, 30, 31, 32].entries()) push(value, i);
    expect(source.relay.tally("sluice_collisions_total", "")).toBe(1);
    expect(source.total("out")).toBe(6);
  });

  test.each<[string, number[], number]>([
    [
      "falls below the low branch is no second writer: what was held counts after ten bodies",
      [1010, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
      1010 + 15,
    ],
    [
      "goes on rising for ten bodies is one process: what was held counts",
      [1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019, 1020, 1021],
      1021,
    ],
    [
      "does so later than ten bodies after its reset simply rises",
      [21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 1010],
      1010,
    ],
  ])("one that %s", (_what, more, want) => {
    expect(totalOf([...low, ...more])).toBe(want);
  });
});

describe("a counter that falls three times while its like rises", () => {
  const falling: Counts[] = [
    { in: 5, out: 1 },
    { in: 4, out: 2 },
    { in: 5, out: 3 },
    { in: 4, out: 4 },
    { in: 3, out: 5 },
  ];

  test("is no counter: its family passes through as a gauge, and is reported", () => {
    const source = createAnonymousSource();
    for (const body of falling.slice(0, 4)) source.push(body);
    expect(source.total()).toBe(0);
    source.push(falling[4] ?? {});
    expect(source.total()).toBeUndefined(); // the counter's life has ended
    source.push({ in: 2, out: 6 });
    expect(source.total()).toBe(2);
    expect(source.relay.view("merged")).toContain(`# TYPE ${nameOf("in")} gauge\n`);
    expect(source.total("out")).toBe(5);
    expect(source.relay.statuses().flatMap(({ marks }) => marks)).toContainEqual({
      job: "flink",
      family: nameOf("in"),
    });
  });

  test("in every partition, but in no other job", () => {
    const source = createAnonymousSource({ partitions: 16, shards: 3 });
    const paths = Array.from({ length: 6 }, (_, i) => `/job/flink/zone/${i}`);
    for (const path of paths) source.push({ in: 50, out: 1 }, { path });
    source.push({ in: 50 }, { path: "/job/other" });
    for (const body of falling) source.push(body);
    for (const path of paths) source.push({ in: 60, out: 2 }, { path });
    source.push({ in: 60 }, { path: "/job/other" });
    const shown = valuesOf(source.relay.view("merged"), nameOf("in"));
    expect(shown.toSorted((a, b) => a - b)).toEqual([10, 60, 60, 60, 60, 60, 60]);
    // One family, one TYPE: where a mark is for one job only, none is true.
    expect(source.relay.view("merged")).toContain(`# TYPE ${nameOf("in")} untyped\n`);
  });

  test("though it is identified: Flink's counters can be decremented", () => {
    const source = createAnonymousSource();
    for (const { in: value, out } of falling) {
      const body = flinkBody(taskSample("numRecordsIn", {}, value!), taskSample("numRecordsOut", {}, out!));
      source.relay.push("/job/flink", body);
    }
    expect(source.total()).toBeUndefined();
  });

  test.each<[string, Counts[]]>([
    [
      "falls with another family: that may be another process",
      falling.map(({ in: value, out }) => ({ in: value!, bytes: value!, out: out!, buffers: out! })),
    ],
    ["falls while the others stand", falling.map(({ in: value }) => ({ in: value!, out: 1 }))],
    [
      "has fallen once, and rises since from there",
      [
        { in: 9, out: 1 },
        { in: 3, out: 2 },
        { in: 4, out: 3 },
        { in: 5, out: 4 },
        { in: 6, out: 5 },
      ],
    ],
  ])("unless it %s", (_what, bodies) => {
    const source = createAnonymousSource();
    for (const body of bodies) source.push(body);
    expect(source.relay.statuses().flatMap(({ marks }) => marks)).toEqual([]);
  });

  test("of a summary takes the summary's count with it, whose quantiles are shown as pushed", () => {
    const source = createAnonymousSource();
    const name = "flink_taskmanager_job_latency_source_id_operator_id_operator_subtask_index_latency";
    const labels = `job_id="j",`;
    for (const { in: count, out } of [...falling, { in: 7, out: 7 }]) {
      const summary = `# TYPE ${name} summary\n${name}_count{${labels}} ${count}\n${name}{${labels}quantile="0.5"} 1\n`;
      source.relay.push("/job/flink", summary + flinkBody([nameOf("out"), labels, out!]));
    }
    expect(valuesOf(source.relay.view("merged"), `${name}_count`)).toEqual([7]);
    expect(source.relay.view("merged")).toContain(`# TYPE ${name} summary\n`);
  });

  test("counts from zero again, from where it stands, once an operator has taken the mark back", () => {
    const source = createAnonymousSource();
    source.push({ "in 1": 50 });
    for (const body of falling) source.push(body);
    source.push({ in: 90, out: 6 });
    source.relay.unmark("flink", nameOf("in"));
    source.push({ in: 100, out: 7, "in 1": 80 });
    source.push({ in: 105, out: 8, "in 1": 80 });
    expect(source.total()).toBe(5);
    expect(source.relay.view("merged")).toContain(`# TYPE ${nameOf("in")} counter\n`);
    expect(source.relay.statuses().flatMap(({ marks }) => marks)).toEqual([]);
  });
});

function frozen({ relay }: ReturnType<typeof createAnonymousSource>): number {
  return relay
    .statuses()
    .flatMap(({ sources }) => sources)
    .reduce((sum, { frozen: count }) => sum + count, 0);
}
