import { formatNumber } from "../exposition/format-number.ts";
import { Role } from "../exposition/parsed-body.ts";
import type { LabelSet } from "../partition/label-set.ts";
import type { Layout, LayoutFamily } from "../partition/layout.ts";
import type { Snapshot } from "../partition/group.ts";

/** Called once for each metric of a family: one label set with all its lines. */
export type MetricSink = (family: LayoutFamily, set: LabelSet, lines: string) => void;

/**
 * Renders a body as a Pushgateway would show it: `_sum 0` and `_count 0` where a summary lacks them,
 * a `+Inf` bucket where a histogram does, `le` and `quantile` behind all other labels. `dropped` are samples to leave out.
 */
export function renderPushed(
  snapshot: Snapshot,
  isWanted: (family: string) => boolean,
  dropped: ReadonlySet<number> | undefined,
  sink: MetricSink,
): void {
  const { layout, values } = snapshot;
  const complex = new Map<LayoutFamily, Map<LabelSet, Metric>>();
  for (const [i, set] of layout.sets.entries()) {
    const family = layout.families[layout.familyOf[i] ?? 0];
    if (family === undefined || !isWanted(family.name) || layout.repeats?.has(i) === true) continue;
    if (dropped?.has(i) === true) continue;
    if (isScalar(family)) {
      sink(family, set, `${family.name}${set.text} ${formatNumber(values[i] ?? Number.NaN)}\n`);
    } else {
      collect(complex, family, set, layout, i, values[i] ?? Number.NaN);
    }
  }
  for (const [family, metrics] of complex) {
    for (const [set, metric] of metrics) sink(family, set, renderMetric(family, set, metric));
  }
}

/** A summary or a histogram of one label set. */
interface Metric {
  /** Bound and value, in the order they were pushed in. */
  readonly parts: [bound: number, value: number][];
  sum: number;
  count: number | undefined;
}

function isScalar({ type }: LayoutFamily): boolean {
  return type !== "summary" && type !== "histogram" && type !== "gaugehistogram";
}

function collect(
  complex: Map<LayoutFamily, Map<LabelSet, Metric>>,
  family: LayoutFamily,
  set: LabelSet,
  layout: Layout,
  i: number,
  value: number,
): void {
  let metrics = complex.get(family);
  if (metrics === undefined) complex.set(family, (metrics = new Map()));
  let metric = metrics.get(set);
  if (metric === undefined) metrics.set(set, (metric = { parts: [], sum: 0, count: undefined }));
  const role = layout.roles[i];
  if (role === Role.sum) metric.sum = value;
  else if (role === Role.count) metric.count = value;
  else metric.parts.push([layout.bounds?.[i] ?? Number.NaN, value]);
}

function renderMetric({ name, type }: LayoutFamily, set: LabelSet, { parts, sum, count }: Metric): string {
  const isSummary = type === "summary";
  const open = `${name}${isSummary ? "" : "_bucket"}${set.text.slice(0, -1)},${isSummary ? "quantile" : "le"}="`;
  const shown = count ?? parts.find(([bound]) => bound === Number.POSITIVE_INFINITY)?.[1] ?? 0;
  // expfmt keeps the count of a summary as a whole number.
  const total = isSummary ? Math.trunc(shown) : shown;
  let text = "";
  for (const [bound, value] of parts) text += `${open}${formatNumber(bound)}"} ${formatNumber(value)}\n`;
  if (!isSummary && !parts.some(([bound]) => bound === Number.POSITIVE_INFINITY)) {
    text += `${open}+Inf"} ${formatNumber(total)}\n`;
  }
  text += `${name}_sum${set.text} ${formatNumber(sum)}\n`;
  return `${text}${name}_count${set.text} ${formatNumber(total)}\n`;
}
