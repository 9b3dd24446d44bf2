import { expect, test } from "vitest";
import { createRefusals } from "../../../src/core/coordinator/refusals.ts";
import { parseGroupingKey } from "../../../src/core/grouping-key.ts";

function refused(job: string | undefined, reason = "too_large", message = "no", wallMs = 1) {
  const parsed = parseGroupingKey(`/job/${job}`);
  const key = job !== undefined && parsed.ok ? parsed.key : undefined;
  return { key, reason, message, wallMs };
}

test("refused pushes are counted by job and reason, with the last error of each job", () => {
  const refusals = createRefusals();
  refusals.note(refused("a", "too_large", "first", 1));
  refusals.note(refused("b"));
  refusals.note(refused("a", "bad_exposition", "second", 2));
  refusals.note(refused("a", "too_large", "third", 3));
  expect(refusals.list()).toMatchObject([
    {
      job: "a",
      byReason: new Map([
        ["too_large", 2],
        ["bad_exposition", 1],
      ]),
      last: { message: "third", wallMs: 3 },
    },
    { job: "b", byReason: new Map([["too_large", 1]]) },
  ]);
});

test("processes of one fleet are one job", () => {
  const refusals = createRefusals();
  for (const digit of ["0", "1"]) refusals.note(refused(`wordcount${digit.repeat(32)}`));
  expect(refusals.list()).toMatchObject([{ job: "wordcount", byReason: new Map([["too_large", 2]]) }]);
});

test("paths that are no grouping key, and jobs past the bound, are one without a name", () => {
  const refusals = createRefusals(2);
  for (const job of ["a", "b", "c", undefined, "d", "a"]) refusals.note(refused(job));
  const counts = refusals.list().map(({ job, byReason }) => [job, byReason.get("too_large")]);
  expect(counts).toEqual([
    ["a", 2],
    ["b", 1],
    ["", 3],
  ]);
});

test("of a long error the beginning is kept", () => {
  const refusals = createRefusals();
  refusals.note(refused("a", "x", "é".repeat(10_000)));
  expect(refusals.list()[0]?.last.message).toBe("é".repeat(300));
});
