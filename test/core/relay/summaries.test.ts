import { array, assert, integer, property } from "fast-check";
import { describe, expect, test } from "vitest";
import type { RuleConfig } from "../../../src/core/rollup/rules/rule-config.ts";
import { flinkBody, processSample } from "../../support/flink-body.ts";
import type { InMemoryRelayOptions, InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { samplesOf, series } from "../../support/view-text.ts";
import { rule } from "../rollup/rules/rules.ts";

const CERTIFIED = rule("s", { without: ["instance"], intervals: true });

/** Quantiles by name, and how many observations there have been. */
function summary(points: Readonly<Record<string, number | string>>, count: number): string {
  const lines = Object.entries(points).map(([quantile, value]) => `s{quantile="${quantile}"} ${value}\n`);
  return `# TYPE s summary\n${lines.join("")}s_sum ${count}\ns_count ${count}\n`;
}

function start(of: RuleConfig = CERTIFIED, options: InMemoryRelayOptions = {}): InMemoryRelay {
  return createInMemoryRelay({ ...options, settings: { rules: [of], ...options.settings } });
}

function push(relay: InMemoryRelay, pod: string, body: string): void {
  relay.advance(1_000);
  expect(relay.push(`/job/shop/instance/${pod}`, body)).toBeUndefined();
}

/** What is certain, by name without the labels that all have. */
function certain(relay: InMemoryRelay): Record<string, number> {
  const shown = [...series(relay.view("merged"))].filter(([id]) => /^s_(quantile|min|max)/.test(id));
  return Object.fromEntries(
    shown.map(([id, value]) => [
      id.replace('instance="",job="shop"', "").replace("{,", "{").replace("{}", ""),
      value,
    ]),
  );
}

const POD_A = { 0: 1, 0.5: 4, 0.99: 9, 1: 10 };
const POD_B = { 0: 2, 0.5: 6, 0.99: 50, 1: 60 };

describe("what is certain of the quantiles of two pods", () => {
  test("at first: they lie between those of the pods", () => {
    const relay = start();
    push(relay, "a", summary(POD_A, 100));
    push(relay, "b", summary(POD_B, 100));
    expect(certain(relay)).toEqual({
      's_quantile_lower{quantile="0.5"}': 4,
      's_quantile_upper{quantile="0.5"}': 6,
      's_quantile_lower{quantile="0.99"}': 9,
      's_quantile_upper{quantile="0.99"}': 50,
      s_min: 1,
      s_max: 60,
    });
    expect(relay.view("merged")).toContain(
      "# HELP s_quantile_upper At most this high is each quantile over all sources of s.\n# TYPE s_quantile_upper gauge\n",
    );
  });

  test("from the second push on: by how much each has observed", () => {
    const relay = start();
    push(relay, "a", summary(POD_A, 100));
    push(relay, "b", summary(POD_B, 100));
    push(relay, "a", summary({ ...POD_A, 0.5: 4.5 }, 10_000));
    push(relay, "b", summary(POD_B, 101));
    expect(certain(relay)).toMatchObject({
      's_quantile_lower{quantile="0.5"}': 4.5,
      's_quantile_upper{quantile="0.5"}': 6,
      's_quantile_lower{quantile="0.99"}': 9,
      's_quantile_upper{quantile="0.99"}': 10,
    });
  });

  test("and by no more than stand behind its quantiles", () => {
    const relay = start({ ...CERTIFIED, window: 1 });
    push(relay, "a", summary(POD_A, 100));
    push(relay, "b", summary(POD_B, 100));
    push(relay, "a", summary({ ...POD_A, 0.5: 4.5 }, 10_000));
    push(relay, "b", summary(POD_B, 101));
    expect(certain(relay)).toMatchObject({
      's_quantile_lower{quantile="0.5"}': 4.5,
      's_quantile_upper{quantile="0.5"}': 6,
    });
  });

  test("a pod that has restarted is weighed again with its next push, and one whose layout changed goes on", () => {
    const relay = start();
    push(relay, "a", summary(POD_A, 100));
    push(relay, "b", summary(POD_B, 100));
    push(relay, "a", summary(POD_A, 1_100));
    push(relay, "b", `${summary(POD_B, 101)}more 1\n`);
    expect(certain(relay)).toMatchObject({ 's_quantile_upper{quantile="0.99"}': 10 });
    push(relay, "b", `${summary(POD_B, 3)}more 2\n`);
    expect(certain(relay)).toMatchObject({ 's_quantile_upper{quantile="0.99"}': 50 });
    push(relay, "b", `${summary(POD_B, 4)}more 3\n`);
    push(relay, "b", `${summary(POD_B, 5)}more 4\n`);
    expect(certain(relay)).toMatchObject({ 's_quantile_upper{quantile="0.99"}': 10 });
  });

  test("one that has observed nothing is skipped", () => {
    const relay = start();
    push(relay, "a", summary(POD_A, 100));
    push(relay, "b", summary({ 0: "NaN", 0.5: "NaN", 0.99: "NaN", 1: "NaN" }, 0));
    expect(certain(relay)).toMatchObject({ 's_quantile_upper{quantile="0.99"}': 9, s_max: 10 });
  });

  test("where one says no minimum, no minimum is known", () => {
    const relay = start();
    push(relay, "a", summary(POD_A, 100));
    push(relay, "b", summary({ 0.5: 6, 1: 60 }, 100));
    expect(certain(relay)).toEqual({
      's_quantile_lower{quantile="0.5"}': 4,
      's_quantile_upper{quantile="0.5"}': 6,
      's_quantile_lower{quantile="0.99"}': 6,
      's_quantile_upper{quantile="0.99"}': 60,
      s_max: 60,
    });
  });

  test("goes with the last of them", () => {
    const relay = start();
    push(relay, "a", summary(POD_A, 100));
    relay.delete("/job/shop/instance/a");
    expect(certain(relay)).toEqual({});
  });

  test("is explained with what each is weighed by", () => {
    const relay = start();
    push(relay, "a", summary(POD_A, 100));
    push(relay, "b", summary(POD_B, 100));
    push(relay, "b", summary({ ...POD_B, 1: 61 }, 140));
    const { series: explained } = relay.explain("s_quantile_upper");
    expect(explained).toMatchObject([
      { name: "s_quantile", function: "interval", rule: "rule 1: s", value: 2, drops: ["instance"] },
    ]);
    expect(explained[0]?.companions).toContainEqual({
      companion: "quantile_upper",
      name: "s_quantile_upper",
      labels: '{instance="",job="shop",quantile="0.5"}',
      value: 6,
    });
    expect(explained[0]?.contributors.map(({ value }) => value)).toEqual([Number.NaN, 40]);
  });
});

test("without a word of the operator nothing of it is shown", () => {
  const relay = start(rule("s", { without: ["instance"] }));
  push(relay, "a", summary(POD_A, 100));
  expect(certain(relay)).toEqual({});
  expect(samplesOf(relay.view("merged"), "s_count").length).toBe(1);
});

test("a family that somebody pushes under such a name stands", () => {
  const relay = start();
  push(relay, "a", summary(POD_A, 100));
  relay.push("/job/other", "s_min 7\n");
  expect(samplesOf(relay.view("merged"), "s_min")).toEqual(['s_min{instance="",job="other"} 7']);
});

test("--flink.intervals is for Flink's own summaries", () => {
  const relay = createInMemoryRelay({ settings: { intervals: true } });
  const latency = "flink_taskmanager_job_task_mailboxLatencyMs";
  for (const [tm, p50] of [
    ["tm1", 3],
    ["tm2", 8],
  ] as const) {
    const labels = `job_id="job1",task_name="map",tm_id="${tm}",`;
    const body = `# TYPE ${latency} summary\n${latency}{${labels}quantile="0.5",} ${p50}\n${latency}_count{${labels}} 5\n`;
    relay.push("/job/flink", flinkBody(processSample("Status_JVM_CPU_Load", tm, 0.5)) + body);
  }
  const bounds = [...series(relay.view("merged"))].filter(([id]) => id.startsWith(`${latency}_quantile`));
  expect(bounds.map(([, value]) => value)).toEqual([3, 8]);
});

test("C9 (6), (9): over any partitions the same is certain, and the true quantile lies within", () => {
  const quantiles = [0, 0.5, 0.75, 0.95, 0.99, 1];
  const anyWindow = array(integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 40 });
  assert(
    property(array(anyWindow, { minLength: 1, maxLength: 5 }), (windows) => {
      const relays = [1, 16].map((partitions) => start(CERTIFIED, { partitions }));
      for (const relay of relays) {
        for (const [i, window] of windows.entries())
          push(relay, `pod${i}`, summary({ 0.5: 1 }, 1_000 - window.length));
        for (const [i, window] of windows.entries()) {
          const sorted = window.toSorted((a, b) => a - b);
          const points = quantiles.map((q) => [q, sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!]);
          push(relay, `pod${i}`, summary(Object.fromEntries(points) as Record<string, number>, 1_000));
        }
      }
      const [one, many] = relays.map(certain);
      expect(many).toEqual(one);
      const all = windows.flat().toSorted((a, b) => a - b);
      for (const q of quantiles.slice(1, -1)) {
        const least = all.find((_, i) => (i + 1) / all.length >= q - 1e-12)!;
        const greatest = all.findLast((_, i) => i / all.length <= q + 1e-12)!;
        expect(one?.[`s_quantile_lower{quantile="${q}"}`]).toBeLessThanOrEqual(greatest);
        expect(one?.[`s_quantile_upper{quantile="${q}"}`]).toBeGreaterThanOrEqual(least);
      }
      expect([one?.["s_min"], one?.["s_max"]]).toEqual([all[0], all.at(-1)]);
    }),
    { numRuns: 200 },
  );
});
