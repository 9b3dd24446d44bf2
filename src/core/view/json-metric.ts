import { formatNumber } from "../exposition/format-number.ts";
import type { NativeHistogram } from "../exposition/native-histogram.ts";
import { Role } from "../exposition/parsed-body.ts";
import type { Snapshot } from "../partition/group.ts";
import type { LabelSet } from "../partition/label-set.ts";
import type { LayoutFamily } from "../partition/layout.ts";
import { nativeBucketsJson } from "./json-native.ts";
import { jsonLabels, jsonObject, jsonText } from "./json-text.ts";

/** The metrics of a body by family, each as a Pushgateway's API shows it. All numbers are texts. */
export function metricsOf(snapshot: Snapshot): Map<LayoutFamily, string[]> {
  const { layout, values, extras } = snapshot;
  const families = new Map<LayoutFamily, Map<LabelSet, Metric>>();
  for (const [i, set] of layout.sets.entries()) {
    const family = layout.families[layout.familyOf[i] ?? 0];
    if (family === undefined || layout.repeats?.has(i) === true) continue;
    const metric = findMetric(families, family, set);
    const value = values[i] ?? Number.NaN;
    switch (layout.roles[i] ?? Role.value) {
      case Role.sum:
        metric.sum = value;
        break;
      case Role.count:
        metric.count = value;
        metric.native = extras?.natives?.get(i);
        break;
      case Role.value:
        metric.value = value;
        break;
      default:
        metric.parts.push([formatNumber(layout.bounds?.[i] ?? Number.NaN), value]);
    }
  }
  return new Map(
    [...families].map(([family, metrics]) => [
      family,
      [...metrics].map(([set, metric]) => metricJson(family, set, metric)),
    ]),
  );
}

interface Metric {
  value: number;
  sum: number;
  count: number | undefined;
  native: NativeHistogram | undefined;
  /** Bounds of buckets or quantiles, with their values. */
  readonly parts: [bound: string, value: number][];
}

function findMetric(
  families: Map<LayoutFamily, Map<LabelSet, Metric>>,
  family: LayoutFamily,
  set: LabelSet,
): Metric {
  let metrics = families.get(family);
  if (metrics === undefined) families.set(family, (metrics = new Map()));
  let metric = metrics.get(set);
  if (metric === undefined) {
    metric = { value: Number.NaN, sum: 0, count: undefined, native: undefined, parts: [] };
    metrics.set(set, metric);
  }
  return metric;
}

function metricJson({ type }: LayoutFamily, set: LabelSet, metric: Metric): string {
  const labels = ["labels", jsonLabels(set.labels)] as const;
  if (type === "summary") {
    const quantiles = metric.parts.map(([bound, value]) => [bound, jsonText(formatNumber(value))] as const);
    return jsonObject([
      ["count", jsonText(formatCount(metric))],
      labels,
      ["quantiles", sortedObject(quantiles)],
      ["sum", jsonText(formatNumber(metric.sum))],
    ]);
  }
  if (type !== "histogram" && type !== "gaugehistogram") {
    return jsonObject([labels, ["value", jsonText(formatNumber(metric.value))]]);
  }
  const buckets = metric.parts.map(([bound, value]) => [bound, jsonText(formatWhole(value))] as const);
  return jsonObject([
    ["buckets", metric.native === undefined ? sortedObject(buckets) : nativeBucketsJson(metric.native)],
    ["count", jsonText(formatCount(metric))],
    labels,
    ["sum", jsonText(formatNumber(metric.sum))],
  ]);
}

function formatCount({ count, parts }: Metric): string {
  return formatWhole(count ?? parts.find(([bound]) => bound === "+Inf")?.[1] ?? 0);
}

/** Counts are whole numbers to a Pushgateway, and have no exponent. */
function formatWhole(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : formatNumber(value);
}

function sortedObject(fields: readonly (readonly [string, string])[]): string {
  return jsonObject(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
