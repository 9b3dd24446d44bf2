import { array, constant, constantFrom, oneof, option, record, tuple } from "fast-check";
import type { Arbitrary } from "fast-check";

/** Stands for a byte that is no UTF-8. */
export const NO_UTF8 = "\uE0FF";

/** Few names, so that families meet: within a body, between groups, and by the suffixes of histograms and summaries. */
const NAMES = ["a", "b", "h", "s", "h_count", "h_sum", "h_bucket", "s_count", "a:b_total", "_a"];
const name = often(constantFrom(...NAMES), constantFrom("9a", "a-b", "ä", "", "a.b"));

/** Each name has one help: a Pushgateway shows any of several, in no order. */
const HELPS = ["plain", "with \\\\ and \\n", 'a "quote"', "", "ä", "two  blanks", "wrong \\x escape"];
const label = often(
  constantFrom("x", "y", "_z"),
  constantFrom("job", "instance", "le", "quantile", "1x", "x-y", "", "__x", "ä"),
);
const labelValue = often(
  constantFrom("", "1", "two", "ä", "a b", "x\\\\y", 'say \\"x\\"', "line\\nfeed", "}", ","),
  constantFrom("\\x", "\\", '"', NO_UTF8, "raw\nfeed"),
);
const number = often(
  constantFrom(
    "0",
    "1",
    "-1.5",
    "1e3",
    "+Inf",
    "-Inf",
    "NaN",
    "1e21",
    "1e-7",
    "9007199254740993",
    ".5",
    "5.",
    "007",
    "+1",
    "-0",
  ),
  constantFrom("inf", "Infinity", "nan", "1e400", "1e-400", "0x10", "1_0", "1e", "", "--1", "1,5", "٣", "1 "),
);
const timestamp = mostly(
  "",
  constantFrom(" 1", " 0", " -5", "\t12", " 1.5", " x", " ", " 1 1", "  7", " # {} 1"),
);
const blank = mostly("", constantFrom(" ", "\t", "  "));
const lineEnd = mostly("\n", constantFrom("\r\n", "\n\n", "\n \n", ""));

const pair = tuple(
  label,
  blank,
  mostly("=", constantFrom("", ":", "==")),
  blank,
  mostly('"', constantFrom("", "'")),
  labelValue,
).map(
  ([key, before, equals, after, quote, value]) => `${key}${before}${equals}${after}${quote}${value}${quote}`,
);
const block = tuple(
  array(pair, { maxLength: 3 }),
  mostly(",", constantFrom(", ", " ,", ";", ",,")),
  mostly("", constantFrom(",", " ", ", ", ",,")),
).map(([pairs, comma, end]) => `{${pairs.join(comma)}${end}}`);
const sample = tuple(
  blank,
  name,
  blank,
  option(block, { nil: "" }),
  blank,
  mostly(" ", constantFrom("", "\t", "  ")),
  number,
  timestamp,
  lineEnd,
).map((parts) => parts.join(""));

const type = often(
  constantFrom("counter", "gauge", "untyped", "histogram", "summary"),
  constantFrom("COUNTER", "Gauge", "unknown", "info", "stateset", "", "counter x", " gauge", "gauge "),
);
const typeLine = tuple(
  mostly("# TYPE ", constantFrom("#TYPE ", "#  TYPE\t", " # TYPE ", "# type ")),
  name,
  mostly(" ", constantFrom("", "  ", "\t")),
  type,
  lineEnd,
).map((parts) => parts.join(""));
const helpLine = tuple(mostly("# HELP ", constantFrom("#HELP ", "#\tHELP  ")), name, lineEnd).map(
  ([start, of, end]) => `${start}${of} ${helpOf(of)}${end}`,
);
const comment = constantFrom(
  "# a comment\n",
  "#\n",
  "# EOF\n",
  "# UNIT a seconds\n",
  "# HELP\n",
  "# TYPE\n",
  "# TYPE a\n",
  "\n",
  " \n",
  "#HELP a\n",
);

/** Lines in no order at all. */
const lines = array(
  oneof(
    { weight: 6, arbitrary: sample },
    { weight: 2, arbitrary: typeLine },
    { weight: 1, arbitrary: helpLine },
    { weight: 1, arbitrary: comment },
  ),
  {
    maxLength: 6,
  },
).map((all) => all.join(""));

const goodValue = constantFrom("0", "1", "2.5", "1e+06", "NaN", "+Inf");
const goodBlock = constantFrom(
  "",
  "{}",
  '{x="1"}',
  '{x="2"}',
  '{x="1",y="ä",}',
  '{instance="i"}',
  '{job="other"}',
);
const scalar = record({
  name: constantFrom("a", "b", "h", "s", "h_count", "s_sum", "a:b_total"),
  type: constantFrom("counter", "gauge", "untyped"),
}).chain(({ name: of, type: kind }) =>
  array(tuple(goodBlock, goodValue), { minLength: 1, maxLength: 3 }).map(
    (samples) => `${head(of, kind)}${samples.map(([labels, value]) => `${of}${labels} ${value}\n`).join("")}`,
  ),
);
const histogram = record({
  of: constantFrom("h", "a", "b"),
  labels: constantFrom("", 'x="1",'),
  bounds: constantFrom(["0.1", "1", "+Inf"], ["1", "+Inf"], ["1", "0.1"], ["1"], [], ["1", "1"], ["x"], [""]),
  tail: constantFrom(["sum", "count"], ["count"], ["sum"], [], ["count", "sum", "count"]),
}).map(({ of, labels, bounds, tail }) =>
  [
    head(of, "histogram"),
    ...bounds.map((bound, i) => `${of}_bucket{${labels}le="${bound}"} ${i + 1}\n`),
    ...tail.map((end) => `${of}_${end}${labels === "" ? "" : `{${labels}}`} ${bounds.length}\n`),
  ].join(""),
);
const summary = record({
  of: constantFrom("s", "a", "b"),
  quantiles: constantFrom(["0.5", "0.99"], ["0.5"], [], ["0.5", "0.5"], ["x"], ["2"]),
  tail: constantFrom(["sum", "count"], ["count"], [], ["sum"]),
}).map(({ of, quantiles, tail }) =>
  [
    head(of, "summary"),
    ...quantiles.map((quantile) => `${of}{quantile="${quantile}"} 3\n`),
    ...tail.map((end) => `${of}_${end} 7\n`),
  ].join(""),
);
const families = array(oneof({ weight: 4, arbitrary: scalar }, histogram, summary), { maxLength: 4 }).map(
  (all) => all.join(""),
);

/** Text 0.0.4, well-formed as often as not. */
export const textBody: Arbitrary<string> = oneof(
  { weight: 5, arbitrary: families },
  { weight: 4, arbitrary: lines },
  { weight: 1, arbitrary: tuple(families, lines).map(([good, bad]) => good + bad) },
  { weight: 1, arbitrary: families.map((text) => text.slice(0, -1)) },
);

function head(of: string, kind: string): string {
  return `# HELP ${of} ${HELPS[NAMES.indexOf(of) % 5] ?? ""}\n# TYPE ${of} ${kind}\n`;
}

function helpOf(of: string): string {
  return HELPS[Math.max(NAMES.indexOf(of), 0) % HELPS.length] ?? "";
}

/** The first nineteen times of twenty. */
function often<T>(usual: Arbitrary<T>, odd: Arbitrary<T>): Arbitrary<T> {
  return oneof({ weight: 19, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

function mostly(usual: string, odd: Arbitrary<string>): Arbitrary<string> {
  return often(constant(usual), odd);
}
