import { expect, test } from "vitest";
import { createBoundarySets } from "../../../src/core/coordinator/boundary-sets.ts";
import type { BoundaryQuestion } from "../../../src/core/partition/partition.ts";

function ask(output: string, ...boundaries: number[]): BoundaryQuestion[] {
  return [{ family: output.slice(0, 1), set: { output, boundaries } }];
}

test("the first layout of an output decides for all that come later", () => {
  const sets = createBoundarySets();
  expect(sets.decide(ask("h", 1, 5), [], 0)).toEqual([{ output: "h", boundaries: [1, 5] }]);
  expect(sets.decide(ask("h", 5, 10), [], 1)).toEqual([{ output: "h", boundaries: [1, 5] }]);
  expect(sets.decide(ask("g", 5, 10), [], 2)).toEqual([{ output: "g", boundaries: [5, 10] }]);
});

test("a family that is refused decides nothing", () => {
  const sets = createBoundarySets();
  expect(sets.decide(ask("h", 1, 5), [{ family: "h", reason: "another type" }], 0)).toEqual([]);
  expect(sets.decide(ask("h", 5, 10), [], 1)).toEqual([{ output: "h", boundaries: [5, 10] }]);
});

test("what is forgotten is decided anew, but not if somebody has asked meanwhile", () => {
  const sets = createBoundarySets();
  for (const output of ["h", "g", "f"]) sets.decide(ask(output, 1), [], 100);
  expect(sets.idleSince(100)).toEqual([]);
  expect(sets.idleSince(101)).toEqual(["h", "g", "f"]);
  sets.decide(ask("g", 2), [], 200);
  sets.forget(["h", "g", "never seen"], 101);
  const again = ["h", "g", "f"].flatMap((output) => sets.decide(ask(output, 3), [], 300));
  expect(again.map(({ boundaries }) => boundaries)).toEqual([[3], [1], [1]]);
});
