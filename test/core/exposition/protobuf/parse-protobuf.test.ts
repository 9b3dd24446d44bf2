import { assert, integer, property, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ExpositionError,
  InconsistentError,
  TooManySamplesError,
} from "../../../../src/core/exposition/exposition-error.ts";
import { Role, type ParsedBody } from "../../../../src/core/exposition/parsed-body.ts";
import { MetricType } from "../../../../src/core/exposition/protobuf/metrics_pb.ts";
import { parseProtobuf } from "../../../../src/core/exposition/protobuf/parse-protobuf.ts";
import { bodyLines } from "../../../support/body-lines.ts";
import { labels, protobufBody, type FamilyInit } from "../../../support/protobuf-body.ts";

function parse(...families: FamilyInit[]): ParsedBody {
  return parseProtobuf(protobufBody(...families), 1000);
}

function seconds(value: number): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(Math.floor(value)), nanos: Math.round((value % 1) * 1e9) };
}

const everything: FamilyInit[] = [
  { name: "c", help: "how many", metric: [{ label: labels({ l: "v" }), counter: { value: 1 } }] },
  {
    name: "g",
    type: MetricType.GAUGE,
    metric: [{ gauge: { value: -2.5 } }, { label: labels({ a: "b" }), gauge: { value: NaN } }],
  },
  { name: "u", type: MetricType.UNTYPED, metric: [{ untyped: { value: 3 } }] },
  {
    name: "s",
    type: MetricType.SUMMARY,
    metric: [
      {
        summary: {
          sampleCount: 4n,
          sampleSum: 5.5,
          quantile: [
            { quantile: 0.5, value: 6 },
            { quantile: NaN, value: 1 },
          ],
        },
      },
    ],
  },
  {
    name: "h",
    type: MetricType.HISTOGRAM,
    unit: "seconds",
    metric: [
      {
        label: labels({ l: "v" }),
        histogram: {
          sampleCount: 7n,
          sampleSum: 8.5,
          bucket: [
            { upperBound: 0.1, cumulativeCount: 2n },
            { upperBound: Infinity, cumulativeCount: 7n },
          ],
        },
      },
    ],
  },
  {
    name: "gh",
    type: MetricType.GAUGE_HISTOGRAM,
    metric: [
      {
        histogram: {
          sampleCountFloat: 1.5,
          sampleSum: -1,
          bucket: [{ upperBound: 1, cumulativeCountFloat: 0.5 }],
        },
      },
    ],
  },
];

test("every type of family is read", () => {
  const parsed = parse(...everything);
  expect(bodyLines(parsed)).toEqual([
    'counter c{l="v"} 1',
    "gauge g -2.5",
    'gauge g{a="b"} NaN',
    "untyped u 3",
    'summary s{quantile="0.5"} 6',
    "summary s_sum 5.5",
    "summary s_count 4",
    'histogram h_bucket{l="v",le="0.1"} 2',
    'histogram h_bucket{l="v",le="+Inf"} 7',
    'histogram h_sum{l="v"} 8.5',
    'histogram h_count{l="v"} 7',
    'gaugehistogram gh_bucket{le="1"} 0.5',
    "gaugehistogram gh_sum -1",
    "gaugehistogram gh_count 1.5",
  ]);
  expect(parsed.families[0]?.help).toBe("how many");
  expect(parsed.families[4]?.unit).toBe("seconds");
  expect(parsed.extras).toBeUndefined();
});

test("a family without a type is a counter, one without metrics is none", () => {
  expect(bodyLines(parse({ name: "c", metric: [{ counter: { value: 1 } }] }, { name: "d" }))).toEqual([
    "counter c 1",
  ]);
});

test("of two families with one name the later stands", () => {
  const twice = parse(
    { name: "c", metric: [{ counter: { value: 1 } }, { label: labels({ l: "v" }), counter: { value: 2 } }] },
    { name: "c", type: MetricType.GAUGE, metric: [{ gauge: { value: 3 } }] },
  );
  expect(bodyLines(twice)).toEqual(["gauge c 3"]);
});

test("names may be any UTF-8", () => {
  const parsed = parse({
    name: "a.b",
    metric: [{ label: labels({ "ü b": "\uFEFF\n" }), counter: { value: 1 } }],
  });
  expect(bodyLines(parsed)).toEqual(['counter a.b{"ü b"="\uFEFF\\n"} 1']);
});

test("metrics with equal labels share a block", () => {
  const label = labels({ a: "1", b: "2" });
  const { blocks } = parse(
    { name: "c", metric: [{ label, counter: { value: 1 } }] },
    { name: "d", metric: [{ label, counter: { value: 1 } }] },
  );
  expect(blocks[0]).toBe(blocks[1]);
});

test("labels are sorted, and one that stands twice is told", () => {
  const label = [...labels({ b: "1", a: "2" }), ...labels({ b: "3" })];
  const { blocks } = parse({ name: "c", metric: [{ label, counter: { value: 1 } }] });
  expect(blocks).toEqual([{ labels: ["a", "2", "b", "1"], duplicate: "b" }]);
});

test("start timestamps belong to what counts", () => {
  const { extras } = parse(
    { name: "c", metric: [{ counter: { value: 1, createdTimestamp: seconds(1.25) } }] },
    {
      name: "s",
      type: MetricType.SUMMARY,
      metric: [
        { summary: { sampleSum: 1, quantile: [{ quantile: 1, value: 1 }], createdTimestamp: seconds(2) } },
      ],
    },
    {
      name: "h",
      type: MetricType.HISTOGRAM,
      metric: [{ histogram: { bucket: [{ upperBound: 1 }], createdTimestamp: seconds(3) } }],
    },
  );
  expect([...(extras?.startsMs ?? [])]).toEqual([1250, NaN, 2000, 2000, 3000, 3000, 3000]);
});

test("exemplars are kept, with their labels and their time", () => {
  const exemplar = { label: labels({ trace: "abc" }), value: 0.5, timestamp: seconds(4.5) };
  const { extras } = parse(
    { name: "c", metric: [{ counter: { value: 1, exemplar } }] },
    {
      name: "h",
      type: MetricType.HISTOGRAM,
      metric: [
        {
          histogram: {
            bucket: [{ upperBound: 1, exemplar: { value: 2 } }],
            schema: 0,
            exemplars: [exemplar],
          },
        },
      ],
    },
  );
  const read = { labels: ["trace", "abc"], value: 0.5, timestampMs: 4500 };
  expect([...(extras?.exemplars ?? [])]).toEqual([
    [0, read],
    [1, { labels: [], value: 2, timestampMs: undefined }],
  ]);
  expect([...(extras?.nativeExemplars ?? [])]).toEqual([[3, [read]]]);
});

/** The native part of a histogram. */
function native(histogram: NonNullable<NonNullable<FamilyInit["metric"]>[number]["histogram"]>): unknown {
  const { extras, roles } = parse({ name: "h", type: MetricType.HISTOGRAM, metric: [{ histogram }] });
  const [[at, read] = [0, undefined]] = extras?.natives ?? [];
  if (read !== undefined) expect(roles[at]).toBe(Role.count);
  return read;
}

describe("native histograms", () => {
  test("of whole observations", () => {
    expect(
      native({
        schema: 3,
        zeroThreshold: 0.001,
        zeroCount: 2n,
        positiveSpan: [
          { offset: -2, length: 2 },
          { offset: 3, length: 1 },
        ],
        positiveDelta: [1n, 2n, -3n],
        negativeSpan: [{ offset: 5, length: 1 }],
        negativeDelta: [4n],
      }),
    ).toEqual({
      schema: 3,
      zeroThreshold: 0.001,
      zeroCount: 2,
      // The third bucket, index 3, is empty.
      positive: { indexes: [-2, -1], counts: [1, 3] },
      negative: { indexes: [5], counts: [4] },
    });
  });

  test("of floats", () => {
    expect(
      native({
        schema: -4,
        zeroCountFloat: 0.5,
        positiveSpan: [{ offset: 0, length: 2 }],
        positiveCount: [1.5, 2.5],
      }),
    ).toEqual({
      schema: -4,
      zeroThreshold: 0,
      zeroCount: 0.5,
      positive: { indexes: [0, 1], counts: [1.5, 2.5] },
      negative: { indexes: [], counts: [] },
    });
  });

  test("an empty span makes one of a histogram without observations", () => {
    expect(native({ positiveSpan: [{ offset: 0, length: 0 }] })).toMatchObject({ schema: 0, zeroCount: 0 });
    expect(native({ sampleCount: 1n, bucket: [{ upperBound: 1, cumulativeCount: 1n }] })).toBeUndefined();
  });

  test.each<[object, string]>([
    [{ schema: 9 }, 'native histogram "h" has schema 9, only -4 to 8 can be read'],
    [
      { positiveSpan: [{ offset: 0, length: 4_000_000_000 }], positiveDelta: [1n] },
      'native histogram "h" has spans of more buckets than populations',
    ],
    [
      { positiveSpan: [{ offset: 0, length: 1 }], positiveDelta: [1n, 1n] },
      'native histogram "h" has more populations than its spans have buckets',
    ],
    [
      {
        positiveSpan: [
          { offset: 0, length: 1 },
          { offset: -1, length: 1 },
        ],
        positiveDelta: [1n, 1n],
      },
      'native histogram "h" has spans that overlap',
    ],
    [
      { negativeSpan: [{ offset: 0, length: 2 }], negativeDelta: [1n, -2n] },
      'native histogram "h" has a bucket population below zero',
    ],
  ])("are refused: %#", (histogram, message) => {
    expect(() => native(histogram)).toThrow(new InconsistentError(message));
  });
});

describe("is inconsistent:", () => {
  test.each<[FamilyInit, string]>([
    [{ name: "a", metric: [{ gauge: { value: 1 } }] }, 'collected metric "a" {} is not a COUNTER'],
    [
      { name: "a", type: MetricType.GAUGE, metric: [{ label: labels({ l: "v" }), counter: { value: 1 } }] },
      'collected metric "a" {l="v"} is not a GAUGE',
    ],
    [
      { name: "a", type: MetricType.GAUGE_HISTOGRAM, metric: [{}] },
      'collected metric "a" {} is not a GAUGE_HISTOGRAM',
    ],
    [
      { name: "a", metric: [{ counter: { value: 1 }, timestampMs: 0n }] },
      'pushed metrics must not have timestamps (one of "a" has one)',
    ],
    [
      { name: "a", metric: [{ label: labels({ "": "v" }), counter: { value: 1 } }] },
      'collected metric "a" has a label without a name',
    ],
    [
      {
        name: "a",
        type: MetricType.SUMMARY,
        metric: [{ label: labels({ quantile: "1" }), summary: { quantile: [{ quantile: 1 }] } }],
      },
      'collected metric "a" must not have an explicit "quantile" label',
    ],
    [
      {
        name: "a",
        type: MetricType.HISTOGRAM,
        metric: [{ label: labels({ le: "1" }), histogram: { bucket: [{ upperBound: 1 }] } }],
      },
      'collected metric "a" must not have an explicit "le" label',
    ],
    [
      {
        name: "a",
        type: MetricType.HISTOGRAM,
        metric: [{ label: labels({ le: "1" }), histogram: { sampleCount: 2n } }],
      },
      'collected metric "a" must not have an explicit "le" label',
    ],
  ])("%#", (family, message) => {
    expect(() => parse(family)).toThrow(new InconsistentError(message));
  });
});

describe("is refused:", () => {
  test.each<[what: string, body: number[], message: string]>([
    ["a length of 26 GB", [0x80, 0x80, 0x80, 0x80, 0x61], "unexpected EOF"],
    ["a length of 2^64 - 1", [...Array.from({ length: 9 }, () => 0xff), 1, 1], "unexpected EOF"],
    ["a length that breaks off", [0x80], "unexpected EOF"],
    ["text", [...Buffer.from("a 1\n")], "unexpected EOF"],
    ["a message that is shorter than its length", [5, 0x0a, 1, 0x61], "unexpected EOF"],
    ["a field that is longer than its message", [2, 0x0a, 9], "proto: cannot parse invalid wire-format data"],
    ["a field number of 0", [1, 0], "proto: cannot parse invalid wire-format data"],
    ["a name that is no UTF-8", [3, 0x0a, 1, 0xff], "proto: a string contains invalid UTF-8"],
    ["a family without a name", [0], "protobuf: a metric family has no name"],
    ["a type of its own", [5, 0x0a, 1, 0x61, 0x18, 9], "protobuf: no metric type has the number 9"],
  ])("%s", (_, body, message) => {
    expect(() => parseProtobuf(Uint8Array.from(body), 10)).toThrow(new ExpositionError(message));
  });

  test("a label value that is no UTF-8", () => {
    const body = protobufBody({ name: "a", metric: [{ label: labels({ l: "v" }), counter: { value: 1 } }] });
    body[body.indexOf("v".charCodeAt(0))] = 0xff;
    expect(() => parseProtobuf(body, 10)).toThrow(
      new ExpositionError("proto: a string contains invalid UTF-8"),
    );
  });

  test("a count below zero in a histogram", () => {
    const family = { name: "h", type: MetricType.HISTOGRAM };
    expect(() => parse({ ...family, metric: [{ histogram: { sampleCountFloat: -1 } }] })).toThrow(
      new ExpositionError('protobuf: negative count for histogram "h"'),
    );
    expect(() =>
      parse({ ...family, metric: [{ histogram: { bucket: [{ cumulativeCountFloat: -1 }] } }] }),
    ).toThrow(new ExpositionError('protobuf: negative bucket population for histogram "h"'));
  });

  test("a series of more than a megabyte", () => {
    const label = labels({ l: "v".repeat(2 ** 20) });
    expect(() => parse({ name: "a", metric: [{ label, counter: { value: 1 } }] })).toThrow(
      /^protobuf: a series of "a" has \d+ bytes, at most 1048576 are read$/,
    );
  });
});

test("HELP that is no UTF-8 is mended", () => {
  const body = protobufBody({ name: "a", help: "h", metric: [{ counter: { value: 1 } }] });
  body[body.indexOf("h".charCodeAt(0))] = 0xff;
  expect(parseProtobuf(body, 10).families).toMatchObject([{ help: "\uFFFD" }]);
});

test("more samples than a push may have end the reading", () => {
  const metric = Array.from({ length: 5 }, (_, i) => ({
    label: labels({ l: `${i}` }),
    counter: { value: i },
  }));
  expect(parseProtobuf(protobufBody({ name: "a", metric }), 5).values).toHaveLength(5);
  expect(() => parseProtobuf(protobufBody({ name: "a", metric }), 4)).toThrow(new TooManySamplesError(4));
});

test("ten million empty metrics are refused at the first", () => {
  const metrics = Buffer.alloc(20_000_000, Buffer.from([0x22, 0x00]));
  const length = metrics.length + 3;
  const prefix = [
    (length & 0x7f) | 0x80,
    ((length >> 7) & 0x7f) | 0x80,
    ((length >> 14) & 0x7f) | 0x80,
    length >> 21,
  ];
  const body = Buffer.concat([Buffer.from([...prefix, 0x0a, 1, 0x61]), metrics]);
  expect(() => parseProtobuf(body, 1000)).toThrow('collected metric "a" {} is not a COUNTER');
});

function answers(body: Uint8Array): void {
  try {
    const { values, familyOf, families } = parseProtobuf(body, 1000);
    expect(familyOf.length).toBe(values.length);
    expect(familyOf.every((index) => index < families.length)).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(ExpositionError);
  }
}

describe("any bytes", () => {
  const whole = protobufBody(...everything);
  test("are read or refused, and nothing else", () => {
    assert(property(uint8Array({ maxLength: 100 }), answers), { numRuns: 1000 });
  });

  test("with any bit of a good body flipped too", () => {
    assert(
      property(integer({ min: 0, max: whole.length * 8 - 1 }), (bit) => {
        const body = Uint8Array.from(whole);
        body[bit >> 3]! ^= 1 << (bit & 7);
        answers(body);
      }),
      { numRuns: 2000 },
    );
  });

  test("that break off are refused, unless between two families", () => {
    const ends = new Set(everything.map((_, i) => protobufBody(...everything.slice(0, i)).length));
    for (let length = 0; length < whole.length; length += 1) {
      const read = (): unknown => parseProtobuf(whole.subarray(0, length), 1000);
      if (ends.has(length)) expect(read).not.toThrow();
      else expect(read).toThrow(new ExpositionError("unexpected EOF"));
    }
  });
});
