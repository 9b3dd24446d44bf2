import { describe, expect, test } from "vitest";
import { compilePatterns, expandPattern } from "../../../../src/core/rollup/flink/pattern.ts";
import { FLINK_METRICS, PREFIXES } from "../../../../src/core/rollup/flink/preset.ts";
import type { MetricRow } from "../../../../src/core/rollup/flink/preset.ts";

const formsOf = (row: MetricRow): readonly string[] => expandPattern(PREFIXES[row[0]] + row[1]);

/** The functions that make sense of a kind; where there is one only, the table must not say another. */
const FUNCTIONS = {
  counter: ["sum"],
  rate: ["sum"],
  sum: ["sum"],
  max: ["max"],
  min: ["min"],
  avg: ["avg"],
  msps: ["max", "avg"],
  ratio: ["max", "avg"],
  bool: ["max"],
  ts: ["min", "max"],
  single: ["newest"],
  info: ["drop"],
  summary: ["worst"],
};

describe.each(FLINK_METRICS.map((row) => ({ scope: row[0], metric: row[1], row })))(
  "$scope $metric",
  ({ row }) => {
    const [, , kind, does, skip = []] = row;

    test("is well formed", () => {
      for (const form of formsOf(row)) expect(form).toMatch(/^flink(?:_|[a-zA-Z0-9]|<[a-zA-Z]+>)+$/);
      expect(FUNCTIONS[kind]).toContain(does);
      expect(skip).not.toContain(Number.NaN);
    });

    test("is tried in linear time", () => {
      for (const form of formsOf(row)) expect(form).toMatch(/^[^<]+(?:<\w+>[^<]*)?(?:<\w+>)?$/);
    });

    test("has no name that a row above it takes", () => {
      // Summaries and the rest are looked up apart: a name may stand once in each.
      const rivals = FLINK_METRICS.filter((other) => (other[2] === "summary") === (kind === "summary"));
      const match = compilePatterns(rivals.map((other) => [PREFIXES[other[0]] + other[1], other]));
      for (const form of formsOf(row)) expect(match(exampleOf(form))?.slice(0, 2)).toEqual(row.slice(0, 2));
    });
  },
);

function exampleOf(form: string): string {
  return form
    .replaceAll(/<n>|<gate>/g, "0")
    .replaceAll("<jobVertexId>", "bc764cd8ddf7a0cff126f51c16239658")
    .replaceAll(/<\w+>/g, "any_thing");
}
