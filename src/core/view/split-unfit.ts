import type { FamilyType } from "../exposition/parsed-body.ts";
import { escapeMetricName } from "../exposition/write/escape-name.ts";
import type { ViewFormat } from "../exposition/write/format.ts";
import { isComplex } from "../exposition/write/metric.ts";
import { formatBound } from "../exposition/write/openmetrics-writer.ts";
import { withLabel } from "../exposition/write/series-text.ts";
import type { FamilyDraft, FamilyDrafts } from "./family-draft.ts";
import { draftOf } from "./family-draft.ts";
import { gatherMetrics, splitBound, type RollupSample } from "./rollup-samples.ts";

/**
 * Makes a family of its own of each name in what cannot be written as one metric, so that the series are the same
 * in every format: a summary without a sum would have one of 0 in protobuf, a histogram without one cannot be there
 * in OpenMetrics, whose gauge histograms have other names.
 */
export function splitUnfit(drafts: FamilyDrafts, format: ViewFormat): void {
  for (const draft of drafts.values()) {
    const types = new Set(draft.samples.filter(isUnlikeItsFamily).map(({ type }) => type));
    for (const type of types) if (!fits(type, draft, format)) splitType(type, draft, drafts, format);
  }
}

/** Whether it is a part of something, or has the name of such a part. */
function isUnlikeItsFamily({ type, suffix }: RollupSample): boolean {
  return suffix !== "" || isComplex(type);
}

function fits(type: FamilyType, { samples }: FamilyDraft, { encoding }: ViewFormat): boolean {
  if (!isComplex(type) || (type === "gaugehistogram" && encoding === "openmetrics")) return false;
  const needsSum = type !== "summary" || encoding === "protobuf";
  const metrics = [...gatherMetrics(samples.filter((sample) => sample.type === type)).values()];
  return metrics.every(({ count, sum }) => count !== undefined && (sum !== undefined || !needsSum));
}

function splitType(
  type: FamilyType,
  draft: FamilyDraft,
  drafts: FamilyDrafts,
  { escaping }: ViewFormat,
): void {
  const split = draft.samples.filter((sample) => sample.type === type && isUnlikeItsFamily(sample));
  const gone = new Set(split);
  draft.samples = draft.samples.filter((sample) => !gone.has(sample));
  for (const sample of [...split, ...missingBuckets(type, split)]) {
    // Escaped before the suffix, as its parts are in the other formats.
    const name = sample.suffix === "" ? draft.name : escapeMetricName(draft.name, escaping) + sample.suffix;
    draftOf(drafts, name).samples.push({
      ...sample,
      type: isComplex(type) ? "untyped" : type,
      suffix: "",
      labels: ownLabels(sample),
    });
  }
}

/** The buckets of +Inf that text gives histograms which were pushed without. */
function missingBuckets(type: FamilyType, samples: readonly RollupSample[]): RollupSample[] {
  if (!isComplex(type) || type === "summary") return [];
  const metrics = [...gatherMetrics(samples)];
  if (metrics.some(([, { count }]) => count === undefined)) return [];
  return metrics
    .filter(([, { parts }]) => parts.at(-1)?.bound !== Number.POSITIVE_INFINITY)
    .map(([labels, { count = Number.NaN }]) => ({
      type,
      suffix: "_bucket",
      labels: withLabel(labels, "le", "+Inf"),
      value: count,
      startMs: Number.NaN,
      native: undefined,
    }));
}

/** With the bound in the form that the formats have it in which write it as a number. */
function ownLabels(sample: RollupSample): string {
  const { labels, name, bound } = splitBound(sample);
  if (name === undefined) return sample.labels;
  return withLabel(labels, name, formatBound(bound ?? Number.NaN));
}
