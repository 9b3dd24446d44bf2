import { assert, constantFrom, array, integer, property, tuple, uint8Array } from "fast-check";
import { describe, expect, test } from "vitest";
import { ExpositionError, TooManySamplesError } from "../../../../src/core/exposition/exposition-error.ts";
import {
  endsAsOpenMetrics,
  parseOpenMetrics,
} from "../../../../src/core/exposition/openmetrics/parse-openmetrics.ts";
import type { ParsedBody } from "../../../../src/core/exposition/parsed-body.ts";
import { nodeBytes } from "../../../../src/platform/bytes.ts";
import { bodyLines } from "../../../support/body-lines.ts";

function parse(
  body: string | Uint8Array,
  options: { utf8Names?: boolean; maxSamples?: number } = {},
): ParsedBody {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  return parseOpenMetrics(bytes, { bytes: nodeBytes, utf8Names: false, maxSamples: 1000, ...options });
}

/** Everything that the format has. */
const EVERYTHING = `# TYPE requests counter
# HELP requests how many\\nof "them" \\"here\\" \\q
requests_total{path="/"} 5 # {trace="abc"} 0.5 1.25
requests_created{path="/"} 1700000000.5
requests_total{path="\\d\\\\\\"\\n"} +Inf
# TYPE temperature_celsius gauge
# UNIT temperature_celsius celsius
temperature_celsius -1.5
# TYPE build info
build_info{version="1"} 1
# TYPE mode stateset
mode{mode="on"} 1
mode{mode="off"} 0
# TYPE latency summary
latency{quantile="0.5"} 1
latency_count 2
latency_sum 3
latency_created 4
# TYPE size histogram
size_bucket{l="a",le="1"} 1 # {} 0.75
size_bucket{l="a",le="+Inf"} 2
size_count{l="a"} 2
size_sum{l="a"} 3.5
size_created{l="a"} 5
size_bucket{l="b",le="+Inf"} 0
# TYPE queue gaugehistogram
queue_bucket{le="+Inf"} 4
queue_gcount 4
queue_gsum -7
# TYPE odd unknown
odd nan
bare{} 1e3
# EOF
`;

test("every type of family is read", () => {
  const parsed = parse(EVERYTHING);
  expect(bodyLines(parsed)).toEqual([
    'counter requests_total{path="/"} 5',
    'counter requests_total{path="\\\\d\\\\\\"\\n"} Infinity',
    "gauge temperature_celsius -1.5",
    'gauge build_info{version="1"} 1',
    'gauge mode{mode="on"} 1',
    'gauge mode{mode="off"} 0',
    'summary latency{quantile="0.5"} 1',
    "summary latency_count 2",
    "summary latency_sum 3",
    'histogram size_bucket{l="a",le="1"} 1',
    'histogram size_bucket{l="a",le="+Inf"} 2',
    'histogram size_count{l="a"} 2',
    'histogram size_sum{l="a"} 3.5',
    'histogram size_bucket{l="b",le="+Inf"} 0',
    'gaugehistogram queue_bucket{le="+Inf"} 4',
    "gaugehistogram queue_count 4",
    "gaugehistogram queue_sum -7",
    "untyped odd NaN",
    "untyped bare 1000",
  ]);
  expect(parsed.families.map(({ subtype }) => subtype).filter((subtype) => subtype !== undefined)).toEqual([
    "info",
    "stateset",
  ]);
  expect(parsed.families[0]).toMatchObject({ help: 'how many\nof "them" "here" \\q', unit: undefined });
  expect(parsed.families[1]).toMatchObject({ unit: "celsius" });
  expect([parsed.timestampLine, parsed.duplicateLine, parsed.valueStart]).toEqual([0, 0, []]);
});

test("_created is the start of its series and none itself", () => {
  const { extras } = parse(EVERYTHING);
  const starts = [...(extras?.startsMs ?? [])];
  expect(starts[0]).toBe(1_700_000_000_500);
  expect(starts.slice(6, 9)).toEqual([NaN, 4000, 4000]);
  expect(starts.slice(9, 14)).toEqual([5000, 5000, 5000, 5000, NaN]);
});

test("exemplars are kept, with their labels and their time", () => {
  expect([...(parse(EVERYTHING).extras?.exemplars ?? [])]).toEqual([
    [0, { labels: ["trace", "abc"], value: 0.5, timestampMs: 1250 }],
    [9, { labels: [], value: 0.75, timestampMs: undefined }],
  ]);
});

test("the line of the first timestamp is told", () => {
  expect(parse("a 1\nb 1 2.5\nc 1 3\n# EOF\n").timestampLine).toBe(2);
  expect(parse('# TYPE a counter\na_total 1 2 # {l="v"} 3 4\n# EOF\n').timestampLine).toBe(2);
});

test("families without samples are none", () => {
  expect(parse("# TYPE a counter\n# TYPE b gauge\n# HELP c\n# EOF").families).toEqual([]);
});

test("a family that a descriptor of another stands before is of no type", () => {
  expect(bodyLines(parse("# TYPE a counter\nb 1\n# EOF\n"))).toEqual(["untyped b 1"]);
});

test("names in quotes, where UTF-8 is allowed", () => {
  const body = `# TYPE "a.b" counter\n{"a.b_total","l.b"="v"} 1\n# EOF\n`;
  expect(bodyLines(parse(body, { utf8Names: true }))).toEqual(['counter a.b_total{"l.b"="v"} 1']);
  expect(() => parse(body)).toThrow(
    new ExpositionError('openmetrics parsing error in line 1: invalid metric name "a.b"'),
  );
});

describe("the last line tells OpenMetrics from text:", () => {
  test.each([
    ["# EOF", true],
    ["# EOF\n", true],
    ["a 1\n# EOF\n", true],
    ["a 1\n# EOF", true],
    ["", false],
    ["a 1\n", false],
    ["a 1 # EOF\n", false],
    ["a 1\n#EOF\n", false],
    ["a 1\n# EOF\n\n", false],
    ["a 1\n# EOF\r\n", false],
    ["a 1\n# EOFS\n", false],
  ])("%j: %s", (body, ends) => {
    expect(endsAsOpenMetrics(Buffer.from(body), nodeBytes)).toBe(ends);
  });
});

describe("is refused:", () => {
  test.each<[body: string, line: number, reason: string]>([
    ["\n", 1, "OpenMetrics has no empty lines"],
    ["# a comment\n", 1, "a line that begins with # must be TYPE, HELP, UNIT or EOF, with single spaces"],
    ["#  TYPE a gauge\n", 1, "a line that begins with # must be TYPE, HELP, UNIT or EOF, with single spaces"],
    ["# EOF\na 1\n", 2, "there is something behind # EOF"],
    ["# TYPE a untyped\n", 1, 'unknown metric type "untyped"'],
    ["# TYPE a COUNTER\n", 1, 'unknown metric type "COUNTER"'],
    ["# TYPE 1 gauge\n", 1, 'expected a metric name, got "1 gauge"'],
    ["# TYPE a-b gauge\n", 1, "invalid metric name in a descriptor"],
    ["# TYPE a gauge\n# TYPE a gauge\n", 2, 'second TYPE line for metric family "a"'],
    ["# HELP a b\n# HELP a b\n", 2, 'second HELP line for metric family "a"'],
    ["# UNIT a_b b\n# UNIT a_b b\n", 2, 'second UNIT line for metric family "a_b"'],
    ["a 1\n# TYPE a gauge\n", 2, 'TYPE of "a" stands behind its samples'],
    ["# UNIT a seconds\na 1\n", 2, 'the name "a" does not end in its unit "seconds"'],
    ["# TYPE a_b info\n# UNIT a_b b\na_b_info 1\n", 3, 'info "a_b" cannot have a unit'],
    ["# TYPE a counter\na 1\n", 2, 'the samples of counter "a" are a_total, a_created'],
    [
      "# TYPE a counter\na_total 1\na 1\n",
      3,
      '"a" is of a family above: families must be in one piece, with names of their own',
    ],
    [
      "a 1\nb 1\n# TYPE a gauge\na 2\n",
      4,
      '"a" is of a family above: families must be in one piece, with names of their own',
    ],
    [
      "a_total 1\n# TYPE a counter\na_total 1\n",
      3,
      '"a_total" is of a family above: families must be in one piece, with names of their own',
    ],
    ["a  1\n", 1, 'expected float as value, got ""'],
    [" a 1\n", 1, `expected a metric name, got " a 1"`],
    ["a\t1\n", 1, String.raw`expected one space before the value, got "\t1"`],
    ["a 1 \n", 1, 'expected float as timestamp, got ""'],
    ["a 1 x\n", 1, 'expected float as timestamp, got "x"'],
    ["a 1\r\n", 1, String.raw`expected float as value, got "1\r"`],
    ["a 1 2 3\n", 1, 'expected an exemplar, got " 3"'],
    ["a 0x1\n", 1, 'expected float as value, got "0x1"'],
    ['a{l="v",} 1\n', 1, "labels must be separated by one comma and nothing else"],
    ['a{l="v", m="v"} 1\n', 1, "labels must be separated by one comma and nothing else"],
    ['a{l="v",l="w"} 1\n', 1, 'label name "l" stands twice'],
    ['a{__name__="v"} 1\n', 1, 'label name "__name__" is reserved'],
    ['a{l="v} 1\n', 1, 'label value "v} 1" contains unescaped new-line'],
    ["a 1\na 2\n", 2, 'a sample of "a" stands twice'],
    [
      'a{l="1"} 1\na{l="2"} 1\na{l="1"} 1\n',
      3,
      'the samples of "a" with labels {l="1"} do not stand together',
    ],
    ["# TYPE a counter\na_total -1\n", 2, "what counts cannot be -1"],
    ["# TYPE a counter\na_total NaN\n", 2, "what counts cannot be NaN"],
    ["# TYPE a counter\na_total 1\na_created NaN\n", 3, '"a" was created at NaN'],
    ["# TYPE a info\na_info 2\n", 2, "the value of an info is 1, not 2"],
    ['# TYPE a stateset\na{a="x"} 2\n', 2, "the value of a state is 0 or 1, not 2"],
    ["# TYPE a stateset\na 1\n", 2, 'stateset "a" needs a label "a"'],
    ["# TYPE a summary\na 1\n", 2, 'summary "a" needs a label "quantile"'],
    ['# TYPE a summary\na{quantile="2"} 1\n', 2, 'expected a quantile from 0 to 1, got "2"'],
    ["# TYPE a histogram\na_bucket 1\n", 2, 'histogram "a" needs a label "le"'],
    ['# TYPE a histogram\na_bucket{le="x"} 1\n', 2, `expected float as value for 'le' label, got "x"`],
    ['# TYPE a histogram\na_bucket{le="1"} 1\nb 1\n', 3, 'histogram "a" has no bucket with le="+Inf"'],
    ["# TYPE a histogram\na_count 1\n# EOF\n", 3, 'histogram "a" has no bucket with le="+Inf"'],
    [
      '# TYPE a histogram\na_bucket{le="1"} 1\na_bucket{le="1.0"} 1\n',
      3,
      'the bucket le="1.0" does not stand behind all that are smaller',
    ],
    [
      '# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\n',
      3,
      'the bucket le="+Inf" counts less than the one before it',
    ],
    ["a 1 # {} 1\n", 1, 'exemplars are for counters and buckets, and "a" has type unknown'],
    ["# TYPE a counter\na_total 1 # x\n", 2, 'expected an exemplar, got " # x"'],
    ["# TYPE a counter\na_total 1 # {}\n", 2, 'expected one space before the exemplar value, got ""'],
    [
      `# TYPE a counter\na_total 1 # {l="${"v".repeat(128)}"} 1\n`,
      2,
      "the labels of an exemplar have 129 characters, more than 128",
    ],
  ])("%j", (body, line, reason) => {
    expect(() => parse(body)).toThrow(
      new ExpositionError(`openmetrics parsing error in line ${line}: ${reason}`),
    );
  });

  test("more samples than a push may have", () => {
    expect(parse("a 1\nb 1\n# EOF\n", { maxSamples: 2 }).values).toHaveLength(2);
    expect(() => parse("a 1\nb 1\n# EOF\n", { maxSamples: 1 })).toThrow(new TooManySamplesError(1));
  });
});

function answers(body: Uint8Array): void {
  try {
    const { values, familyOf, families } = parse(body, { utf8Names: true });
    expect(familyOf.length).toBe(values.length);
    expect(familyOf.every((index) => index < families.length)).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(ExpositionError);
  }
}

describe("any bytes are read or refused, and nothing else:", () => {
  const whole = Buffer.from(EVERYTHING);

  test("at random", () => {
    assert(property(uint8Array({ maxLength: 200 }), answers));
    const token = constantFrom(
      "# TYPE a ",
      "a",
      "_total",
      "_bucket",
      '{le="1"}',
      " 1",
      "\n",
      "# EOF\n",
      "histogram",
      " # {} 1",
    );
    assert(
      property(array(token, { maxLength: 20 }), (tokens) => answers(Buffer.from(tokens.join("")))),
      {
        numRuns: 1000,
      },
    );
  });

  test("with bits of a good body flipped", () => {
    const bit = integer({ min: 0, max: whole.length * 8 - 1 });
    assert(
      property(tuple(bit, bit), (bits) => {
        const body = Uint8Array.from(whole);
        for (const at of bits) body[at >> 3]! ^= 1 << (at & 7);
        answers(body);
      }),
      { numRuns: 2000 },
    );
  });

  test("cut off anywhere", () => {
    for (let length = 0; length <= whole.length; length += 1) answers(whole.subarray(0, length));
  });
});
