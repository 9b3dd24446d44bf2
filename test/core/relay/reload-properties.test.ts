import { assert, array, constantFrom, integer, oneof, property, record, constant } from "fast-check";
import { expect, test } from "vitest";
import type { Settings } from "../../../src/core/partition/settings.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { samplesOf } from "../../support/view-text.ts";
import { rule } from "../rollup/rules/rules.ts";

const KEPT = [
  rule("x_total", { without: ["instance"] }),
  rule("h", { without: ["instance"] }),
  rule("g", { function: "sum", by: ["job"] }),
];

/** All have the rules above, unchanged; what stands around them differs. */
const OTHERS: readonly Partial<Settings>[] = [
  { rules: KEPT },
  { rules: KEPT.toReversed() },
  { rules: [rule('other{pod=~".+"}', { function: "max", by: [] }), ...KEPT] },
  { rules: [rule("other", { kind: "counter" }), ...KEPT] },
  { rules: [rule("other", { action: "drop" }), ...KEPT], companions: false },
];

/**
 * `other` moves as its cohort does: a counter that goes its own way is evidence about the others too, of a second
 * writer for instance, and whether it is one is for the rules to say.
 */
const bodyOf = (x: number, withGauge: boolean): string =>
  `# TYPE x_total counter\nx_total{a="1"} ${x}\nx_total{a="2"} ${2 * x}\nother{pod="1"} ${3 * x}\n` +
  `# TYPE h histogram\nh_bucket{le="1"} ${x}\nh_bucket{le="+Inf"} ${x + 1}\nh_sum ${x}\nh_count ${x + 1}\n` +
  (withGauge ? `# TYPE g gauge\ng ${x}\n` : "");

const PATHS = ["/job/shop/instance/a", "/job/shop/instance/b", `/job/shop${"0".repeat(32)}`];

const steps = array(
  oneof(
    {
      weight: 6,
      arbitrary: record({
        kind: constant("push" as const),
        at: integer({ min: 0, max: 2 }),
        by: integer({ min: -30, max: 60 }),
        post: constantFrom(true, false),
        gauge: constantFrom(true, false),
      }),
    },
    {
      weight: 2,
      arbitrary: record({
        kind: constant("reload" as const),
        to: integer({ min: 0, max: OTHERS.length - 1 }),
      }),
    },
    { weight: 1, arbitrary: record({ kind: constant("delete" as const), at: integer({ min: 0, max: 2 }) }) },
    {
      weight: 1,
      arbitrary: record({
        kind: constant("wait" as const),
        ms: constantFrom(1_000, 70_000, 400_000, 1_000_000),
      }),
    },
  ),
  { minLength: 5, maxLength: 60 },
);

type Step = Parameters<Parameters<typeof steps.chain>[0]>[0][number];

function play(relay: InMemoryRelay, step: Step, totals: number[], follows: boolean): void {
  relay.advance(step.kind === "wait" ? step.ms : 5_000);
  switch (step.kind) {
    case "push": {
      const total = Math.max(0, (totals[step.at] ?? 0) + step.by);
      totals[step.at] = total;
      relay.push(PATHS[step.at] ?? "", bodyOf(total, step.gauge), { method: step.post ? "POST" : "PUT" });
      break;
    }
    case "reload":
      if (follows) relay.reload(OTHERS[step.to] ?? {});
      break;
    case "delete":
      relay.delete(PATHS[step.at] ?? "");
      break;
    case "wait":
      break;
  }
}

function shown(relay: InMemoryRelay): string[] {
  const view = relay.view("merged");
  return ["x_total", "h_bucket", "h_count", "h_sum", "g"].flatMap((name) => samplesOf(view, name)).toSorted();
}

test("whatever reloads do to other rules, a rule that is always there shows what it would without them", () => {
  assert(
    property(steps, (history) => {
      const reloaded = createInMemoryRelay({ settings: OTHERS[0] ?? {} });
      const left = createInMemoryRelay({ settings: OTHERS[0] ?? {} });
      const totals: [number[], number[]] = [[], []];
      for (const step of history) {
        play(reloaded, step, totals[0], true);
        play(left, step, totals[1], false);
        expect(shown(reloaded)).toEqual(shown(left));
      }
    }),
    { numRuns: 300 },
  );
});
