import { expect, test } from "vitest";
import { ruleOf } from "../../../src/core/rollup/rule.ts";
import type { Companion, Kind, RollupFunction } from "../../../src/core/rollup/rule.ts";

test.each<[Kind, RollupFunction, RollupFunction, Companion[]]>([
  ["counter", "sum", "sum", []],
  ["counter", "max", "sum", []], // counters are always added
  ["rate", "sum", "sum", ["contributors"]],
  ["sum", "sum", "sum", ["contributors"]],
  ["sum", "max", "max", []],
  ["max", "max", "max", []],
  ["min", "min", "min", []],
  ["avg", "avg", "avg", ["max"]],
  ["msps", "max", "max", ["avg"]],
  ["msps", "avg", "avg", ["max"]],
  ["ratio", "max", "max", ["avg"]],
  ["bool", "max", "max", ["sum"]],
  ["ts", "min", "min", ["unset"]],
  ["ts", "max", "max", []],
  ["single", "max", "newest", []], // one writer is always followed
  ["summary", "worst", "worst", []],
])("a %s rolled up by %s: %s and %j", (kind, fn, want, companions) => {
  expect(ruleOf(kind, fn, [-1], true)).toEqual({
    action: "merge",
    kind,
    function: want,
    skip: [-1],
    companions,
  });
});

test("what one process alone feeds has no companions", () => {
  expect(ruleOf("ratio", "avg", [], false).companions).toEqual([]);
});

test("an info is dropped", () => {
  expect(ruleOf("info", "newest", [], true)).toMatchObject({ action: "drop", companions: [] });
});
