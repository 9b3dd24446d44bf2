import {
  assert,
  property,
  string,
  stringMatching,
  uint8Array,
  constantFrom,
  array,
  dictionary,
  tuple,
  double,
} from "fast-check";
import { describe, expect, test } from "vitest";
import { createBlockTable } from "../../../src/core/exposition/block-table.ts";
import { escapeHelp, renderLabels } from "../../../src/core/exposition/escape.ts";
import {
  ExpositionError,
  lineError,
  TooManySamplesError,
} from "../../../src/core/exposition/exposition-error.ts";
import { formatNumber } from "../../../src/core/exposition/format-number.ts";
import { parseText } from "../../../src/core/exposition/parse-text.ts";
import { Role, type ParsedBody } from "../../../src/core/exposition/parsed-body.ts";
import { nodeBytes } from "../../../src/platform/bytes.ts";

const encoder = new TextEncoder();
const roleNames = Object.fromEntries(Object.entries(Role).map(([name, role]) => [role, name]));

interface Settings {
  readonly utf8Names?: boolean;
  readonly maxSamples?: number;
}

function parse(
  body: string | Uint8Array,
  { utf8Names = false, maxSamples = 1000 }: Settings = {},
): ParsedBody {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  return parseText(bytes, { bytes: nodeBytes, blocks: createBlockTable(100), utf8Names, maxSamples });
}

/** A body in one line for each sample: type, family, role if it is not a plain value, labels, value. */
function show({ families, familyOf, roles, blocks, values }: ParsedBody): string[] {
  return values.map((value, i) => {
    const { name, type } = families[familyOf[i]!]!;
    const role = roles[i] === Role.value ? "" : `.${roleNames[roles[i]!]}`;
    return `${type} ${name}${role}${renderLabels(blocks[i]!.labels)} ${formatNumber(value)}`;
  });
}

function bytesOf(latin1: string): Uint8Array {
  return Uint8Array.from(latin1, (c) => c.charCodeAt(0));
}

/** What Flink's reporter sends, through client_java 0.8.1. */
const FLINK_BODY = `# HELP flink_taskmanager_job_task_numRecordsIn numRecordsIn (scope: taskmanager_job_task)
# TYPE flink_taskmanager_job_task_numRecordsIn gauge
flink_taskmanager_job_task_numRecordsIn{job_id="aa",task_name="Source__Map",subtask_index="0",host="h",tm_id="tm_1",} 42.0
flink_taskmanager_job_task_numRecordsIn{job_id="aa",task_name="Source__Map",subtask_index="1",host="h",tm_id="tm_1",} 1.234567891E9
# HELP flink_taskmanager_job_task_currentInputWatermark currentInputWatermark (scope: taskmanager_job_task)
# TYPE flink_taskmanager_job_task_currentInputWatermark gauge
flink_taskmanager_job_task_currentInputWatermark{job_id="aa",task_name="Source__Map",subtask_index="0",host="h",tm_id="tm_1",} -9.223372036854776E18
# HELP flink_taskmanager_job_task_registering registering (scope: taskmanager_job_task)
# TYPE flink_taskmanager_job_task_registering gauge
# HELP flink_taskmanager_job_latency latency (scope: taskmanager_job)
# TYPE flink_taskmanager_job_latency summary
flink_taskmanager_job_latency_count{job_id="aa",host="h",} 3.0
flink_taskmanager_job_latency{job_id="aa",host="h",quantile="0.5",} 1.5
flink_taskmanager_job_latency{job_id="aa",host="h",quantile="0.999",} NaN
`;

test("a push of Flink's is read", () => {
  const body = parse(FLINK_BODY);
  const task = `host="h",job_id="aa"`;
  expect(show(body)).toEqual([
    `gauge flink_taskmanager_job_task_numRecordsIn{${task},subtask_index="0",task_name="Source__Map",tm_id="tm_1"} 42`,
    `gauge flink_taskmanager_job_task_numRecordsIn{${task},subtask_index="1",task_name="Source__Map",tm_id="tm_1"} 1.234567891e+09`,
    `gauge flink_taskmanager_job_task_currentInputWatermark{${task},subtask_index="0",task_name="Source__Map",tm_id="tm_1"} -9.223372036854776e+18`,
    `summary flink_taskmanager_job_latency.count{${task}} 3`,
    `summary flink_taskmanager_job_latency.quantile{${task},quantile="0.5"} 1.5`,
    `summary flink_taskmanager_job_latency.quantile{${task},quantile="0.999"} NaN`,
  ]);
  expect(body.families.map((family) => family.help)).toEqual([
    "numRecordsIn (scope: taskmanager_job_task)",
    "currentInputWatermark (scope: taskmanager_job_task)",
    "latency (scope: taskmanager_job)",
  ]);
});

test("lines with the same label text share one block", () => {
  const { blocks } = parse(FLINK_BODY);
  expect(blocks[2]).toBe(blocks[0]);
  expect(blocks[1]).not.toBe(blocks[0]);
});

test("the text of each value is where the body says it is", () => {
  const { valueStart, valueEnd } = parse(FLINK_BODY);
  const texts = valueStart.map((start, i) => FLINK_BODY.slice(start, valueEnd[i]));
  expect(texts).toEqual(["42.0", "1.234567891E9", "-9.223372036854776E18", "3.0", "1.5", "NaN"]);
});

describe("accepted", () => {
  test.each<[body: string, samples: string[]]>([
    ["", []],
    ["\n \n\t\n", []],
    ["a 1\n", ["untyped a 1"]],
    ["\ta\t1\n\n# plain comment\n  b   2\n", ["untyped a 1", "untyped b 2"]],
    ["# UNIT a seconds\na 1\n# EOF\n", ["untyped a 1"]],
    ["#\n# \n#x\n# HELP\n# HELP \n# HELP a\n# TYPE a \na 1\n", ["untyped a 1"]],
    ["#TYPE a gauge\na 1\n", ["gauge a 1"]],
    ["#\t TYPE\ta\tgauge\na 1\n", ["gauge a 1"]],
    ["# TYPE a GAUGE\na 1\n", ["gauge a 1"]],
    ["# TYPE a ga\\uge\na 1\n", ["gauge a 1"]], // expfmt loses the backslash
    ["# TYPE a gaugehistogram\na_count 1\n", ["gaugehistogram a.count 1"]],
    [
      "# TYPE a gaugehistogram\na_gcount 1\na_gsum 2\n",
      ["gaugehistogram a.count 1", "gaugehistogram a.sum 2"],
    ],
    ["# TYPE a histogram\na_gcount 1\n", ["untyped a_gcount 1"]],
    ["# TYPE a GAUGE_HISTOGRAM\na_count 1\n", ["gaugehistogram a.count 1"]],
    ["# TYPE a counter\na_total 1\n", ["untyped a_total 1"]],
    ["# TYPE a counter\na -1\n# TYPE b counter\nb NaN\n", ["counter a -1", "counter b NaN"]],
    ['# TYPE a gauge\na 1\nb 2\na{l="v"} 3\n', ["gauge a 1", "untyped b 2", `gauge a{l="v"} 3`]],
    ["# TYPE empty gauge\n# HELP empty x\na 1\n", ["untyped a 1"]],
    ["a{} 1\n", ["untyped a 1"]],
    ['a{b="c"}1\n', [`untyped a{b="c"} 1`]],
    ['a{b="c",} 1.0\n', [`untyped a{b="c"} 1`]],
    ['a {\tb = "c" , d ="e" } 1\n', [`untyped a{b="c",d="e"} 1`]],
    ['a{z="1",B="2",a="3",_="4"} 1\n', [`untyped a{B="2",_="4",a="3",z="1"} 1`]],
    ['a{b="\\n\\\\\\""} 1\n', [`untyped a{b="\\n\\\\\\""} 1`]],
    [
      'a{b="}",c="{,= #"} 1\na{b="}",c="{,= #"} 2\n',
      [`untyped a{b="}",c="{,= #"} 1`, `untyped a{b="}",c="{,= #"} 2`],
    ],
    ['a{b=""} 1\n', [`untyped a{b=""} 1`]],
    ['a{b="ü\u{1F600}\0\uFEFF"} 1\n', [`untyped a{b="ü\u{1F600}\0\uFEFF"} 1`]],
    ["a:b 1\n:c 2\n_d 3\n", ["untyped a:b 1", "untyped :c 2", "untyped _d 3"]],
    [
      '"a" 1\na"b" 2\n{c} 3\n{"d",l="v"} 4\n',
      ["untyped a 1", "untyped ab 2", "untyped c 3", `untyped d{l="v"} 4`],
    ],
    ['{l="v","d",} 4\n', [`untyped d{l="v"} 4`]],
    ['a{"b"="c"} 1\n', [`untyped a{b="c"} 1`]],
    ["ab 1\na 2\nab 3\nabc 4\n", ["untyped ab 1", "untyped a 2", "untyped ab 3", "untyped abc 4"]],
  ])("%j", (body, samples) => {
    expect(show(parse(body))).toEqual(samples);
  });

  test.each<[value: string, want: string]>([
    ["NaN", "NaN"],
    ["nAn", "NaN"],
    ["Inf", "+Inf"],
    ["+inf", "+Inf"],
    ["-INFINITY", "-Inf"],
    ["1e3", "1000"],
    ["1.0E10", "1e+10"],
    ["+1.5", "1.5"],
    [".5", "0.5"],
    ["5.", "5"],
    ["1e-400", "0"],
  ])("the value %s", (value, want) => {
    expect(show(parse(`a ${value}\n`))).toEqual([`untyped a ${want}`]);
  });
});

describe("summaries and histograms", () => {
  test.each<[body: string, samples: string[]]>([
    [
      '# TYPE s summary\ns_sum 1\ns_count 2\ns{quantile="0.5"} 3\n',
      ["summary s.sum 1", "summary s.count 2", `summary s.quantile{quantile="0.5"} 3`],
    ],
    [
      '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh{le="1"} 2\n',
      [`histogram h.bucket{le="+Inf"} 1`, `histogram h.bucket{le="1"} 2`],
    ],
    ["# TYPE h histogram\nh_sum -1\nh_count 2\n", ["histogram h.sum -1", "histogram h.count 2"]],
    // Lines without their bound, or with NaN for it, are read and dropped.
    ['# TYPE s summary\ns 1\ns{quantile="NaN"} 1\ns_count 2\n', ["summary s.count 2"]],
    ['# TYPE h histogram\nh_bucket 1\nh 1\nh_bucket{le="nan"} 1\nh_count 2\n', ["histogram h.count 2"]],
    // A suffix means something only once the type is known, and only the suffixes of that type.
    [
      "s_count 1\n# TYPE s summary\ns_count 2\ns_sum 3\n",
      ["untyped s_count 1", "untyped s_count 2", "summary s.sum 3"],
    ],
    ['# TYPE s summary\ns_bucket{le="1"} 1\n', [`untyped s_bucket{le="1"} 1`]],
    ["# TYPE g gauge\ng_count 1\n", ["untyped g_count 1"]],
    ["# TYPE s summary\ns_count_count 1\n_count 2\n", ["untyped s_count_count 1", "untyped _count 2"]],
    ["# TYPE s summary\n# HELP s_sum x\ns_sum 1\n", ["summary s.sum 1"]],
    // In any other family `le` and `quantile` are labels like any other.
    ['a{le="x",quantile="y"} 1\n', [`untyped a{le="x",quantile="y"} 1`]],
  ])("%j", (body, samples) => {
    expect(show(parse(body))).toEqual(samples);
  });
});

describe("refused", () => {
  test.each<[body: string, line: number, reason: string]>([
    ["blablabla\n", 1, `expected float as value, got ""`],
    ["some_metric 3.14\r\n", 1, `expected float as value, got "3.14\\r"`],
    ["a 1", 1, "unexpected end of input stream"],
    ["a", 1, "unexpected end of input stream"],
    ["a{", 1, "unexpected end of input stream"],
    ['a{b="c', 1, "unexpected end of input stream"],
    ["a 1\n# foo", 2, "unexpected end of input stream"],
    ["a 1\n# TYPE a", 2, "unexpected end of input stream"],
    ["a 1 5", 1, "unexpected end of input stream"],
    ["a 1 \n", 1, `expected integer as timestamp, got ""`],
    ["a 1 1.5\n", 1, `expected integer as timestamp, got "1.5"`],
    ["a 1 9223372036854775808\n", 1, `expected integer as timestamp, got "9223372036854775808"`],
    ["a 1 2 3\n", 1, `spurious string after timestamp: " 3"`],
    ['a 1 # {trace="x"} 1\n', 1, `expected integer as timestamp, got "#"`],
    ["a 1e400\n", 1, `expected float as value, got "1e400"`],
    ["a 0x10\n", 1, `expected float as value, got "0x10"`],
    ["a 1_000\n", 1, `expected float as value, got "1_000"`],
    ["a +NaN\n", 1, `expected float as value, got "+NaN"`],
    ["a 1e\n", 1, `expected float as value, got "1e"`],
    ["a.b 1\n", 1, `expected float as value, got ".b"`],
    ["1a 1\n", 1, "invalid metric name"],
    ["{} 1\n", 1, "invalid metric name"],
    ['a 1\n{l="v"} 1\n', 2, "invalid metric name"],
    ['{"a","b"} 1\n', 1, `multiple metric names for metric "a"`],
    ['{"a" "b"} 1\n', 1, `unexpected end of metric name '"'`],
    ['{"a.b"} 1\n', 1, `invalid metric name "a.b"`],
    ['"a.b" 1\na.b 1\n', 1, `invalid metric name "a.b"`],
    ['"a\\nb\n', 1, `metric name "a\\nb" contains unescaped new-line`],
    ['"a\\qb" 1\n', 1, `invalid escape sequence '\\q'`],
    ['a{"x.y"="z"} 1\n', 1, `invalid label name "x.y"`],
    ['a{__name__="z"} 1\n', 1, `label name "__name__" is reserved`],
    ["a{,} 1\n", 1, `invalid label name for metric "a"`],
    ['a{b="c",,} 1\n', 1, `invalid label name for metric "a"`],
    ['a{""="c"} 1\n', 1, `invalid label name for metric "a"`],
    ["a{b=c} 1\n", 1, `expected '"' at start of label value, found 'c'`],
    ["a{b} 1\n", 1, `expected '=' after label name, found '}'`],
    ["a{b\n", 1, `expected '=' after label name, found '\\n'`],
    ["a{b='c'} 1\n", 1, `expected '"' at start of label value, found '\\''`],
    ['a{b="c" d="e"} 1\n', 1, `unexpected end of label value "c"`],
    ['a{b="c\nd"} 1\n', 1, `label value "c" contains unescaped new-line`],
    ['a{b="c\\d"} 1\n', 1, `invalid escape sequence '\\d'`],
    ['a{b="c"} 1\ngarbage{\n', 2, `invalid label name for metric "garbage"`],
    ["# TYPE a unknown\n", 1, `unknown metric type "unknown"`],
    ["# TYPE a gauge \n", 1, `unknown metric type "gauge "`],
    [
      "# TYPE a gauge\n# TYPE a gauge\n",
      2,
      `second TYPE line for metric name "a", or TYPE reported after samples`,
    ],
    ["a 1\n# TYPE a counter\n", 2, `second TYPE line for metric name "a", or TYPE reported after samples`],
    [
      "# TYPE h summary\nh_sum 1\n# TYPE h_count gauge\n",
      3,
      `second TYPE line for metric name "h", or TYPE reported after samples`,
    ],
    ["# HELP a x\n# HELP a y\n", 2, `second HELP line for metric name "a"`],
    ["# HELP a \\q\n", 1, `invalid escape sequence '\\q'`],
    ["# HELP a \\\n", 1, `invalid escape sequence '\\\\n'`],
    ["# HELP a.b x\n", 1, "invalid metric name in comment"],
    ['# HELP "a.b" x\n', 1, `invalid metric name "a.b"`],
    ['# TYPE h histogram\nh_bucket{le="abc"} 1\n', 2, `expected float as value for 'le' label, got "abc"`],
    ['# TYPE s summary\ns_sum{quantile=""} 1\n', 2, `expected float as value for 'quantile' label, got ""`],
    ['# TYPE h histogram\nh_bucket{le="1"} -1\n', 2, `negative bucket population for histogram "h"`],
    ["# TYPE h histogram\nh_count -1\n", 2, `negative count for histogram "h"`],
  ])("%j", (body, line, reason) => {
    expect(() => parse(body)).toThrow(lineError(line, reason));
  });

  test.each<[latin1: string, reason: string]>([
    ['a{b="x\xff"} 1\n', `invalid label value "x\\xff"`],
    ['a{b="\xc3\xbc\xc3"} 1\n', `invalid label value "ü\\xc3"`],
    ['a{b="\xed\xa0\x80"} 1\n', `invalid label value "\\xed\\xa0\\x80"`],
    ['a{b\xc3\xbc=""} 1\n', "expected '=' after label name, found 'Ã'"],
    ['"\xff" 1\n', `invalid metric name "\\xff"`],
    ["\xc3\xbc 1\n", "invalid metric name"],
    ["a \xc2\x80\n", `expected float as value, got "\\u0080"`],
  ])("bytes %j", (latin1, reason) => {
    expect(() => parse(bytesOf(latin1))).toThrow(lineError(1, reason));
  });
});

describe("with UTF-8 names", () => {
  test.each<[body: string, samples: string[]]>([
    [`{"a.b",l="v"} 1\n`, [`untyped a.b{l="v"} 1`]],
    [`"a.b"{"l.b"="v"} 1\n`, [`untyped a.b{"l.b"="v"} 1`]],
    [`# TYPE "ü \\"" gauge\n{"ü \\""} 1\n`, [`gauge ü " 1`]],
  ])("%j is accepted", (body, samples) => {
    expect(show(parse(body, { utf8Names: true }))).toEqual(samples);
  });

  test.each<[latin1: string, reason: string]>([
    ['"a.b" 1\na.b 1\n', `expected float as value, got ".b"`],
    ['"\xff" 1\n', `invalid metric name "\\xff"`],
    ['a{"\xff"=""} 1\n', `invalid label name "\\xff"`],
    ['# HELP "" x\n', `invalid metric name ""`],
  ])("%j is refused", (latin1, reason) => {
    expect(() => parse(bytesOf(latin1), { utf8Names: true })).toThrow(
      lineError(latin1.startsWith('"a') ? 2 : 1, reason),
    );
  });
});

test.each<[help: string, want: string]>([
  ['\\\\ \\n \\" x', '\\ \n " x'],
  ["trailing blank ", "trailing blank "],
  ["ü", "ü"],
])("HELP %j is %j", (help, want) => {
  expect(parse(`# HELP a ${help}\na 1\n`).families[0]?.help).toBe(want);
});

test("HELP may follow the samples", () => {
  expect(parse("a 1\n# HELP a x\n").families[0]?.help).toBe("x");
});

test("HELP that is not UTF-8 is mended, for no value depends on it", () => {
  expect(parse(bytesOf("# HELP a x\xff\na 1\n")).families[0]?.help).toBe("x\uFFFD");
});

test.each([
  ["a 1\n", 0],
  ['a 1\na{b="c"} 1 -5\na 1 7\n', 2],
  ["a 1 +9223372036854775807\n", 1],
  ["a 1\t-9223372036854775808\n", 1],
])("%j has its first timestamp in line %i", (body, line) => {
  expect(parse(body).timestampLine).toBe(line);
});

test.each([
  ['a{b="1"} 1\n', 0, undefined, `{b="1"}`],
  ['a 1\na{b="1",c="2",b="3"} 1\n', 2, "b", `{b="1",c="2"}`],
  ['a{x="1",x="1",b="2",b="3",b="4"} 1\n', 1, "b", `{b="2",x="1"}`],
])("%j has a label twice in line %i: %s", (body, line, name, labels) => {
  const { duplicateLine, blocks } = parse(body);
  expect(duplicateLine).toBe(line);
  expect(blocks.at(-1)?.duplicate).toBe(name);
  expect(renderLabels(blocks.at(-1)?.labels ?? [])).toBe(labels);
});

test("one sample more than allowed is refused", () => {
  expect(parse("a 1\nb 1\n", { maxSamples: 2 }).values).toEqual([1, 1]);
  expect(() => parse("a 1\nb 1\nc 1\n", { maxSamples: 2 })).toThrow(new TooManySamplesError(2));
});

describe("any body", () => {
  const piece = constantFrom(
    ...Array.from('{}=,"\\\n \t#.-1e'),
    "a",
    "a_count",
    "# TYPE a ",
    "# HELP a ",
    "summary",
    "histogram",
    'quantile="0.5"',
    'le="1"',
    'l="v",',
    "\xff",
    "1.5\n",
    "NaN\n",
  );

  test.each([false, true])("is read or refused, and nothing else (UTF-8 names: %s)", (utf8Names) => {
    const answers = (body: Uint8Array): void => {
      try {
        const { values, familyOf, families } = parse(body, { utf8Names });
        expect(familyOf.length).toBe(values.length);
        expect(familyOf.every((index) => index < families.length)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(ExpositionError);
      }
    };
    assert(property(uint8Array({ maxLength: 200 }), answers));
    assert(
      property(
        array(piece, { maxLength: 40 }).map((pieces) => bytesOf(pieces.join(""))),
        answers,
      ),
      { numRuns: 1000 },
    );
  });

  const metricName = stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,8}$/);
  const labelName = stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/).filter((name) => name !== "__name__");
  const anyText = string({ unit: "binary", maxLength: 8 });
  const sample = tuple(dictionary(labelName, anyText, { maxKeys: 4 }), double());

  test("that was rendered reads back the same", () => {
    assert(
      property(
        metricName,
        anyText.filter((help) => !/^[ \t]|^$/.test(help)),
        array(sample, { minLength: 1, maxLength: 5 }),
        (name, help, samples) => {
          const lines = samples.map(([labels, value]) => {
            const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
            return `${renderLabels(sorted.flat())} ${formatNumber(value)}`;
          });
          const text = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} gauge\n${lines.map((line) => `${name}${line}\n`).join("")}`;
          const body = parse(text);
          expect(body.families).toEqual([{ name, type: "gauge", help }]);
          expect(show(body)).toEqual(lines.map((line) => `gauge ${name}${line}`));
        },
      ),
    );
  });
});
