import { describe, expect, test } from "vitest";
import type { Histogram, HistogramRelay } from "../../support/histogram-source.ts";
import { createHistogramRelay } from "../../support/histogram-source.ts";
import { samplesOf } from "../../support/view-text.ts";
import { rule } from "../rollup/rules/rules.ts";

const RULES = [rule("h", { without: ["instance"] }), rule("x_total", { without: ["instance"] })];

/** A relay that has heard of the instances before they had a histogram. */
function watching(...instances: string[]): HistogramRelay {
  const source = createHistogramRelay({ settings: { rules: RULES } });
  for (const instance of instances) source.push(instance, { count: 0, sum: 0 });
  return source;
}

/** The numbers of the merged histogram after pushes of one anonymous process. */
function afterPushes(...pushes: readonly Histogram[]): { source: HistogramRelay; shown: Histogram } {
  const source = watching();
  for (const histogram of pushes) source.push("a", histogram);
  return { source, shown: source.shown() };
}

/** The two values of a key that two processes write. */
const low = (n: number): Histogram => ({ 1: n, 5: n, count: 10 + n, sum: n });
const high = (n: number): Histogram => ({ 1: n, 5: 500 + n, count: 1000 + n, sum: n });
const other = (n: number): string => `# TYPE x_total counter\nx_total ${n}\n`;
const zero = { 1: 0, 5: 0, count: 0, sum: 0 };

describe("one process", () => {
  test("what it has counted before is a baseline, for all of its numbers at once", () => {
    const { source, shown } = afterPushes(
      { 1: 10, 5: 20, count: 30, sum: 99 },
      { 1: 11, 5: 22, count: 33, sum: 109 },
    );
    expect(shown).toEqual({ 1: 1, 5: 2, "+Inf": 3, count: 3, sum: 10 });
    expect(source.uncounted("baseline")).toBe(30);
  });

  test("the sum may fall, and the merged one with it", () => {
    const { source, shown } = afterPushes(
      zero,
      { 1: 1, 5: 1, count: 1, sum: 5 },
      { 1: 3, 5: 3, count: 3, sum: -4 },
    );
    expect(shown).toEqual({ 1: 3, 5: 3, "+Inf": 3, count: 3, sum: -4 });
    expect(source.leftOut("quarantined")).toBe(0);
  });

  test("a restart is one for all: a bucket that stood at zero does not hold it up", () => {
    const { shown } = afterPushes(
      zero,
      { 1: 0, 5: 50, count: 100, sum: 1000 },
      { 1: 0, 5: 0, count: 2, sum: 20 },
      { 1: 0, 5: 1, count: 4, sum: 35 },
    );
    expect(shown).toEqual({ 1: 0, 5: 51, "+Inf": 104, count: 104, sum: 1035 });
  });

  test("a late body changes none of its numbers", () => {
    const { shown } = afterPushes(
      zero,
      { 1: 5, 5: 50, count: 100, sum: 1000 },
      { 1: 4, 5: 40, count: 90, sum: 900 },
      { 1: 6, 5: 55, count: 110, sum: 1100 },
    );
    expect(shown).toEqual({ 1: 6, 5: 55, "+Inf": 110, count: 110, sum: 1100 });
  });

  test("gone and back: it goes on from where all of its numbers were", () => {
    const source = watching();
    source.push("a", zero);
    source.push("a", { 1: 10, 5: 20, count: 30, sum: 40 });
    source.relay.delete("/job/shop/instance/a");
    source.relay.advance(60_000);
    source.push("a", { 1: 15, 5: 26, count: 37, sum: 48 });
    expect(source.shown()).toEqual({ 1: 15, 5: 26, "+Inf": 37, count: 37, sum: 48 });
  });

  test("a POST of another family leaves it alone", () => {
    const source = watching();
    source.push("a", zero);
    source.push("a", { 1: 1, 5: 2, count: 3, sum: 4 });
    source.relay.push("/job/shop/instance/a", "# TYPE x_total counter\nx_total 5\n", { method: "POST" });
    source.push("a", { 1: 2, 5: 4, count: 6, sum: 8 }, "", "POST");
    expect(source.shown()).toEqual({ 1: 2, 5: 4, "+Inf": 6, count: 6, sum: 8 });
  });

  test("without a count its +Inf bucket decides, and the count is shown", () => {
    const { shown } = afterPushes({ 1: 1, inf: 2, sum: 3 }, { 1: 2, inf: 4, sum: 6 });
    expect(shown).toEqual({ 1: 1, "+Inf": 2, count: 2, sum: 3 });
  });

  test("without a +Inf bucket the count is shown as one", () => {
    const source = watching();
    for (const n of [1, 3]) {
      const text = `# TYPE h histogram\nh_bucket{le="1"} ${n}\nh_sum 0\nh_count ${2 * n}\n`;
      source.relay.push("/job/shop/instance/a", text);
    }
    expect(source.shown()).toEqual({ 1: 2, "+Inf": 4, count: 4, sum: 0 });
  });

  test("without either it is left out", () => {
    const source = watching();
    source.relay.push("/job/shop/instance/a", '# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 0\n');
    expect(source.shown()).toEqual({});
    expect(source.leftOut("no_count")).toBe(2);
  });

  test("without a sum there is none", () => {
    const { shown } = afterPushes({ 1: 1, count: 2 }, { 1: 2, count: 4 });
    expect(shown).toEqual({ 1: 1, "+Inf": 2, count: 2 });
  });

  test("boundaries are numbers, whatever their text, and stand in order", () => {
    const source = watching();
    for (const n of [0, 1]) {
      const text = `# TYPE h histogram\nh_bucket{le="1e1"} ${n}\nh_bucket{le="1.0"} ${n}\nh_bucket{le="+Inf"} ${n}\nh_sum ${n}\nh_count ${n}\n`;
      source.relay.push("/job/shop/instance/a", text);
    }
    expect(samplesOf(source.relay.view("merged"), "h_bucket")).toEqual([
      'h_bucket{instance="",job="shop",le="1"} 1',
      'h_bucket{instance="",job="shop",le="10"} 1',
      'h_bucket{instance="",job="shop",le="+Inf"} 1',
    ]);
  });
});

describe("numbers that cannot be a histogram's are left out whole, and told", () => {
  test.each<[string, Histogram]>([
    ["a bucket that is no number", { 1: "NaN", 5: 3, count: 3, sum: 3 }],
    ["an infinite bucket", { 1: 1, 5: "+Inf", count: 3, sum: 3 }],
    ["a count that is no number", { 1: 1, 5: 3, count: "NaN", sum: 3 }],
    ["a count without end", { 1: 1, 5: 3, count: "+Inf", sum: 3 }],
    ["a sum that is no number", { 1: 1, 5: 3, count: 3, sum: "NaN" }],
    ["an infinite sum", { 1: 1, 5: 3, count: 3, sum: "-Inf" }],
    ["buckets that are not cumulative", { 1: 3, 5: 2, count: 3, sum: 3 }],
    ["a bucket above the count", { 1: 1, 5: 4, count: 3, sum: 3 }],
    ["a +Inf bucket that is not the count", { 1: 1, 5: 2, count: 3, inf: 4, sum: 3 }],
    ["a bucket that has fallen while the count has risen", { 1: 0, 5: 3, count: 3, sum: 3 }],
    ["a bucket that has risen by more than the one above it", { 1: 3, 5: 3, count: 4, sum: 3 }],
  ])("%s", (_what, odd) => {
    const source = watching();
    source.push("a", zero);
    source.push("a", { 1: 1, 5: 2, count: 2, sum: 2 });
    source.push("a", odd);
    expect(source.shown()).toEqual({ 1: 1, 5: 2, "+Inf": 2, count: 2, sum: 2 });
    expect(source.leftOut("quarantined")).toBe(1);
    // It was there, and goes on.
    source.push("a", { 1: 3, 5: 4, count: 5, sum: 7 });
    expect(source.shown()).toEqual({ 1: 3, 5: 4, "+Inf": 5, count: 5, sum: 7 });
    expect(source.uncounted("contradiction")).toBe(0);
  });
});

test("numbers that cannot be a histogram's are no first value, and no restart", () => {
  const { source, shown } = afterPushes(
    { 1: "NaN", 5: 70, count: 80, sum: 80 },
    { 1: 80, 5: 90, count: 100, sum: 100 },
    { 1: 1, 5: 1, count: 2, sum: 2 },
    { 1: 9, 5: 3, count: 4, sum: 4 },
    { 1: 2, 5: 5, count: 6, sum: 6 },
  );
  expect(source.uncounted("baseline")).toBe(100);
  expect(source.leftOut("quarantined")).toBe(2);
  expect(shown).toEqual({ 1: 2, 5: 5, "+Inf": 6, count: 6, sum: 6 });
});

describe("a count that has risen over buckets that have fallen: another life, of which nobody saw the start", () => {
  const old = { 1: 80, 5: 90, count: 100, sum: 100 };
  const later = { 1: 10, 5: 60, count: 130, sum: 900 };
  const next = { 1: 12, 5: 65, count: 140, sum: 950 };

  test("the next body confirms it: it counts from there", () => {
    const { source, shown } = afterPushes(zero, old, later, next, { 1: 13, 5: 67, count: 145, sum: 960 });
    expect(shown).toEqual({ 1: 81, 5: 92, "+Inf": 105, count: 105, sum: 110 });
    expect(source.uncounted("contradiction")).toBe(40);
  });

  test("a body that goes on from the old one shows that it was none", () => {
    const { source, shown } = afterPushes(zero, old, later, { 1: 81, 5: 91, count: 131, sum: 101 }, next);
    expect(shown).toEqual({ 1: 81, 5: 91, "+Inf": 131, count: 131, sum: 101 });
    expect(source.uncounted("contradiction")).toBe(0);
  });

  test("two in a row that do not go together confirm nothing", () => {
    const { shown } = afterPushes(
      zero,
      old,
      later,
      { ...later, 1: 3, count: 150 },
      { 1: 80, 5: 95, count: 160, sum: 0 },
    );
    expect(shown).toEqual({ 1: 80, 5: 95, "+Inf": 160, count: 160, sum: 0 });
  });
});

describe("two processes on one key, which nothing tells apart", () => {
  test("what is held back is added or dropped as a whole", () => {
    const source = watching();
    for (const histogram of [zero, high(0), low(1), low(2), high(1), low(3)]) source.push("a", histogram);
    expect(source.relay.tally("sluice_collisions_total", "")).toBe(1);
    expect(source.shown()).toEqual({ 1: 3, 5: 503, "+Inf": 1013, count: 1013, sum: 3 });
    for (let n = 4; n < 14; n += 1) source.push("a", low(n));
    source.push("a", low(20));
    expect(source.shown()["count"]).toBe(1013 + 7);
  });

  test("a process that has restarted and is quickly past its old count is none of two", () => {
    const { source, shown } = afterPushes(
      zero,
      { 1: 0, 5: 90, count: 100, sum: 900 },
      { 1: 1, 5: 1, count: 1, sum: 1 },
      { 1: 2, 5: 2, count: 2, sum: 2 },
      // Above the old count, but not on the way from there.
      { 1: 200, 5: 200, count: 200, sum: 200 },
      { 1: 201, 5: 201, count: 201, sum: 201 },
    );
    expect(shown).toEqual({ 1: 201, 5: 291, "+Inf": 301, count: 301, sum: 1101 });
    expect(source.relay.tally("sluice_collisions_total", "")).toBe(0);
  });
});

describe("a family that is no counter", () => {
  test("one bucket cannot make it one: it is left out while the count goes on", () => {
    const source = watching();
    source.push("a", zero, other(0));
    for (let n = 1; n < 8; n += 1) source.push("a", { 1: n % 2, 5: n, count: n, sum: n }, other(n));
    expect(source.relay.statuses().flatMap(({ marks }) => marks)).toEqual([]);
  });

  test("its count can, and when the mark is taken back nothing of before counts", () => {
    const source = watching();
    source.push("a", zero, other(0));
    for (let n = 1; n < 8; n += 1) source.push("a", { 1: 9 - n, 5: 9 - n, count: 9 - n, sum: n }, other(n));
    expect(source.relay.statuses().flatMap(({ marks }) => marks)).toContainEqual({
      job: "shop",
      family: "h",
    });
    source.push("b", { 1: 3, 5: 3, count: 3, sum: 3 });
    expect(source.shown('instance="b",job="shop"')).toEqual({ 1: 3, 5: 3, "+Inf": 3, count: 3, sum: 3 });
    source.relay.unmark("shop", "h");
    source.push("b", { 1: 4, 5: 4, count: 4, sum: 4 });
    source.push("b", { 1: 5, 5: 6, count: 7, sum: 8 });
    expect(source.shown()).toEqual({ 1: 1, 5: 2, "+Inf": 3, count: 3, sum: 4 });
  });

  test("what is remembered of one that has gone is forgotten with the mark", () => {
    const source = watching();
    source.push("a", zero);
    source.push("a", { 1: 5, 5: 5, count: 5, sum: 5 });
    source.relay.push("/job/shop/instance/a", other(1));
    source.relay.unmark("shop", "h");
    source.push("a", { 1: 8, 5: 8, count: 8, sum: 8 }, other(2));
    // From its last value it would have risen by 3.
    expect(source.shown()).toEqual({ 1: 0, 5: 0, "+Inf": 0, count: 0, sum: 0 });
  });
});

test("explain shows what each bucket comes from", () => {
  const source = watching();
  source.push("a", { 1: 10, 5: 20, count: 30, sum: 40 });
  source.push("b", { 1: 1, 5: 2, count: 3, sum: 4 });
  const explained = source.relay.explain('h_bucket{le="5"}').series[0];
  expect(explained?.contributors.map(({ source: key, value }) => [key, value])).toEqual([
    [expect.stringContaining("a"), 20],
    [expect.stringContaining("b"), 2],
  ]);
});

/** After `n` rounds of the same observations, at different boundaries. */
const narrow = (n: number): Histogram => ({ 1: n, 5: 2 * n, count: 3 * n, sum: n });
const wide = (n: number): Histogram => ({ 0.5: 0, 1: n, 2: n, 5: 2 * n, 10: 2 * n, count: 3 * n, sum: n });
const lacking5 = (n: number): Histogram => ({ 1: n, 10: 2 * n, count: 3 * n, sum: n });

describe("sources with different boundaries", () => {
  /** Of 1 and 10. */
  const OWN = 'instance="",job="shop",le_layout="43e56079"';

  test("the first one decides: what others have beyond its boundaries is dropped", () => {
    const source = watching();
    for (const n of [1, 2]) {
      source.push("a", narrow(n));
      source.push("b", wide(n));
    }
    expect(source.shown()).toEqual({ 1: 2, 5: 4, "+Inf": 6, count: 6, sum: 2 });
    expect(source.relay.tally("sluice_histogram_layout_conflicts_total", "")).toBe(0);
  });

  test("one that lacks a boundary has a series of its own, and is counted", () => {
    const source = watching();
    for (const n of [1, 2]) {
      source.push("a", narrow(n));
      source.push("b", lacking5(n));
      source.push("c", lacking5(n));
    }
    expect(source.shown()).toEqual({ 1: 1, 5: 2, "+Inf": 3, count: 3, sum: 1 });
    expect(source.shown(OWN)).toEqual({ 1: 2, 10: 4, "+Inf": 6, count: 6, sum: 2 });
    expect(source.relay.tally("sluice_histogram_layout_conflicts_total", 'family="h",job="shop"')).toBe(2);
  });

  test("in all partitions, whichever they are", () => {
    const instances = Array.from({ length: 16 }, (_, i) => `i${i}`);
    const source = createHistogramRelay({ settings: { rules: RULES }, partitions: 8, shards: 3 });
    for (const n of [1, 2]) {
      for (const [i, instance] of instances.entries())
        source.push(instance, [narrow, wide, lacking5][i % 3]!(n));
    }
    // Six narrow ones, five wide ones, and five that lack 5.
    expect(source.shown()).toEqual({ 1: 11, 5: 22, "+Inf": 33, count: 33, sum: 11 });
    expect(source.shown(OWN)).toEqual({ 1: 5, 10: 10, "+Inf": 15, count: 15, sum: 5 });
  });

  test("a label le_layout of their own gives way", () => {
    const rules = [rule("h", { by: ["job", "le_layout"] })];
    const source = createHistogramRelay({ settings: { rules } });
    for (const n of [1, 2]) {
      source.push("a", narrow(n));
      const text = `h_bucket{le_layout="x",le="1"} ${n}\nh_bucket{le_layout="x",le="+Inf"} ${n}\nh_count{le_layout="x"} ${n}\n`;
      const moved = text.replaceAll('le="1"', 'le="7"').replaceAll("} ", "} 1");
      source.relay.push("/job/shop/instance/b", `# TYPE h histogram\n${text}`);
      source.relay.push("/job/shop/instance/c", `# TYPE h histogram\n${moved}`);
    }
    const counts = samplesOf(source.relay.view("merged"), "h_count").map((line) =>
      line.replace(/"[0-9a-f]{8}"/, "HASH"),
    );
    expect(counts.toSorted()).toEqual([
      'h_count{instance="",job="shop",le_layout="x"} 1',
      'h_count{instance="",job="shop",le_layout=HASH} 1',
      'h_count{instance="",job="shop"} 3',
    ]);
  });

  test("a source that changes its boundaries begins anew, from a baseline; what it has added stays", () => {
    const source = watching();
    source.push("a", zero);
    source.push("a", narrow(5));
    source.push("a", lacking5(10));
    source.push("a", lacking5(11));
    expect(source.shown()).toEqual({ 1: 5, 5: 10, "+Inf": 15, count: 15, sum: 5 });
    expect(source.shown(OWN)).toEqual({ 1: 1, 10: 2, "+Inf": 3, count: 3, sum: 1 });
    expect(source.uncounted("baseline")).toBe(30);
    // And back: it goes on from where it was.
    source.push("a", narrow(6));
    expect(source.shown()).toEqual({ 1: 6, 5: 12, "+Inf": 18, count: 18, sum: 6 });
  });

  test("one that changes boundaries which nobody asks for goes on", () => {
    const source = watching();
    source.push("a", zero);
    source.push("a", narrow(5));
    source.push("a", wide(6));
    source.push("a", narrow(7));
    expect(source.shown()).toEqual({ 1: 7, 5: 14, "+Inf": 21, count: 21, sum: 7 });
    expect(source.uncounted("baseline")).toBe(0);
  });

  test("the first one decides for as long as its output is remembered, though it is gone", () => {
    const source = watching();
    source.push("a", narrow(0));
    source.push("a", narrow(1));
    source.relay.delete("/job/shop/instance/a");
    source.relay.advance(20 * 3_600_000);
    source.relay.forgetIdleOutputs();
    source.push("b", lacking5(0));
    source.push("b", lacking5(1));
    expect(source.shown(OWN)["count"]).toBe(3);
    source.push("c", wide(0));
    expect(source.shown()).toEqual({ 1: 1, 5: 2, "+Inf": 3, count: 3, sum: 1 });
  });

  test("a new epoch may have other boundaries", () => {
    const source = watching();
    source.push("a", narrow(0));
    source.push("a", narrow(1));
    source.relay.delete("/job/shop/instance/a");
    source.relay.advance(25 * 3_600_000);
    source.relay.forgetIdleOutputs();
    source.push("b", lacking5(0));
    source.push("b", lacking5(1));
    expect(source.shown()).toEqual({ 1: 1, 10: 2, "+Inf": 3, count: 3, sum: 1 });
  });

  test("an output that lives is never forgotten, however long ago it was decided", () => {
    const source = watching();
    source.push("a", narrow(0));
    for (let hour = 1; hour < 60; hour += 1) {
      source.relay.advance(3_600_000);
      source.push("a", narrow(hour));
      source.relay.forgetIdleOutputs();
    }
    source.push("b", lacking5(0));
    source.push("b", lacking5(1));
    expect(source.shown(OWN)["count"]).toBe(3);
    expect(source.shown()["count"]).toBe(3 * 59);
  });

  test("a rule that comes with a reload asks when the histogram is pushed again", () => {
    const source = createHistogramRelay({ settings: { rules: [rule("x_total")] } });
    const x = "# TYPE x_total counter\nx_total 1\n";
    source.push("a", narrow(1), x);
    source.push("b", lacking5(1), x);
    source.relay.reload({ rules: [rule("x_total"), ...RULES] });
    for (const n of [2, 3]) {
      source.push("a", narrow(n), x);
      source.push("b", lacking5(n), x);
    }
    expect(source.shown()).toEqual({ 1: 1, 5: 2, "+Inf": 3, count: 3, sum: 1 });
    expect(source.shown(OWN)).toEqual({ 1: 1, 10: 2, "+Inf": 3, count: 3, sum: 1 });
  });

  test("a reload that changes nothing of it leaves everything as it was", () => {
    const source = watching();
    source.push("a", narrow(0));
    source.push("b", lacking5(0));
    source.push("b", lacking5(1));
    source.relay.reload({ rules: [...RULES, rule("unheard_of", { action: "drop" })] });
    source.push("a", narrow(1));
    source.push("b", lacking5(2));
    expect(source.shown()).toEqual({ 1: 1, 5: 2, "+Inf": 3, count: 3, sum: 1 });
    expect(source.shown(OWN)).toEqual({ 1: 2, 10: 4, "+Inf": 6, count: 6, sum: 2 });
  });
});
