import { describe, expect, test } from "vitest";
import { parseConfigFile } from "../../../src/platform/config-file/parse-config-file.ts";
import { emptyFileConfig } from "../../../src/platform/config-file/file-config.ts";
import { rule, selector } from "../../core/rollup/rules/rules.ts";

test("a whole file", () => {
  const text = `
flink: { level: subtask, counters: gauge, instance-label: tm_id, companions: false, intervals: true }
rules:
  - match: http_requests_total{job="shop"}
    without: [instance, pod]
    function: sum
    kind: counter
  - match: temperature_celsius
    function: max
    by: [site]
    skip: [-1, -.inf]
    companions: false
  - match: '{__name__=~"debug_.+"}'
    action: drop
  - match: flink_taskmanager_job_task_operator_words
    kind: counter
    level: attempt
  - match: request_seconds
    intervals: true
    window: 500
jobs:
  - match: '{job="nightly"}'
    staleness: never
    limits: { series: 50000 }
  - match: '{team="a"}'
    staleness: 1h30m
permissions:
  prometheus: [read]
  2: [push]
  ann:
    - push{job="shop",team=~"a|b"}
    - admin
`;
  expect(parseConfigFile(text, "s.yaml")).toEqual({
    ok: true,
    config: {
      flink: {
        enabled: true,
        level: "subtask",
        counters: "gauge",
        instanceLabel: "tm_id",
        companions: false,
        intervals: true,
      },
      rules: [
        rule('http_requests_total{job="shop"}', {
          without: ["instance", "pod"],
          function: "sum",
          kind: "counter",
        }),
        rule("temperature_celsius", {
          function: "max",
          by: ["site"],
          skip: [-1, -Infinity],
          companions: false,
        }),
        rule('{__name__=~"debug_.+"}', { action: "drop" }),
        rule("flink_taskmanager_job_task_operator_words", { kind: "counter", level: "attempt" }),
        rule("request_seconds", { intervals: true, window: 500 }),
      ],
      jobs: [
        { match: selector('{job="nightly"}'), staleness: "never", maxSeries: 50_000 },
        { match: selector('{team="a"}'), staleness: 5_400_000, maxSeries: undefined },
      ],
      permissions: new Map([
        ["prometheus", [{ kind: "read" }]],
        ["2", [{ kind: "push", groups: { matchers: [] } }]],
        ["ann", [{ kind: "push", groups: selector('{job="shop",team=~"a|b"}') }, { kind: "admin" }]],
      ]),
      settings: [
        { key: "flink.level", flag: "--flink.level", where: "s.yaml:2:17" },
        { key: "flink.counters", flag: "--flink.counters", where: "s.yaml:2:36" },
        { key: "flink.instance-label", flag: "--flink.instance-label", where: "s.yaml:2:59" },
        { key: "flink.companions", flag: "--companions", where: "s.yaml:2:78" },
        { key: "flink.intervals", flag: "--flink.intervals", where: "s.yaml:2:96" },
      ],
    },
  });
});

test.each(["", "# nothing\n", "flink:\nrules:\njobs:\n", "rules: []\n", "flink: {}\n"])(
  "%j says nothing",
  (text) => expect(parseConfigFile(text, "s.yaml")).toEqual({ ok: true, config: emptyFileConfig }),
);

test("flink: false switches Flink's own rules off", () => {
  const read = parseConfigFile("flink: false", "s.yaml");
  expect(read.ok && read.config.flink.enabled).toBe(false);
});

test("an anchor stands for what it names", () => {
  const text = "rules:\n  - { match: a, by: &labels [x] }\n  - { match: b, by: *labels }\n";
  const read = parseConfigFile(text, "s.yaml");
  expect(read.ok && read.config.rules.map(({ by }) => by)).toEqual([["x"], ["x"]]);
});

describe("what is wrong", () => {
  const RULE = "match, action, kind, function, by, without, skip, level, companions, intervals and window";
  test.each([
    ["x", "s.yaml:1:1: the file: expected a mapping with flink, rules, jobs and permissions, found x"],
    ["rule: []", "s.yaml:1:1: unknown key rule; the nearest known one is rules"],
    ["rules: x", "s.yaml:1:8: rules: expected a list of rules, found x"],
    ["rules: [x]", `s.yaml:1:9: rules: expected a mapping with ${RULE}, found x`],
    ["rules:\n  -\n", `s.yaml:2:4: rules: expected a mapping with ${RULE}, found nothing`],
    [
      "rules: [{ match: x, funktion: sum }]",
      "s.yaml:1:21: unknown key funktion; the nearest known one is function",
    ],
    [
      "rules: [{ action: drop }]",
      's.yaml:1:9: match is missing: The series that the rule is for: a PromQL selector such as http_requests_total{job="shop"}.',
    ],
    ["rules: [{ match: x, action: dorp }]", "s.yaml:1:29: action: expected merge, drop or pass, found dorp"],
    [
      "rules: [{ match: x, action: 'off' }]",
      "s.yaml:1:29: action: expected merge, drop or pass, found 'off'",
    ],
    [
      "rules: [{ match: x, kind: rate }]",
      "s.yaml:1:27: kind: expected counter, gauge, histogram, summary, info or stateset, found rate",
    ],
    [
      "rules: [{ match: x, function: [sum] }]",
      "s.yaml:1:31: function: expected sum, min, max, avg, last, count, worst or union, found a list",
    ],
    [
      "rules: [{ match: x, by: pod }]",
      "s.yaml:1:25: by: expected a list of label names such as [instance, pod], found pod",
    ],
    [
      "rules: [{ match: x, kind:\n  rate\n  per second }]",
      "s.yaml:2:3: kind: expected counter, gauge, histogram, summary, info or stateset, found rate per second",
    ],
    ["rules: [{ match: x, by: [5] }]", "s.yaml:1:26: by: expected the name of a label, found 5"],
    [
      "rules: [{ match: x, skip: -1 }]",
      "s.yaml:1:27: skip: expected a list of numbers such as [-1], found -1",
    ],
    [
      "rules: [{ match: x, skip: [.nan] }]",
      "s.yaml:1:28: skip: expected a number (NaN is never a value and need not be listed), found .nan",
    ],
    ["rules: [{ match: x, companions: yes }]", "s.yaml:1:33: companions: expected true or false, found yes"],
    [
      "rules: [{ match: x, kind: counter, function: avg }]",
      "s.yaml:1:46: function: avg makes no sense for a counter: a counter begins anew with its process, so this falls without a reason; use sum",
    ],
    [
      "rules:\n  - match: x\n  - match: 'x{}'\n",
      "s.yaml:3:12: match: never reached, because line 2 matches the same; remove one",
    ],
    [
      "rules: *all",
      "s.yaml:1:8: an alias (*) that stands for nothing: no anchor (&) of its name stands before it",
    ],
    [
      "flink: true",
      "s.yaml:1:8: flink: expected a mapping with level, counters, instance-label, companions and intervals, found true",
    ],
    ["flink: { level: job }", "s.yaml:1:17: level: expected attempt, subtask or task, found job"],
    [
      "flink: { instance-label: tm-id }",
      "s.yaml:1:26: instance-label: expected a label name such as tm_id, found tm-id",
    ],
    [
      "jobs: [{ match: nightly, staleness: never }]",
      's.yaml:1:17: match: a grouping key has labels and no metric name; write labels only, such as {job="nightly"}',
    ],
    [
      "jobs: [{ match: '{job=\"a\"}', staleness: 90 }]",
      "s.yaml:1:41: staleness: expected auto, never or a duration above 0 such as 90s, found 90",
    ],
    [
      "jobs: [{ match: '{job=\"a\"}' }]",
      "s.yaml:1:8: the entry changes nothing: give it staleness or limits",
    ],
    [
      "jobs: [{ match: '{job=\"a\"}', limits: { series: 0 } }]",
      "s.yaml:1:48: series: expected a whole number above 0, found 0",
    ],
    [
      "jobs: [{ match: '{job=\"a\"}', limits: }]",
      "s.yaml:1:38: limits: expected a mapping with series, found nothing",
    ],
    [
      'rules:\n  - match: {__name__=~"debug_.+"}\n    action: drop\n',
      "s.yaml:2:12: match: a selector that begins with a brace stands in single quotes: '{__name__=~\"debug_.+\"}'",
    ],
    ["rules:\n  - match: x{job=shop}\n", 's.yaml:2:18: match: expected a value in quotes, found "shop"'],
    [
      "rules:\n  - match: |\n      x[5m]\n",
      's.yaml:3:8: match: expected one series selector such as http_requests_total{job="shop"}, found a range in brackets',
    ],
    [
      'rules: [{ match: "x{a=~\\"(\\"}" }]', // the quotes of the selector are escaped, and cannot be counted off
      "s.yaml:1:18: match: not a regular expression of RE2: missing closing ): `(` (character 6 of the selector)",
    ],
    ["rules: []\nrules: []", "s.yaml:2:1: not YAML: Map keys must be unique"],
    ["rules:\n\t- match: x", "s.yaml:2:1: not YAML: Tabs are not allowed as indentation"],
    ["rules: !mine []", "s.yaml:1:8: not YAML: Unresolved tag"],
    ["rules: []\n---\nrules: []", "s.yaml:2:1: not YAML: Source contains multiple documents"],
  ])("%s", (text, error) => expect(parseConfigFile(text, "s.yaml")).toEqual({ ok: false, errors: [error] }));

  test("of a long text no more is told than a line of a log has room for", () => {
    const read = parseConfigFile(`flink: ${"x".repeat(1_000)}`, "s.yaml");
    const { errors: [error = ""] = [] } = read.ok ? {} : read;
    expect(error).toMatch(/^s\.yaml:1:8: flink: expected a mapping with .*, found x+…$/);
    expect(error.length).toBe("s.yaml:1:8: ".length + 299);
  });

  test("all of it is told at once, from the top down", () => {
    const text = `rules:
  - match: x[5m]
    action: dorp
    by: [a]
    without: [b]
jobs:
  - match: '{job="a"}'
    stalness: never
`;
    expect(parseConfigFile(text, "s.yaml")).toEqual({
      ok: false,
      errors: [
        's.yaml:2:13: match: expected one series selector such as http_requests_total{job="shop"}, found a range in brackets',
        "s.yaml:3:13: action: expected merge, drop or pass, found dorp",
        "s.yaml:7:5: the entry changes nothing: give it staleness or limits",
        "s.yaml:8:5: unknown key stalness; the nearest known one is staleness",
      ],
    });
  });
});
