import { expect, test } from "vitest";
import { MetricType } from "../../../src/core/exposition/protobuf/metrics_pb.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { rule } from "../rollup/rules/rules.ts";
import { labels, protobufBody } from "../../support/protobuf-body.ts";

const PROTOBUF = { format: "protobuf" } as const;

function body(count: number): Uint8Array {
  return protobufBody(
    { name: "c_total", help: "h", metric: [{ label: labels({ l: "v" }), counter: { value: count } }] },
    {
      name: "h",
      type: MetricType.HISTOGRAM,
      metric: [
        {
          histogram: {
            sampleCount: BigInt(count),
            sampleSum: count / 2,
            bucket: [
              { upperBound: 0.5, cumulativeCount: 1n },
              { upperBound: Infinity, cumulativeCount: BigInt(count) },
            ],
          },
        },
      ],
    },
  );
}

test("a body of protobuf is shown as the same body of text", () => {
  const protobuf = createInMemoryRelay();
  const text = createInMemoryRelay();
  for (const count of [3, 4]) {
    expect(protobuf.push("/job/j", body(count), PROTOBUF)).toBeUndefined();
    text.push(
      "/job/j",
      `# HELP c_total h\n# TYPE c_total counter\nc_total{l="v"} ${count}\n# TYPE h histogram\n` +
        `h_bucket{le="0.5"} 1\nh_bucket{le="+Inf"} ${count}\nh_sum ${count / 2}\nh_count ${count}\n`,
    );
    expect(protobuf.view("raw")).toBe(text.view("raw"));
    expect(protobuf.view("raw")).toContain(`c_total{instance="",job="j",l="v"} ${count}\n`);
  }
});

test("a body of protobuf is no text, though its bytes were once", () => {
  const relay = createInMemoryRelay();
  relay.push("/job/j", "a 1\n");
  expect(relay.push("/job/j", "a 1\n", PROTOBUF)?.message).toBe("unexpected EOF");
});

test.each([
  [{ gauge: { value: 1 } }, 'collected metric "a" {} is not a COUNTER'],
  [
    { counter: { value: 1 }, timestampMs: 0n },
    'pushed metrics must not have timestamps (one of "a" has one)',
  ],
  [
    { label: [...labels({ l: "1" }), ...labels({ l: "2" })], counter: { value: 1 } },
    'collected metric "a" has two or more labels with the same name: "l"',
  ],
])("a push is refused as inconsistent: %#", (metric, reason) => {
  const relay = createInMemoryRelay();
  const message = `pushed metrics are invalid or inconsistent with existing metrics: ${reason}`;
  const refusal = relay.push("/job/j", protobufBody({ name: "a", metric: [metric] }), PROTOBUF);
  expect(refusal).toEqual({ code: "inconsistent", message });
});

test("counters of a rule are added up over protobuf pushes, whose layout stays", () => {
  const relay = createInMemoryRelay({ settings: { rules: [rule("c_total", { without: ["l"] })] } });
  for (const count of [10, 12, 15, 15]) {
    relay.push("/job/j", body(count), PROTOBUF);
    relay.advance(10_000);
  }
  // The first value is a baseline.
  expect(relay.view("merged")).toContain(`c_total{instance="",job="j"} 5\n`);
  expect(relay.tally("sluice_replayed_pushes_total", 'job="j"')).toBe(1);
});
