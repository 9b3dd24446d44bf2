import { readRenderedLabels } from "../../../src/core/exposition/escape.ts";
import { parseGroupingKey } from "../../../src/core/grouping-key.ts";
import { compileSelector } from "../../../src/core/selector/compile-selector.ts";
import { renderSelector } from "../../../src/core/selector/selector.ts";
import { parseSelector } from "../../../src/platform/promql/parse-selector.ts";
import { parseConfigFile } from "../../../src/platform/config-file/parse-config-file.ts";
import { compileRegex } from "../../../src/platform/promql/regex.ts";
import { checkMessage, type Target } from "../target.ts";
import { mutateBytes, mutateTokens, tokensOf } from "../tokens.ts";
import type { Random } from "../../support/random.ts";

/** Texts of a language, changed. */
function makerOf(texts: readonly string[], words: readonly string[]): (random: Random) => Uint8Array {
  const corpus = texts.map(tokensOf);
  return (random) => {
    const tokens = random.pick(corpus);
    const bytes = Buffer.from(mutateTokens(tokens, random, words, corpus).join(""));
    return random.oneIn(10) ? mutateBytes(bytes, random) : bytes;
  };
}

const SELECTORS = [
  ["up", "a:b", '{__name__="x"}', 'a{b="c"}', "a{b='c',}", "a{b=`c`}", '{"a.b","l.m"="v"}', 'a{b=~"x.*|y"}'],
  ['a{b!="",c!~"[a-z]+"}', 'a{b="\\u00fc\\n\\x41\\101"}', 'a{b=~"(?i)x{1,3}$"}', "a # comment\n{b='c'}"],
  ["sum(a)", "a[5m]", "a offset 1m", "a @ 1", "on{b='c'}", '{a=""}', 'a{__name__=~"a.*"}', '{b=~"(a+)+$"}'],
].flat();
const SELECTOR_WORDS = [
  "=",
  "!=",
  "=~",
  "!~",
  "{",
  "}",
  "by",
  "on",
  "bool",
  "inf",
  "offset",
  "`",
  "'",
  '"',
  "\\",
  "(",
  "[",
];

export function selectorTarget(): Target {
  return {
    name: "selector",
    make: makerOf(SELECTORS, [
      ...SELECTOR_WORDS,
      "(?:",
      "{1000}",
      "\\p{Greek}",
      "\\Q",
      "(?P<n>",
      "[[:alpha:]]",
      "*",
    ]),
    check(input) {
      const text = textOf(input);
      const parsed = parseSelector(text);
      if (!parsed.ok) {
        checkMessage(parsed.message);
        if (!(parsed.at >= 0 && parsed.at <= text.length)) throw new Error(`it is wrong at ${parsed.at}`);
        return;
      }
      compileSelector(parsed.selector, compileRegex)(["__name__", "a", "b", `${"a".repeat(200)}!`]);
      const again = parseSelector(renderSelector(parsed.selector));
      if (!again.ok) throw new Error(`it is shown as ${renderSelector(parsed.selector)}: ${again.message}`);
      if (JSON.stringify(sorted(again.selector)) !== JSON.stringify(sorted(parsed.selector))) {
        throw new Error(`it is shown as ${renderSelector(parsed.selector)}, which means something else`);
      }
    },
  };
}

function sorted({ matchers }: { matchers: readonly object[] }): string[] {
  return matchers.map((matcher) => JSON.stringify(matcher)).toSorted();
}

const PATHS = [
  ["/job/a", "/job/a/", "/job/a/l/v", "/job@base64/YQ==/l/v", "/job@base64/YQ/l@base64/=", "/job/a/l/"],
  [
    "/job/a//b//",
    "/job/%C3%BC/l/%2F",
    "/job/a+b%20c/instance/10.0.0.1:80",
    "/job/a/job/b/l/v/l/w",
    "/job//l/v",
  ],
  ["/job/a/U__l_2e_m/v", "/job/flink00000000000000000000000000000001/cluster/ci", "/job/a/l@base64/w7w"],
].flat();
const PATH_WORDS = [
  "/",
  "//",
  "%",
  "%2F",
  "%00",
  "%FF",
  "%C3",
  "@base64",
  "=",
  "..",
  "job",
  "__x",
  "U__",
  "_2e_",
  "-",
  "_",
];

export function groupingKeyTarget(): Target {
  return {
    name: "grouping key",
    make: makerOf(PATHS, [...PATH_WORDS, "__proto__", "constructor", "?", "\u00fc", "\ud800"]),
    check(input) {
      for (const utf8Names of [false, true]) {
        const parsed = parseGroupingKey(textOf(input), utf8Names);
        if (!parsed.ok) {
          if (parsed.message === "") throw new Error("nothing says what is wrong with it");
          continue;
        }
        const { job, labels, canonical } = parsed.key;
        if (job === "" || !labels.every((text) => text.isWellFormed()))
          throw new Error(`it is read as ${canonical}`);
        if (readRenderedLabels(canonical).join("\0") !== labels.join("\0"))
          throw new Error(`${canonical} is not its key`);
        const again = parseGroupingKey(pathOf(labels), utf8Names);
        if (!again.ok || again.key.canonical !== canonical)
          throw new Error(`${canonical} has no path of its own`);
      }
    },
  };
}

/** The path that says the same in base64. */
function pathOf(labels: readonly string[]): string {
  let path = "";
  for (let i = 0; i < labels.length; i += 2) {
    const [name = "", value = ""] = labels.slice(i, i + 2);
    const encoded = Buffer.from(value).toString("base64url") || "=";
    if (name === "job") path = `/job@base64/${encoded}${path}`;
    else path += `/${encodeURIComponent(name)}@base64/${encoded}`;
  }
  return path;
}

const FILES = [
  "flink: { level: subtask, counters: gauge, instance-label: tm_id, companions: false, intervals: true }\n",
  'rules:\n  - match: http_requests_total{job="shop"}\n    without: [instance, pod]\n    function: sum\n    kind: counter\n',
  "rules:\n  - match: t\n    function: max\n    by: [site]\n    skip: [-1, -.inf]\n    companions: false\n",
  "rules:\n  - match: '{__name__=~\"debug_.+\"}'\n    action: drop\n  - match: a\n    window: 500\n    intervals: true\n",
  "jobs:\n  - match: '{job=\"nightly\"}'\n    staleness: never\n    limits: { series: 50000 }\n  - match: '{t=\"a\"}'\n    staleness: 1h30m\n",
  "# nothing\n---\nflink: &f { level: task }\nrules: []\njobs: *f\n...\n",
  "? [complex, key]\n: - a\n  - !!str 1\n  - |\n    text\n  - >-\n    folded\n",
];
const FILE_WORDS = [
  [
    "rules",
    "jobs",
    "flink",
    "match",
    "by",
    "without",
    "function",
    "kind",
    "level",
    "skip",
    "action",
    "drop",
    "pass",
  ],
  [
    "sum",
    "max",
    "avg",
    "counter",
    "gauge",
    "histogram",
    "attempt",
    ": ",
    "- ",
    "\n",
    "\n  ",
    "[",
    "]",
    "&a",
    "*a",
    "<<",
  ],
  [
    "~",
    "null",
    "true",
    "!!binary",
    "!!set",
    "|",
    ">",
    "%YAML 1.1",
    "---",
    "...",
    "'",
    '"',
    "#",
    "\t",
    "? ",
    "1h",
    "never",
  ],
  ["staleness", "limits", "series", "intervals", "window", "__proto__", "constructor"],
].flat();

export function configFileTarget(): Target {
  return {
    name: "config file",
    make: makerOf(FILES, FILE_WORDS),
    check(input) {
      const read = parseConfigFile(textOf(input), "s.yaml");
      if (read.ok) return;
      if (read.errors.length === 0) throw new Error("nothing says what is wrong with it");
      for (const message of read.errors) {
        checkMessage(message);
        if (!/^s\.yaml:\d+:\d+: ./.test(message)) throw new Error(`this does not say where: ${message}`);
      }
    },
  };
}

function textOf(input: Uint8Array): string {
  return Buffer.from(input.buffer, input.byteOffset, input.length).toString("utf8");
}
