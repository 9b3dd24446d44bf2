import { describe, expect, test } from "vitest";
import { createInMemoryRelay, type InMemoryRelay, START_WALL_MS } from "../../support/in-memory-relay.ts";
import { rule } from "../rollup/rules/rules.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A relay that has watched for an hour, and merges the two families of these tests. */
function relayOfAnHour(settings: { maxTombstones?: number } = {}): InMemoryRelay {
  const rules = [rule("c_total", { without: ["l"] }), rule("h", { without: ["l"] })];
  const relay = createInMemoryRelay({ shards: 1, partitions: 1, settings: { rules, ...settings } });
  relay.advance(60 * MINUTE);
  return relay;
}

interface Series {
  readonly l?: string;
  readonly value: number;
  /** How long before the push it began; undefined: it does not say. */
  readonly agoMs?: number;
}

/** Pushes counters ten seconds after the last push, and answers what has been counted by then. */
function push(relay: InMemoryRelay, ...series: Series[]): number {
  relay.advance(10 * SECOND);
  pushNow(relay, ...series);
  return total(relay);
}

function pushNow(relay: InMemoryRelay, ...series: Series[]): void {
  const lines = series.map(({ l = "a", value, agoMs }) => {
    const sample = `c_total{l="${l}"} ${value}`;
    return agoMs === undefined ? sample : `${sample}\nc_created{l="${l}"} ${startSeconds(relay, agoMs)}`;
  });
  const body = ["# TYPE c counter", ...lines, "# EOF", ""].join("\n");
  expect(relay.push("/job/j", body, { format: "openmetrics" })).toBeUndefined();
}

function startSeconds(relay: InMemoryRelay, agoMs: number): number {
  return (START_WALL_MS + relay.observedMs() - agoMs) / SECOND;
}

function total(relay: InMemoryRelay): number {
  return Number(/^c_total\{[^}]*\} (\S+)$/m.exec(relay.view("merged"))?.[1]);
}

function uncounted(relay: InMemoryRelay): number {
  return relay.tally("sluice_uncounted_increase_total", 'reason="baseline"');
}

describe("on the first push of a source", () => {
  test.each([
    [70 * SECOND, 5],
    [70 * SECOND + 1, 0],
    [-70 * SECOND, 5],
    [-70 * SECOND - 1, 0],
  ])("a counter that began %d ms ago counts %d of its 5", (agoMs, want) => {
    const relay = relayOfAnHour();
    expect(push(relay, { value: 5, agoMs })).toBe(want);
    expect(uncounted(relay)).toBe(5 - want);
  });

  test("it does not where the relay has watched for less", () => {
    const relay = createInMemoryRelay({ settings: { rules: [rule("c_total", {})] } });
    expect(push(relay, { value: 5, agoMs: 10 * SECOND })).toBe(0);
    const another = createInMemoryRelay({ settings: { rules: [rule("c_total", {})] } });
    expect(push(another, { value: 5, agoMs: 10 * SECOND - 1 })).toBe(5);
  });
});

describe("a counter seen for the first time later", () => {
  test("counts at once if it began after the first push", () => {
    const relay = relayOfAnHour();
    push(relay, { value: 100 });
    expect(push(relay, { value: 100 }, { l: "b", value: 7, agoMs: 10 * SECOND - 1 })).toBe(7);
  });

  test("does not count if it began before it, though the body before lacked it", () => {
    const relay = relayOfAnHour();
    push(relay, { value: 100, agoMs: 50 * MINUTE });
    push(relay, { value: 100, agoMs: 51 * MINUTE }, { l: "b", value: 7, agoMs: 10 * SECOND });
    expect(push(relay, { value: 100 }, { l: "b", value: 7 })).toBe(0);
    expect(uncounted(relay)).toBe(107);
  });

  test("does not count again after its tombstone was evicted, unless it began after that", () => {
    const relay = relayOfAnHour({ maxTombstones: 1 });
    push(relay, { value: 0 });
    const began = relay.observedMs() + 1;
    const ago = (): number => relay.observedMs() + 10 * SECOND - began;
    expect(push(relay, ...["b", "c", "d"].map((l) => ({ l, value: 10, agoMs: ago() })))).toBe(30);
    push(relay, { l: "x", value: 0 });
    push(relay, { l: "x", value: 0 }, { l: "b", value: 10, agoMs: ago() });
    expect(total(relay)).toBe(30);
    expect(push(relay, { l: "x", value: 0 }, { l: "c", value: 3, agoMs: 1 * SECOND })).toBe(33);
  });
});

describe("a later start is a new life:", () => {
  test("a lower value counts whole, at once", () => {
    const relay = relayOfAnHour();
    push(relay, { value: 100, agoMs: 30 * MINUTE });
    expect(push(relay, { value: 30, agoMs: 5 * SECOND })).toBe(30);
    expect(push(relay, { value: 35, agoMs: 15 * SECOND })).toBe(35);
  });

  test("so does a higher one, if it began after the previous push", () => {
    const relay = relayOfAnHour();
    push(relay, { value: 100, agoMs: 30 * MINUTE });
    expect(push(relay, { value: 130, agoMs: 5 * SECOND })).toBe(130);
  });

  test("a start that is reckoned anew each time makes no life of each push", () => {
    const relay = relayOfAnHour();
    push(relay, { value: 100, agoMs: 30 * MINUTE });
    expect(push(relay, { value: 103, agoMs: 30 * MINUTE + 10 * SECOND - 7 })).toBe(3);
    expect(push(relay, { value: 104, agoMs: 30 * MINUTE + 20 * SECOND - 9 })).toBe(4);
  });

  test("one that began before the relay heard of the source is a baseline", () => {
    const relay = relayOfAnHour();
    push(relay, { value: 100, agoMs: 30 * MINUTE });
    expect(push(relay, { value: 30, agoMs: 20 * MINUTE })).toBe(0);
    expect(uncounted(relay)).toBe(130);
    // The other process of the key, whose life is over by its start.
    expect(push(relay, { value: 110, agoMs: 30 * MINUTE + 20 * SECOND })).toBe(0);
    expect(push(relay, { value: 32, agoMs: 20 * MINUTE + 20 * SECOND })).toBe(2);
  });

  test("lives of equal values count each", () => {
    const relay = relayOfAnHour();
    push(relay, { value: 0, agoMs: 30 * MINUTE });
    for (const life of [1, 2, 3, 4]) expect(push(relay, { value: 1, agoMs: 1 * SECOND })).toBe(life);
  });

  test("also of a counter that was gone", () => {
    const relay = relayOfAnHour();
    push(relay, { value: 100, agoMs: 30 * MINUTE }, { l: "b", value: 0 });
    push(relay, { l: "b", value: 0 });
    expect(push(relay, { value: 40, agoMs: 5 * SECOND }, { l: "b", value: 0 })).toBe(40);
  });

  test("the first start that is told of a counter resets it only if it is later than the push before", () => {
    const relay = relayOfAnHour();
    push(relay, { value: 100 });
    expect(push(relay, { value: 30, agoMs: 5 * SECOND })).toBe(30);
    const other = relayOfAnHour();
    push(other, { value: 100 });
    expect(push(other, { value: 30, agoMs: 5 * MINUTE })).toBe(0);
  });
});

describe("without a later start there is no new life:", () => {
  test("a lower value changes nothing, however often it comes", () => {
    const relay = relayOfAnHour();
    push(relay, { value: 100, agoMs: 30 * MINUTE });
    const began = 30 * MINUTE;
    for (const [i, value] of [30, 31, 32, 33].entries()) {
      expect(push(relay, { value, agoMs: began + (i + 1) * 10 * SECOND })).toBe(0);
    }
    expect(push(relay, { value: 110, agoMs: began + 50 * SECOND })).toBe(10);
  });

  test("a late body of an earlier life changes nothing, though its value is higher", () => {
    const relay = relayOfAnHour();
    push(relay, { value: 100, agoMs: 30 * MINUTE });
    push(relay, { value: 30, agoMs: 5 * SECOND });
    expect(push(relay, { value: 101, agoMs: 30 * MINUTE + 20 * SECOND })).toBe(30);
    expect(push(relay, { value: 35, agoMs: 25 * SECOND })).toBe(35);
  });

  test("where no start is told any more, a counter is as any other: two bodies prove a restart", () => {
    const relay = relayOfAnHour();
    push(relay, { value: 100, agoMs: 30 * MINUTE });
    expect(push(relay, { value: 30 })).toBe(0);
    expect(push(relay, { value: 31 })).toBe(31);
  });
});

test("a histogram begins anew with its count, its buckets and its sum", () => {
  const relay = relayOfAnHour();
  const pushHistogram = (count: number, agoMs: number): void => {
    relay.advance(10 * SECOND);
    const lines = [
      `h_bucket{le="1"} ${count - 1}`,
      `h_bucket{le="+Inf"} ${count}`,
      `h_count ${count}`,
      `h_sum ${count * 2}`,
      `h_created ${startSeconds(relay, agoMs)}`,
    ];
    const body = ["# TYPE h histogram", ...lines, "# EOF", ""].join("\n");
    expect(relay.push("/job/j", body, { format: "openmetrics" })).toBeUndefined();
  };
  pushHistogram(100, 30 * MINUTE);
  pushHistogram(30, 5 * SECOND);
  const view = relay.view("merged");
  expect(view).toContain(`h_bucket{instance="",job="j",le="1"} 29\n`);
  expect(view).toContain(`h_sum{instance="",job="j"} 60\n`);
  expect(view).toContain(`h_count{instance="",job="j"} 30\n`);
});
