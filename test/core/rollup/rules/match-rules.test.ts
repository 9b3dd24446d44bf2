import { describe, expect, test } from "vitest";
import type { Labels } from "../../../../src/core/exposition/label-block.ts";
import type { FamilyType } from "../../../../src/core/exposition/parsed-body.ts";
import {
  createRuleMatcher,
  type MatchedRule,
  type MergeRule,
} from "../../../../src/core/rollup/rules/match-rules.ts";
import type { RuleConfig } from "../../../../src/core/rollup/rules/rule-config.ts";
import { compileRegex } from "../../../../src/platform/promql/regex.ts";
import { rule } from "./rules.ts";

const SUFFIX = "0123456789abcdef0123456789abcdef";

function matcher(...rules: RuleConfig[]) {
  const match = createRuleMatcher(rules, { level: "task", companions: true }, compileRegex);
  return (name: string, type: FamilyType, labels: Labels): MatchedRule | undefined =>
    match({ name, type })?.(labels);
}

function merged(rules: RuleConfig[], name: string, type: FamilyType, labels: Labels): MergeRule {
  const found = matcher(...rules)(name, type, labels);
  if (found?.action !== "merge") throw new Error(`not merged: ${JSON.stringify(found)}`);
  return found;
}

/** Those of the labels that stay. */
function kept(rules: RuleConfig[], name: string, labels: Labels): string[] {
  const { dropped } = merged(rules, name, "counter", labels);
  return labels.filter((label, i) => i % 2 === 0 && !dropped.has(label));
}

describe("which rule", () => {
  const find = matcher(
    rule('http_requests_total{job="shop"}'),
    rule('{__name__=~"debug_.+"}', { action: "drop" }),
    rule('{__name__=~"http_.+"}', { action: "pass" }),
    rule('{job="flink"}'),
  );
  test.each<[string, Labels, number | undefined]>([
    ["http_requests_total", ["job", "shop"], 0],
    ["http_requests_total", ["job", `shop${SUFFIX}`], 0], // as the merged view shows the job
    ["http_requests_total", ["job", "cart"], 2],
    ["http_requests_total", [], 2],
    ["debug_x", ["job", "shop"], 1],
    ["up", ["job", "shop"], undefined],
    ["up", ["job", SUFFIX], 3], // nothing is left but the suffix
    ["up", ["a", "job", "job", SUFFIX], 3],
  ])("%s %j: %s", (name, labels, index) => expect(find(name, "counter", labels)?.index).toBe(index));

  test("whether any rule can match is told by the name alone", () => {
    const match = createRuleMatcher([rule('x{job="a"}')], { level: "task", companions: true }, compileRegex);
    expect(match({ name: "y", type: "gauge" })).toBeUndefined();
  });
});

test.each<[RuleConfig, FamilyType, MatchedRule]>([
  [rule("x", { action: "drop" }), "gauge", { action: "drop", index: 0 }],
  [rule("x", { action: "pass" }), "gauge", { action: "pass", index: 0, problem: undefined }],
  [
    rule("x"),
    "gauge",
    {
      action: "pass",
      index: 0,
      problem: "a gauge needs a function: sum, min, max, avg, last or count",
    },
  ],
])("%j on a %s", (each, type, want) => expect(matcher(each)("x", type, [])).toEqual(want));

describe("how it merges", () => {
  test.each<[Partial<RuleConfig>, FamilyType, Partial<MergeRule>]>([
    [{}, "counter", { kind: "counter", function: "sum", skip: [], companions: [] }],
    [{ kind: "counter", skip: [-1] }, "gauge", { kind: "counter", function: "sum", skip: [-1] }],
    [{ function: "sum" }, "gauge", { kind: "gauge", companions: ["contributors"] }],
    [{ function: "avg" }, "gauge", { companions: ["max"] }],
    [{ function: "max" }, "gauge", { companions: ["avg"] }],
    [{ function: "min" }, "gauge", { companions: [] }],
    [{ function: "last" }, "gauge", { companions: [] }],
    [{ function: "max", companions: false }, "gauge", { companions: [] }],
  ])("%j on a %s", (keys, type, want) =>
    expect(merged([rule("x", keys)], "x", type, [])).toMatchObject(want),
  );

  test("companions that are off everywhere can be on for a rule", () => {
    const defaults = { level: "task", companions: false } as const;
    const rules = [rule("x", { function: "avg", companions: true }), rule("y", { function: "avg" })];
    const match = createRuleMatcher(rules, defaults, compileRegex);
    expect(match({ name: "x", type: "gauge" })?.([])).toMatchObject({ companions: ["max"] });
    expect(match({ name: "y", type: "gauge" })?.([])).toMatchObject({ companions: [] });
  });
});

describe("which labels stay", () => {
  const POD = ["instance", "", "job", "shop", "path", "/", "pod", "a"];
  const TASK = ["host", "h", "job", "flink", "job_id", "1", "subtask_index", "0", "tm_id", "t"];
  const PROCESS = ["host", "h", "job", "flink", "tm_id", "t"];
  const WORDS = "flink_taskmanager_job_task_operator_words";

  test.each<[string, Labels, Partial<RuleConfig>, string[]]>([
    ["http_requests_total", POD, {}, ["instance", "job", "path", "pod"]],
    ["http_requests_total", POD, { without: ["pod", "zone"] }, ["instance", "job", "path"]],
    ["http_requests_total", POD, { by: ["path", "zone"] }, ["path"]],
    ["http_requests_total", POD, { by: [] }, []],
    [WORDS, TASK, {}, ["job", "job_id"]],
    [WORDS, TASK, { without: ["job_id"] }, ["job"]],
    [WORDS, TASK, { level: "subtask" }, ["job", "job_id", "subtask_index"]],
    [WORDS, TASK, { by: ["job", "tm_id"] }, ["job"]],
    [WORDS, TASK, { by: ["job", "tm_id"], level: "attempt" }, ["job", "tm_id"]],
    [WORDS, TASK, { level: "attempt" }, ["host", "job", "job_id", "subtask_index", "tm_id"]],
    ["flink_taskmanager_mine", PROCESS, {}, ["host", "job", "tm_id"]], // its process keeps it
    ["http_requests_total", TASK, { level: "task" }, ["host", "job", "job_id", "subtask_index", "tm_id"]],
  ])("%s %j %j: %j", (name, labels, keys, want) => {
    const each = rule('{__name__=~".+"}', keys);
    expect(kept([each], name, labels)).toEqual(want);
  });

  test("the same answer is the same object, so that a text can be remembered by it", () => {
    const match = createRuleMatcher([rule(WORDS)], { level: "task", companions: true }, compileRegex);
    const first = match({ name: WORDS, type: "counter" })?.(TASK);
    const again = match({ name: WORDS, type: "counter" })?.(["job_id", "2"]);
    if (first?.action !== "merge" || again?.action !== "merge") throw new Error("not merged");
    expect(again.dropped).toBe(first.dropped);
  });
});
