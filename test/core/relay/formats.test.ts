import { describe, expect, test } from "vitest";
import { MetricType } from "../../../src/core/exposition/protobuf/metrics_pb.ts";
import type { ViewFormat } from "../../../src/core/exposition/write/format.ts";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import { createInMemoryRelay, type InMemoryRelay } from "../../support/in-memory-relay.ts";
import { labels, protobufBody } from "../../support/protobuf-body.ts";
import { readView, seriesOfView } from "../../support/view-series.ts";
import { rule } from "../rollup/rules/rules.ts";

const UTF8: ViewFormat = { encoding: "text", escaping: "allow-utf-8" };
const OPENMETRICS: ViewFormat = { encoding: "openmetrics", escaping: "underscores" };
const PROTOBUF: ViewFormat = { encoding: "protobuf", escaping: "underscores" };

function oneBucket(name: string, upperBound: number, count: bigint) {
  return {
    label: labels({ [name]: "1" }),
    histogram: { sampleCount: count, sampleSum: 5, bucket: [{ upperBound, cumulativeCount: count }] },
  };
}

/** The view less its push stamps. */
function lines(relay: InMemoryRelay, format: ViewFormat, view: "merged" | "raw" = "merged"): string {
  return relay
    .view(view, format)
    .split("\n")
    .filter((line) => !line.includes("push_"))
    .join("\n");
}

describe("OpenMetrics", () => {
  test("of what was pushed as text", () => {
    const relay = createInMemoryRelay();
    relay.push(
      "/job/j",
      `# HELP a_total Has "quotes", a \\\\ and\\na second line.
# TYPE a_total counter
a_total{l="v"} 1
# TYPE b counter
b 2
c 3
# TYPE g gauge
g -0.5
# TYPE h histogram
h_bucket{le="2"} 3
h_bucket{le="0.5"} 1
h_count 4
h_sum 1e6
# TYPE s summary
s{quantile="1"} 9
s_count 2
`,
    );
    expect(lines(relay, OPENMETRICS)).toBe(`# HELP a Has \\"quotes\\", a \\\\ and\\na second line.
# TYPE a counter
a_total{instance="",job="j",l="v"} 1
# TYPE b unknown
b{instance="",job="j"} 2
# TYPE c unknown
c{instance="",job="j"} 3
# TYPE g gauge
g{instance="",job="j"} -0.5
# TYPE h histogram
h_bucket{instance="",job="j",le="0.5"} 1
h_bucket{instance="",job="j",le="2.0"} 3
h_bucket{instance="",job="j",le="+Inf"} 4
h_sum{instance="",job="j"} 1e+06
h_count{instance="",job="j"} 4
# TYPE s summary
s{instance="",job="j",quantile="1.0"} 9
s_sum{instance="",job="j"} 0
s_count{instance="",job="j"} 2
# EOF
`);
  });

  const WITH_EXTRAS = protobufBody(
    {
      name: "a_total",
      metric: [
        {
          counter: {
            value: 5,
            exemplar: {
              label: labels({ trace_id: "x" }),
              value: 0.5,
              timestamp: { seconds: 1_699_999_999n, nanos: 500_000_000 },
            },
            createdTimestamp: { seconds: 1_699_000_000n },
          },
        },
      ],
    },
    {
      name: "h",
      type: MetricType.HISTOGRAM,
      metric: [
        {
          histogram: {
            sampleCount: 2n,
            sampleSum: 3,
            bucket: [
              { upperBound: 1, cumulativeCount: 1n, exemplar: { label: labels({ t: "y" }), value: 0.25 } },
              {
                upperBound: Infinity,
                cumulativeCount: 2n,
                exemplar: { label: labels({ t: "z".repeat(128) }), value: 2 },
              },
            ],
            createdTimestamp: { seconds: 1_699_000_001n, nanos: 250_000_000 },
          },
        },
      ],
    },
  );

  test("has exemplars and starts; of exemplars only those that are short enough", () => {
    const relay = createInMemoryRelay();
    relay.push("/job/j", WITH_EXTRAS, { format: "protobuf" });
    expect(lines(relay, OPENMETRICS)).toBe(`# TYPE a counter
a_total{instance="",job="j"} 5 # {trace_id="x"} 0.5 1.6999999995e+09
a_created{instance="",job="j"} 1.699e+09
# TYPE h histogram
h_bucket{instance="",job="j",le="1.0"} 1 # {t="y"} 0.25
h_bucket{instance="",job="j",le="+Inf"} 2
h_sum{instance="",job="j"} 3
h_count{instance="",job="j"} 2
h_created{instance="",job="j"} 1.69900000125e+09
# EOF
`);
    expect(relay.view("merged")).not.toContain("_created");
  });

  test.each([["a"], ["a_created"]])("a counter is unknown where another family has the name %s", (other) => {
    const relay = createInMemoryRelay();
    relay.push("/job/j", WITH_EXTRAS, { format: "protobuf" });
    relay.push("/job/k", `${other} 1\n`);
    const text = lines(relay, OPENMETRICS);
    expect(text).toContain('# TYPE a_total unknown\na_total{instance="",job="j"} 5\n');
    expect(text).toContain(`# TYPE ${other} unknown\n${other}{instance="",job="k"} 1\n`);
    expect(readView(Buffer.from(text), OPENMETRICS).families).toHaveLength(3);
  });

  test("of the merged view says since when counters count, where it has counters", () => {
    const relay = createInMemoryRelay({ settings: { rules: [rule("a_total", { without: ["l"] })] } });
    relay.push("/job/j", '# TYPE a_total counter\na_total{l="1"} 1\n');
    relay.advance(10_000);
    relay.push("/job/j", '# TYPE a_total counter\na_total{l="1"} 3\n');
    relay.push("/job/flink", flinkBody(taskSample("numRecordsIn", {}, 7)));
    const text = lines(relay, OPENMETRICS);
    expect(text).toContain(
      '# TYPE a counter\na_total{instance="",job="j"} 2\na_created{instance="",job="j"} 1.7e+09\n',
    );
    expect(text).toMatch(
      /# TYPE flink_taskmanager_job_task_numRecordsIn unknown\nflink_taskmanager_job_task_numRecordsIn\{/,
    );
  });
});

describe("names of UTF-8", () => {
  const BODY = protobufBody(
    { name: "a.b", metric: [{ label: labels({ "x.y": "z" }), counter: { value: 1 } }] },
    {
      name: "h.ü",
      help: "Ünits",
      type: MetricType.HISTOGRAM,
      metric: [
        { histogram: { sampleCount: 1n, sampleSum: 2, bucket: [{ upperBound: 1, cumulativeCount: 1n }] } },
      ],
    },
  );

  test.each<[ViewFormat["escaping"], string]>([
    [
      "allow-utf-8",
      `# TYPE "a.b" counter
{"a.b",instance="",job="j","x.y"="z"} 1
# HELP "h.ü" Ünits
# TYPE "h.ü" histogram
{"h.ü_bucket",instance="",job="j",le="1"} 1
{"h.ü_bucket",instance="",job="j",le="+Inf"} 1
{"h.ü_sum",instance="",job="j"} 2
{"h.ü_count",instance="",job="j"} 1
`,
    ],
    [
      "underscores",
      `# TYPE a_b counter
a_b{instance="",job="j",x_y="z"} 1
# HELP h__ Ünits
# TYPE h__ histogram
h___bucket{instance="",job="j",le="1"} 1
h___bucket{instance="",job="j",le="+Inf"} 1
h___sum{instance="",job="j"} 2
h___count{instance="",job="j"} 1
`,
    ],
    [
      "dots",
      `# TYPE a_dot_b counter
a_dot_b{instance="",job="j",x_dot_y="z"} 1
# HELP h_dot___ Ünits
# TYPE h_dot___ histogram
h_dot____bucket{instance="",job="j",le="1"} 1
h_dot____bucket{instance="",job="j",le="+Inf"} 1
h_dot____sum{instance="",job="j"} 2
h_dot____count{instance="",job="j"} 1
`,
    ],
    [
      "values",
      `# TYPE U__a_2e_b counter
U__a_2e_b{instance="",job="j",U__x_2e_y="z"} 1
# HELP U__h_2e__fc_ Ünits
# TYPE U__h_2e__fc_ histogram
U__h_2e__fc__bucket{instance="",job="j",le="1"} 1
U__h_2e__fc__bucket{instance="",job="j",le="+Inf"} 1
U__h_2e__fc__sum{instance="",job="j"} 2
U__h_2e__fc__count{instance="",job="j"} 1
`,
    ],
  ])("are shown with %s", (escaping, text) => {
    const relay = createInMemoryRelay();
    relay.push("/job/j", BODY, { format: "protobuf" });
    for (const view of ["merged", "raw"] as const) {
      expect(lines(relay, { encoding: "text", escaping }, view)).toBe(text);
    }
    const other = seriesOfView(relay.scrape("raw", { encoding: "text", escaping }).bytes, UTF8);
    for (const encoding of ["openmetrics", "protobuf"] as const) {
      const format = { encoding, escaping };
      expect(seriesOfView(relay.scrape("raw", format).bytes, format)).toEqual(other);
    }
  });

  test("that are those of others once they are escaped are left out, and counted", () => {
    const relay = createInMemoryRelay();
    relay.push(
      "/job/j",
      protobufBody(
        { name: "a.b", type: MetricType.GAUGE, metric: [{ gauge: { value: 1 } }] },
        { name: "a-b", type: MetricType.GAUGE, metric: [{ gauge: { value: 2 } }] },
        { name: "s.count", type: MetricType.GAUGE, metric: [{ gauge: { value: 2 } }] },
        {
          name: "c",
          metric: [
            { label: labels({ "x.y": "1", x_y: "1" }), counter: { value: 1 } },
            { label: labels({ "x.y": "2" }), counter: { value: 2 } },
            { label: labels({ "x-y": "2" }), counter: { value: 3 } },
            { label: labels({ x_y: "3" }), counter: { value: 4 } },
          ],
        },
      ),
      { format: "protobuf" },
    );
    relay.push("/job/k", "a_b 3\n# TYPE s summary\ns_count 1\n");
    for (const encoding of ["text", "openmetrics", "protobuf"] as const) {
      const format: ViewFormat = { encoding, escaping: "underscores" };
      const { bytes, collisions } = relay.scrape("merged", format);
      const found = [...seriesOfView(bytes, format)].filter(([name]) => !name.startsWith("push_"));
      expect(found).toEqual([
        ['a_b{instance="",job="k"}', 3],
        ['c{instance="",job="j",x_y="2"}', 2],
        ['c{instance="",job="j",x_y="3"}', 4],
        ['s_count{instance="",job="k"}', 1],
        ['s_sum{instance="",job="k"}', 0],
      ]);
      expect(collisions).toBe(5);
      expect(seriesOfView(relay.scrape("merged", { encoding, escaping: "values" }).bytes, format).size).toBe(
        14,
      );
    }
  });

  test("of two histograms with one name for the client only the first is shown, with all of its buckets", () => {
    const relay = createInMemoryRelay({ settings: { rules: [rule("a_total")] } });
    const body = protobufBody(
      { name: "a_total", metric: [{ counter: { value: 1 } }] },
      {
        name: "h",
        type: MetricType.HISTOGRAM,
        metric: [oneBucket("x_y", 1, 9n), oneBucket("x.y", 2, 1n)],
      },
    );
    relay.push("/job/j", body, { format: "protobuf" });
    for (const encoding of ["text", "openmetrics", "protobuf"] as const) {
      const format: ViewFormat = { encoding, escaping: "underscores" };
      const series = seriesOfView(relay.scrape("merged", format).bytes, format);
      expect([...series].filter(([name]) => name.startsWith("h_"))).toEqual([
        ['h_bucket{instance="",job="j",le="+Inf",x_y="1"}', 9],
        ['h_bucket{instance="",job="j",le="1",x_y="1"}', 9],
        ['h_count{instance="",job="j",x_y="1"}', 9],
        ['h_sum{instance="",job="j",x_y="1"}', 5],
      ]);
    }
  });

  test("of merged series are escaped, too", () => {
    const relay = createInMemoryRelay({ settings: { rules: [rule("a_total", { without: ["l"] })] } });
    for (const value of [1, 3]) {
      const metric = [
        { label: labels({ l: "1", "x.y": "1" }), counter: { value } },
        { label: labels({ l: "1", x_y: "1" }), counter: { value } },
      ];
      relay.push("/job/j", protobufBody({ name: "a_total", metric }), { format: "protobuf" });
      relay.advance(10_000);
    }
    expect(lines(relay, { encoding: "text", escaping: "underscores" })).toBe(
      '# TYPE a_total counter\na_total{instance="",job="j",x_y="1"} 2\n',
    );
    expect(relay.scrape("merged", PROTOBUF).collisions).toBe(1);
    expect(lines(relay, UTF8)).toBe(
      '# TYPE a_total counter\na_total{instance="",job="j","x.y"="1"} 2\na_total{instance="",job="j",x_y="1"} 2\n',
    );
    const raw = seriesOfView(relay.scrape("raw", PROTOBUF).bytes, PROTOBUF);
    expect([...raw.keys()].filter((name) => name.startsWith("a_"))).toEqual([
      'a_total{instance="",job="j",l="1",x_y="1"}',
    ]);
  });
});

describe("protobuf", () => {
  test("has what was pushed: native histograms, exemplars and starts", () => {
    const relay = createInMemoryRelay();
    const exemplar = {
      label: labels({ t: "x" }),
      value: 3,
      timestamp: { seconds: 1_699_999_999n, nanos: 1_000_000 },
    };
    const native = {
      sampleCount: 12n,
      sampleSum: 30,
      schema: 3,
      zeroThreshold: 0.001,
      zeroCount: 2n,
      positiveSpan: [
        { offset: -2, length: 2 },
        { offset: 3, length: 1 },
      ],
      positiveDelta: [1n, 3n, -2n],
      negativeSpan: [{ offset: 5, length: 1 }],
      negativeDelta: [3n],
      exemplars: [exemplar],
      createdTimestamp: { seconds: 1_699_000_000n },
    };
    const float = {
      sampleCountFloat: 2.5,
      sampleSum: -1,
      schema: -4,
      positiveSpan: [{ offset: 0, length: 1 }],
      positiveCount: [2.5],
    };
    relay.push(
      "/job/j/instance/i",
      protobufBody(
        {
          name: "c",
          help: "h",
          metric: [{ counter: { value: 0, exemplar, createdTimestamp: { seconds: 1n } } }],
        },
        { name: "n", type: MetricType.HISTOGRAM, metric: [{ histogram: native }] },
        { name: "f", type: MetricType.GAUGE_HISTOGRAM, metric: [{ histogram: float }] },
        {
          name: "e",
          type: MetricType.HISTOGRAM,
          metric: [{ histogram: { schema: 0, sampleCount: 0n, positiveSpan: [{ offset: 0, length: 0 }] } }],
        },
      ),
      { format: "protobuf" },
    );
    const parsed = readView(relay.scrape("merged", PROTOBUF).bytes, PROTOBUF);
    const direct = createInMemoryRelay();
    // What is read of the view is what was read of the body: shown again it is the same.
    direct.push("/job/j/instance/i", relay.scrape("merged", PROTOBUF).bytes, { format: "protobuf" });
    expect(direct.scrape("merged", PROTOBUF).bytes.equals(relay.scrape("merged", PROTOBUF).bytes)).toBe(true);
    expect(parsed.families.map(({ name, type, help }) => `${type} ${name} ${help}`)).toEqual([
      "counter c h",
      "histogram e undefined",
      "gaugehistogram f undefined",
      "histogram n undefined",
      "gauge push_failure_time_seconds Last Unix time when changing this group in the Pushgateway failed.",
      "gauge push_time_seconds Last Unix time when changing this group in the Pushgateway succeeded.",
    ]);
    const at = parsed.families.findIndex(({ name }) => name === "n");
    const count = parsed.familyOf.lastIndexOf(at);
    expect(parsed.extras?.natives?.get(count)).toEqual({
      schema: 3,
      zeroThreshold: 0.001,
      zeroCount: 2,
      positive: { indexes: [-2, -1, 3], counts: [1, 4, 2] },
      negative: { indexes: [5], counts: [3] },
    });
    expect(parsed.extras?.nativeExemplars?.get(count)).toEqual([
      { labels: ["t", "x"], value: 3, timestampMs: 1_699_999_999_001 },
    ]);
    expect(parsed.extras?.exemplars?.get(0)).toEqual({
      labels: ["t", "x"],
      value: 3,
      timestampMs: 1_699_999_999_001,
    });
    expect([...(parsed.extras?.startsMs ?? [])].filter((start) => !Number.isNaN(start))).toEqual([
      1_000, 1_699_000_000_000, 1_699_000_000_000,
    ]);
    expect(parsed.extras?.natives?.size).toBe(3);
  });

  test("says since when merged counters count", () => {
    const relay = createInMemoryRelay();
    relay.advance(1_500);
    relay.push("/job/flink", flinkBody(taskSample("numRecordsIn", {}, 7)));
    const parsed = readView(relay.scrape("merged", PROTOBUF).bytes, PROTOBUF);
    const at = parsed.families.findIndex(({ name }) => name === "flink_taskmanager_job_task_numRecordsIn");
    expect(parsed.families[at]?.type).toBe("counter");
    expect(parsed.extras?.startsMs?.[parsed.familyOf.indexOf(at)]).toBe(1_700_000_001_500);
  });

  test("has the native buckets of a merged histogram, in text those of its bounds alone", () => {
    const relay = createInMemoryRelay({
      settings: { rules: [rule("h", { kind: "histogram", without: ["l"] })] },
    });
    for (const counts of [
      [1n, 0n],
      [3n, 2n],
    ]) {
      const [first = 0n, second = 0n] = counts;
      const histogram = {
        sampleCount: first + second,
        sampleSum: 6,
        schema: 0,
        zeroThreshold: 0.25,
        positiveSpan: [{ offset: 1, length: 2 }],
        positiveDelta: [first, second - first],
      };
      const metric = [{ label: labels({ l: "1" }), histogram }];
      relay.push("/job/j", protobufBody({ name: "h", type: MetricType.HISTOGRAM, metric }), {
        format: "protobuf",
      });
      relay.advance(10_000);
    }
    const parsed = readView(relay.scrape("merged", PROTOBUF).bytes, PROTOBUF);
    expect([...(parsed.extras?.natives?.values() ?? [])]).toEqual([
      {
        schema: 0,
        zeroThreshold: 0.25,
        zeroCount: 0,
        positive: { indexes: [1, 2], counts: [2, 2] },
        negative: { indexes: [], counts: [] },
      },
    ]);
    expect(lines(relay, UTF8)).toBe(`# TYPE h histogram
h_bucket{instance="",job="j",le="+Inf"} 4
h_sum{instance="",job="j"} 0
h_count{instance="",job="j"} 4
`);
  });

  test("a merged summary without a sum is shown as its series, for in protobuf it would have the sum 0", () => {
    const relay = createInMemoryRelay();
    const name = "flink_taskmanager_job_latency_source_id_operator_id_operator_subtask_index_latency";
    relay.push(
      "/job/flink",
      `# TYPE ${name} summary\n${name}{tm_id="a",job_id="j",quantile="0.5"} 4\n${name}_count{tm_id="a",job_id="j"} 2\n`,
    );
    const text = seriesOfView(relay.scrape("merged", UTF8).bytes, UTF8);
    expect([...text.keys()].some((series) => series.startsWith(`${name}{`))).toBe(true);
    expect([...text.keys()].some((series) => series.startsWith(`${name}_sum`))).toBe(false);
    expect(seriesOfView(relay.scrape("merged", PROTOBUF).bytes, PROTOBUF)).toEqual(text);
    expect(seriesOfView(relay.scrape("merged", OPENMETRICS).bytes, OPENMETRICS)).toEqual(text);
  });

  test("numbers that protobuf cannot hold as such do not spoil it", () => {
    const relay = createInMemoryRelay();
    relay.push(
      "/job/j",
      '# TYPE s summary\ns_count +Inf\n# TYPE h histogram\nh_bucket{le="1"} 1e300\nh_bucket{le="2"} 1.5\nh_count NaN\nh_sum NaN\n# TYPE c counter\nc NaN\n',
    );
    const series = seriesOfView(relay.scrape("merged", PROTOBUF).bytes, PROTOBUF);
    expect(series.get('h_bucket{instance="",job="j",le="1"}')).toBe(1e300);
    expect(series.get('h_bucket{instance="",job="j",le="2"}')).toBe(1.5);
    expect(series.get('s_count{instance="",job="j"}')).toBe(Number.MAX_SAFE_INTEGER);
    expect(series.get('c{instance="",job="j"}')).toBeNaN();
  });
});

test("a gauge histogram has the same series in every format", () => {
  const relay = createInMemoryRelay();
  relay.push("/job/j", '# TYPE h gaugehistogram\nh_bucket{le="1"} 1\nh_count 2\nh_sum 3\n');
  const text = seriesOfView(relay.scrape("raw", UTF8).bytes, UTF8);
  for (const format of [OPENMETRICS, PROTOBUF]) {
    expect(seriesOfView(relay.scrape("raw", format).bytes, format)).toEqual(text);
  }
});
