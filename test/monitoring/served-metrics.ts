import type { Rule } from "../../src/core/rollup/rule.ts";
import { matchFlinkFamily } from "../../src/core/rollup/flink/match-flink-family.ts";
import { forwardFamilies } from "../../src/platform/forward/forward-families.ts";
import { createOwnMetrics } from "../../src/node/own-metrics/own-metrics.ts";

/** What Prometheus says itself, of scrapes and of its rules. */
const OF_PROMETHEUS: ReadonlySet<string> = new Set(["up", "ALERTS"]);

const ofRelay: ReadonlySet<string> = new Set(
  [
    ...createOwnMetrics({
      version: "",
      inflightBytes: () => 0,
      isReady: () => true,
      storage: async () => undefined,
      hasConfigFile: true,
      hasWebConfigFile: true,
      teeBytes: () => 0,
      mostSources: 0,
    }).families,
    ...forwardFamilies,
  ].flatMap(({ name, type }) =>
    type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
);

/** Whether the merged view has a metric of that name, of the relay's own or made of what Flink pushes. */
export function isServed(name: string): boolean {
  return OF_PROMETHEUS.has(name) || ofRelay.has(name) || isOfFlink(name);
}

function isOfFlink(name: string): boolean {
  if (isMerged(matchFlinkFamily(name, "gauge")) || isMerged(matchFlinkFamily(name, "summary"))) return true;
  const [, base = "", suffix = ""] = /^(.+)_([a-z]+)$/.exec(name) ?? [];
  if (suffix === "count") return isMerged(matchFlinkFamily(base, "summary"));
  return matchFlinkFamily(base, "gauge")?.companions.some((companion) => companion === suffix) === true;
}

function isMerged(rule: Rule | undefined): boolean {
  return rule?.action === "merge";
}
