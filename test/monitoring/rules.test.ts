import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { prometheusPrograms } from "../e2e/prometheus-package.ts";
import { temporaryFolder } from "../node/storage/temporary-folder.ts";
import { metricNamesOf } from "./promql.ts";
import { RULE_CASES, type RuleCase } from "./rule-cases.ts";
import { readAlerts, readRules, ruleFiles } from "./rule-files.ts";
import { isServed } from "./served-metrics.ts";

const MONITORING = join(import.meta.dirname, "../../docs/monitoring");

let promtool: string;
beforeAll(async () => {
  ({ promtool } = await prometheusPrograms());
});

async function runPromtool(...args: string[]): Promise<void> {
  await promisify(execFile)(promtool, args).catch((error: Error & { stdout: string; stderr: string }) => {
    throw new Error(error.stdout + error.stderr);
  });
}

test("promtool finds nothing wrong with the configuration and its rules", async () => {
  await runPromtool("check", "config", join(MONITORING, "prometheus.yml"));
});

test("Prometheus takes the job that docs/migrate.md adds for panels of subtasks", async () => {
  using folder = temporaryFolder();
  const page = readFileSync(join(MONITORING, "../migrate.md"), "utf8");
  const [, block = ""] = /```yaml\n(scrape_configs:.*?)```/s.exec(page) ?? [];
  const file = join(folder.path, "prometheus.yml");
  writeFileSync(file, block);
  await runPromtool("check", "config", file);
  expect(block).toContain("view: [raw]");
});

test("the rules ask for what is served, or recorded by one of them", () => {
  const rules = readRules();
  const recorded = new Set(rules.flatMap((rule) => ("record" in rule ? [rule.record] : [])));
  const asked = rules.flatMap(({ expr }) => metricNamesOf(expr));
  expect(asked.length).toBeGreaterThan(rules.length);
  expect(asked.filter((name) => !isServed(name) && !recorded.has(name))).toEqual([]);
});

/** Asks for all that fires, so that whoever should not is found too. */
function promtoolTest({ alert, series, by, who, quiet, firing, resolved }: RuleCase): unknown {
  const expr = `count by (${by}) (ALERTS{alertname="${alert}",alertstate="firing"})`;
  const at = (minute: number, samples: readonly unknown[]): unknown => ({
    expr,
    eval_time: `${minute}m`,
    exp_samples: samples,
  });
  return {
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [at(quiet, []), at(firing, [{ labels: who, value: 1 }]), at(resolved, [])],
  };
}

test.each(RULE_CASES)("$alert fires and resolves: $when", async (ruleCase) => {
  using folder = temporaryFolder();
  const file = join(folder.path, "test.yml");
  const tests = [promtoolTest(ruleCase)];
  writeFileSync(file, stringify({ rule_files: ruleFiles(), evaluation_interval: "1m", tests }));
  await runPromtool("test", "rules", file);
});

test("every alert has a case, and every case an alert", () => {
  const alerts = readAlerts().map(({ alert }) => alert);
  expect(new Set(RULE_CASES.map(({ alert }) => alert))).toEqual(new Set(alerts));
  expect(new Set(alerts).size).toBe(alerts.length);
});

test("every alert says how bad it is, what it means, and where a person reads on", () => {
  const alerts = readAlerts();
  const runbooks = readFileSync(join(MONITORING, "runbooks.md"), "utf8");
  const headings = [...runbooks.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  expect(new Set(headings)).toEqual(new Set(alerts.map(({ alert }) => alert)));
  for (const { alert, labels, annotations } of alerts) {
    expect([alert, labels]).toEqual([alert, { severity: expect.stringMatching(/^(warning|critical)$/) }]);
    expect([alert, annotations]).toEqual([
      alert,
      {
        summary: expect.stringMatching(/^\S.{10,}$/),
        description: expect.stringMatching(/^\S.{20,}\.$/),
        runbook_url: `runbooks.md#${alert.toLowerCase()}`,
      },
    ]);
  }
});
