import { escapeHelp, escapeLabelValue, renderLabels } from "../../core/exposition/escape.ts";
import { isLegacyMetricName } from "../../core/exposition/name-syntax.ts";
import type { ImportedFamily, ImportedGroup, ImportedMetric } from "./read-groups.ts";

export interface RenderedGroup {
  /** Text format 0.0.4. */
  readonly body: string;
  readonly series: number;
  /** What that format cannot say, by the names of the families. */
  readonly leftOut: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = {
  COUNTER: "counter",
  GAUGE: "gauge",
  SUMMARY: "summary",
  UNTYPED: "untyped",
  HISTOGRAM: "histogram",
};

/** A group as it would be pushed. */
export function renderGroup({ labels, families }: ImportedGroup): RenderedGroup {
  const good = families.filter(isText);
  return {
    body: good.map((family) => renderFamily(family, labels)).join(""),
    series: good.reduce((sum, { metrics }) => sum + metrics.length, 0),
    leftOut: families.filter((family) => !isText(family)).map(({ name }) => name),
  };
}

/** Of a native histogram the text format has only sum and count, and no histogram of gauges. */
function isText({ type, metrics }: ImportedFamily): boolean {
  return type in TYPES && metrics.every(({ buckets }) => !Array.isArray(buckets));
}

function renderFamily({ name, type, help, metrics }: ImportedFamily, group: ImportedGroup["labels"]): string {
  const shown = isLegacyMetricName(name) ? name : `"${escapeLabelValue(name)}"`;
  const helpLine = help === undefined ? "" : `# HELP ${shown} ${escapeHelp(help)}\n`;
  const samples = metrics.flatMap((metric) => samplesOf(name, type, metric, group));
  return `${helpLine}# TYPE ${shown} ${TYPES[type]}\n${samples.map((sample) => `${sample}\n`).join("")}`;
}

function samplesOf(
  name: string,
  type: string,
  metric: ImportedMetric,
  group: ImportedGroup["labels"],
): string[] {
  const labels = Object.entries(metric.labels)
    // The gateway adds both by itself.
    .filter(([label, value]) => !(label in group) && !(label === "instance" && value === ""))
    .flat();
  const line = (suffix: string, value: string, extra?: readonly [string, string]): string =>
    renderSample(name + suffix, labels, value, extra);
  const { value = "NaN", quantiles = {}, buckets = {}, sum = "0", count = "0" } = metric;
  if (type === "SUMMARY") {
    const points = Object.entries(quantiles).map(([quantile, at]) => line("", at, ["quantile", quantile]));
    return [...points, line("_sum", sum), line("_count", count)];
  }
  if (type === "HISTOGRAM") {
    const bounds = Object.entries<unknown>(buckets).toSorted(([a], [b]) => bound(a) - bound(b));
    const rows = bounds.map(([le, below]) => line("_bucket", String(below), ["le", le]));
    return [...rows, line("_sum", sum), line("_count", count)];
  }
  return [line("", value)];
}

/** Names of UTF-8 stand among the labels, in quotes. */
function renderSample(
  name: string,
  labels: readonly string[],
  value: string,
  extra: readonly [string, string] | undefined,
): string {
  const block = renderLabels(labels, extra);
  if (isLegacyMetricName(name)) return `${name}${block} ${value}`;
  const others = block === "" ? "" : `,${block.slice(1, -1)}`;
  return `{"${escapeLabelValue(name)}"${others}} ${value}`;
}

function bound(le: string): number {
  return le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le);
}
