import type { MetricRow, RowScope } from "../../../../src/core/rollup/flink/preset.ts";
import { FLINK_METRICS, PREFIXES } from "../../../../src/core/rollup/flink/preset.ts";
import { expandPattern } from "../../../../src/core/rollup/flink/pattern.ts";
import { matchFlinkFamily } from "../../../../src/core/rollup/flink/match-flink-family.ts";
import type { Rule } from "../../../../src/core/rollup/rule.ts";

const TITLES: Record<RowScope, string> = {
  "JM TM": "Processes: JVM, memory, machine",
  TM: "TaskManagers: network memory",
  JM: "Clusters",
  JJ: "Jobs, as the JobManager sees them",
  TJ: "Jobs on a TaskManager",
  "TJ TT": "Latency markers",
  TT: "Tasks",
  "TT OP": "Tasks and operators",
  OP: "Operators, state, connectors",
};

/** The preset as the tables of docs/flink-metrics.md: one for each scope, rows in the order of the preset. */
export function renderMetricTables(): string {
  return [...Map.groupBy(FLINK_METRICS, ([scope]) => scope)]
    .map(([scope, rows]) =>
      [
        `### ${TITLES[scope]} (\`${PREFIXES[scope]}…\`)`,
        "",
        "| metric | merged view | besides | no value |",
        "|---|---|---|---|",
        ...rows.map((row) => renderRow(row)),
      ].join("\n"),
    )
    .join("\n\n");
}

/** Rendered from the rule that a push would meet, not from the row: the page says what happens. */
function renderRow([scope, metric, kind, , skip = []]: MetricRow): string {
  const [form = ""] = expandPattern(PREFIXES[scope] + metric);
  const name = form.replaceAll(/<jobVertexId>/g, "0".repeat(32)).replaceAll(/<\w+>/g, "0");
  const rule = matchFlinkFamily(name, kind === "summary" ? "summary" : "gauge");
  if (rule === undefined) throw new Error(`no rule for ${name}`);
  const besides = rule.companions.map((companion) => `\`_${companion}\``).join(" ");
  return `| \`${metric}\` | ${treatment(rule)} | ${besides} | ${skip.map((value) => noValue(value)).join(", ")} |`;
}

function treatment(rule: Rule): string {
  if (rule.action === "drop") return "left out";
  if (rule.kind === "counter") return "counter";
  return rule.kind === "summary" ? "`_count`: counter; quantiles: worst" : rule.function;
}

function noValue(value: number): string {
  if (Math.abs(value) === 2 ** 63) return value < 0 ? "−2^63" : "2^63";
  return String(value).replace("-", "−").replace("Infinity", "∞");
}
