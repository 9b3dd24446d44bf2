import { afterAll, describe, expect, test } from "vitest";
import { readCases } from "./cases.ts";
import { divergences } from "./divergences.ts";
import { createCaseRunner } from "./case-runner.ts";

const cases = readCases();

/** Cases that fail because what they ask for is not written yet. A case that passes must leave the list. */
const pending: readonly string[] = [];

describe.each(["raw", "merged"] as const)("--view=%s", (view) => {
  const runner = createCaseRunner(view);
  afterAll(() => runner[Symbol.asyncDispose]());

  test.each(cases)("$id $title", async (each) => {
    const divergence = divergences.get(each.id);
    const isDivergent = divergence?.views.includes(view) === true;
    const { ours } = divergence ?? {};
    const steps = isDivergent && ours !== undefined ? ours : each.steps;
    const problems = await runner
      .run({ ...each, steps })
      .catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
    if (pending.includes(each.id) || (isDivergent && ours === undefined)) {
      expect(problems, "it passes and is still listed").not.toEqual([]);
    } else {
      expect(problems.join("\n")).toBe("");
    }
  });
});

test("every divergence is one of a case", () => {
  const ids = new Set(cases.map(({ id }) => id));
  expect([...divergences.keys(), ...pending].filter((id) => !ids.has(id))).toEqual([]);
});
