import { env } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import yaml from "../../fixtures/conformance/pushgateway.yaml?raw";
import { parseCases } from "../../conformance/cases.ts";
import { checkAnswer } from "../../conformance/check-answer.ts";
import { divergences } from "../../conformance/divergences.ts";
import { differences } from "./differences.ts";
import { send, wipe } from "./send.ts";

const SITE_FLAGS: ReadonlySet<string> = new Set([
  "--push.enable-utf8-names",
  "--push.disable-consistency-check",
]);

const all = parseCases(yaml, "sluice_build_info");
/** The partitions of a site share its variables, so each combination of flags is a site of its own. */
const cases = all.filter(
  ({ flags = [] }) => flags.filter((flag) => SITE_FLAGS.has(flag)).join() === env["FLAGS"],
);

describe.each(["raw", "merged"] as const)("a site that shows the %s view", (view) => {
  beforeEach(wipe);

  test.each(cases)("$id $title", async ({ id, steps }) => {
    const divergence = divergences.get(id);
    const wanted = (divergence?.views.includes(view) === true && divergence.ours) || steps;
    const problems: string[] = [];
    for (const [i, step] of wanted.entries()) {
      if (!("request" in step)) continue;
      const answer = await send(step.request, { SLUICE_VIEW: view });
      problems.push(...checkAnswer(answer, step.expect).map((problem) => `step ${i + 1}: ${problem}`));
    }
    if (differences.has(id)) expect(problems, "it passes and is still listed").not.toEqual([]);
    else expect(problems.join("\n")).toBe("");
  });
});

test("every difference is one of a case", () => {
  const ids = new Set(all.map(({ id }) => id));
  expect([...differences.keys()].filter((id) => !ids.has(id))).toEqual([]);
});
