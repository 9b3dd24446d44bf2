import { escapeLabelValue, readRenderedLabels, renderLabels } from "../escape.ts";
import { formatNumber } from "../format-number.ts";
import type { Exemplar, FamilyType } from "../parsed-body.ts";
import type { Escaping } from "./format.ts";
import type { ShownFamily } from "./metric.ts";
import { withInfinity } from "./metric.ts";
import { shownLabels } from "./names.ts";
import { nameText, seriesText, withLabel } from "./series-text.ts";
import { typeOf } from "./text-writer.ts";
import type { MetricWriter, WrittenFamily } from "./writer.ts";

/** Of the characters that an exemplar's names and values may have together. */
const MAX_EXEMPLAR_CHARS = 128;

const TOTAL = "_total";

/** OpenMetrics 1.0. Every series has the name that it has in the other formats. */
export function createOpenMetricsWriter(escaping: Escaping): MetricWriter {
  return {
    value(family, labels, value, { startMs, exemplar }) {
      const line = `${seriesText(family, "", labels)} ${formatNumber(value)}`;
      if (!isCounter(family)) return `${line}\n`;
      const base = { ...family, name: family.name.slice(0, -TOTAL.length) };
      return `${line}${exemplarText(exemplar, escaping)}\n${createdLine(base, labels, startMs)}`;
    },
    complex(family, labels, metric) {
      const isSummary = family.type === "summary";
      const [suffix, label] = isSummary ? ["", "quantile"] : ["_bucket", "le"];
      let text = "";
      for (const { bound, value, exemplar } of isSummary ? metric.parts : inOrder(withInfinity(metric))) {
        const series = seriesText(family, suffix, withLabel(labels, label, formatBound(bound)));
        text += `${series} ${formatNumber(value)}${exemplarText(exemplar, escaping)}\n`;
      }
      if (metric.sum !== undefined) {
        text += `${seriesText(family, "_sum", labels)} ${formatNumber(metric.sum)}\n`;
      }
      text += `${seriesText(family, "_count", labels)} ${formatNumber(metric.count)}\n`;
      return text + createdLine(family, labels, metric.startMs);
    },
  };
}

/** Whether the family is a counter in OpenMetrics too, where the name of one ends so. */
function isCounter({ name, type }: Pick<ShownFamily, "name" | "type">): boolean {
  return type === "counter" && name.endsWith(TOTAL) && name.length > TOTAL.length;
}

/** The comment lines of a family. */
export function openMetricsHeader(family: WrittenFamily): string {
  const type = typeOf(family);
  const counts = isCounter({ ...family, type }) && !family.isPlain;
  const name = nameText(counts ? { ...family, name: family.name.slice(0, -TOTAL.length) } : family);
  const help = family.help === undefined ? "" : `# HELP ${name} ${escapeLabelValue(family.help)}\n`;
  return `${help}# TYPE ${name} ${counts ? "counter" : TYPES[type]}\n`;
}

/** Of counters that are none by their name, too. */
const TYPES: { readonly [T in FamilyType]: string } = {
  counter: "unknown",
  gauge: "gauge",
  untyped: "unknown",
  summary: "summary",
  histogram: "histogram",
  gaugehistogram: "unknown",
};

/** `le` and `quantile` as OpenMetrics has them, and Prometheus 3 keeps them: a number with a point or an exponent. */
export function formatBound(bound: number): string {
  const text = formatNumber(bound);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function inOrder<T extends { readonly bound: number }>(parts: readonly T[]): readonly T[] {
  return parts.toSorted((a, b) => a.bound - b.bound);
}

function createdLine(family: ShownFamily, labels: string, startMs: number): string {
  if (Number.isNaN(startMs)) return "";
  return `${seriesText(family, "_created", labels)} ${formatNumber(startMs / 1000)}\n`;
}

function exemplarText(exemplar: Exemplar | undefined, escaping: Escaping): string {
  if (exemplar === undefined) return "";
  const { value, timestampMs } = exemplar;
  const labels = shownLabels(renderLabels(exemplar.labels), escaping);
  if (labels === undefined || charCount(readRenderedLabels(labels).join("")) > MAX_EXEMPLAR_CHARS) return "";
  const time = timestampMs === undefined ? "" : ` ${formatNumber(timestampMs / 1000)}`;
  return ` # ${labels || "{}"} ${formatNumber(value)}${time}`;
}

function charCount(text: string): number {
  return Array.from(text).length;
}
