import { expect, test } from "vitest";
import { histogramText, shownHistogram } from "../../support/histogram-source.ts";
import { rule } from "../../core/rollup/rules/rules.ts";
import { startRelay } from "./running-relay.ts";

const PODS = Array.from({ length: 12 }, (_, i) => `pod${i}`);

const narrow = (n: number): string => histogramText("h", { 1: n, 5: n, count: n, sum: n });
const wide = (n: number): string => histogramText("h", { 1: n, 2: n, 5: n, 10: n, count: n, sum: n });
const lacking = (n: number): string => histogramText("h", { 1: n, 10: n, count: n, sum: n });
const LAYOUTS = [narrow, wide, lacking];

test("the boundaries of the first source hold in all threads", async () => {
  await using relay = await startRelay({ threads: 2, rules: [rule("h", { without: ["instance"] })] });
  async function push(pod: string, text: string): Promise<void> {
    expect((await relay.push(`/metrics/job/shop/instance/${pod}`, text)).status).toBe(200);
  }

  await push("first", narrow(0));
  for (const n of [0, 1, 3]) {
    await Promise.all(PODS.map(async (pod, i) => await push(pod, LAYOUTS[i % 3]!(n))));
  }
  const view = await relay.view("merged");
  expect(shownHistogram(view, "h", 'instance="",job="shop"')).toEqual({
    1: 24,
    5: 24,
    "+Inf": 24,
    count: 24,
    sum: 24,
  });
  const [own] = /le_layout="[0-9a-f]{8}"/.exec(view) ?? [];
  expect(shownHistogram(view, "h", `instance="",job="shop",${own}`)).toEqual({
    1: 12,
    10: 12,
    "+Inf": 12,
    count: 12,
    sum: 12,
  });
  expect(view).toContain('sluice_histogram_layout_conflicts_total{family="h",job="shop"} 4\n');
});
