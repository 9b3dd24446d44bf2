import { describe, expect, test } from "vitest";
import type { FamilyType } from "../../../../src/core/exposition/parsed-body.ts";
import { planMerge } from "../../../../src/core/rollup/rules/plan-merge.ts";
import type { FamilyKind, RuleFunction } from "../../../../src/core/rollup/rules/rule-config.ts";

type Kind = FamilyKind | undefined;
type Fn = RuleFunction | undefined;

describe("what is merged", () => {
  test.each<[Kind, Fn, FamilyType, string]>([
    [undefined, undefined, "counter", "counter by sum"],
    [undefined, undefined, "histogram", "histogram by sum"],
    [undefined, undefined, "summary", "summary by worst"],
    [undefined, "max", "gauge", "gauge by max"],
    [undefined, "max", "untyped", "gauge by max"], // nothing else has a maximum
    ["counter", undefined, "gauge", "counter by sum"], // Flink's
    ["counter", "sum", "untyped", "counter by sum"],
    ["gauge", "sum", "counter", "gauge by sum"], // a counter that somebody takes down
    ["info", undefined, "gauge", "info by union"],
    ["stateset", undefined, "untyped", "stateset by max"],
    ["stateset", "count", "gauge", "stateset by count"],
  ])("kind %s, function %s, pushed as a %s: %s", (kind, fn, type, want) => {
    const plan = planMerge({ kind, function: fn }, { type });
    expect(plan.problem ?? `${plan.kind} by ${plan.function}`).toBe(want);
  });
});

test.each(["info", "stateset"] as const)("what OpenMetrics calls an %s needs no kind", (subtype) => {
  const ofType = { type: "gauge", subtype } as const;
  expect(planMerge({ kind: undefined, function: undefined }, ofType)).toMatchObject({ kind: subtype });
  expect(planMerge({ kind: "gauge", function: "max" }, ofType)).toMatchObject({ kind: "gauge" });
  expect(planMerge({ kind: undefined, function: "sum" }, ofType)).toMatchObject({
    problem: expect.stringMatching(/^function: sum makes no sense for an? (info|stateset): /) as string,
  });
});

describe("what is not", () => {
  test.each<[Kind, Fn, FamilyType, string]>([
    [undefined, undefined, "gauge", "a gauge needs a function: sum, min, max, avg, last or count"],
    [undefined, "sum", "untyped", "it is pushed without a TYPE; say kind: counter or kind: gauge"],
    [undefined, undefined, "untyped", "it is pushed without a TYPE; say kind: counter or kind: gauge"],
    [
      undefined,
      "max",
      "counter",
      "function: max makes no sense for a counter: a counter begins anew with its process, so this falls without a reason; use sum",
    ],
    ["counter", undefined, "summary", "what is pushed as a summary cannot be merged as a counter"],
    ["histogram", undefined, "gauge", "what is pushed as a gauge cannot be merged as a histogram"],
    ["info", undefined, "summary", "what is pushed as a summary cannot be merged as an info"],
    ["summary", undefined, "histogram", "what is pushed as a histogram cannot be merged as a summary"],
    [
      undefined,
      undefined,
      "gaugehistogram",
      "what is pushed as a gaugehistogram cannot be merged as a histogram",
    ],
  ])("kind %s, function %s, pushed as a %s: %s", (kind, fn, type, problem) =>
    expect(planMerge({ kind, function: fn }, { type })).toEqual({ problem }),
  );
});
