import { readRenderedLabels } from "../exposition/escape.ts";
import type { Escaping, ViewFormat } from "../exposition/write/format.ts";
import { mayHaveQuotedNames, shownLabels } from "../exposition/write/names.ts";
import type { WrittenFamily } from "../exposition/write/writer.ts";
import { nativeOf, valueOf } from "../rollup/partial.ts";
import type { Companion } from "../rollup/rule.ts";
import type { FamilyDraft, FamilyDrafts } from "./family-draft.ts";
import { draftOf, pushedOf } from "./family-draft.ts";
import { finishFamilies } from "./finish-families.ts";
import type { MergedOutput, PushedNames, ServingTime } from "./merged-output.ts";
import { gatherSeries, isServed, servedCompanions } from "./merged-output.ts";
import type { OwnFamily } from "./own-families.ts";
import type { ViewPart } from "./part.ts";
import type { RollupSample } from "./rollup-samples.ts";
import { splitUnfit } from "./split-unfit.ts";
import type { MetricTest } from "./view-filter.ts";
import { namesOf, withoutBound } from "./view-filter.ts";

/** What the merge asks the coordinator. */
export interface MergeContext extends ServingTime, PushedNames {
  helpOf(name: string): string | undefined;
}

/** A view with all its families, sorted by name. */
export interface MergedView {
  readonly families: readonly WrittenFamily[];
  /** Metrics and families that are left out, because others have the names and labels that the client would read. */
  readonly collisions: number;
}

/**
 * Merges the parts of all partitions, in their order, into the families of a view: with those that the relay tells
 * of itself, under its HELP. All parts were rendered in that format.
 */
export function mergeParts(
  parts: readonly ViewPart[],
  context: MergeContext,
  format: ViewFormat,
  own: readonly OwnFamily[] = [],
  isAsked?: MetricTest,
): MergedView {
  const drafts: FamilyDrafts = new Map();
  for (const { name, help, samples } of own) {
    const draft = draftOf(drafts, name);
    draft.help = help;
    draft.samples.push(...samples.filter((sample) => isAskedSample(name, sample, isAsked)));
  }
  let collisions = 0;
  for (const part of parts.toSorted((a, b) => a.partition - b.partition)) {
    collisions += part.collisions;
    for (const { name, type, metrics, bulkSamples } of part.families) {
      const pushed = pushedOf(draftOf(drafts, name), type);
      for (const metric of metrics) pushed.metrics.push(metric);
      if (bulkSamples > 0) {
        pushed.bulks.push({ partition: part.partition, family: name, samples: bulkSamples });
      }
    }
    for (const { name, series } of part.rollups) {
      const { outputs } = draftOf(drafts, name);
      for (const one of series) gatherSeries(outputs, one);
    }
  }
  for (const draft of drafts.values()) collisions += tellOutputs(draft, drafts, context, format, isAsked);
  if (format.encoding !== "text") splitUnfit(drafts, format);
  const finished = finishFamilies(drafts, context, format);
  return { families: finished.families, collisions: collisions + finished.collisions };
}

/** Adds the numbers that are served now. Returns how many have no labels of their own for the client. */
function tellOutputs(
  draft: FamilyDraft,
  drafts: FamilyDrafts,
  context: MergeContext,
  { escaping }: ViewFormat,
  isAsked: MetricTest | undefined,
): number {
  const taken = [...draft.outputs.values()].some(({ series }) => mayHaveQuotedNames(series.labels))
    ? new Set<string>()
    : undefined;
  let collisions = 0;
  for (const output of draft.outputs.values()) {
    if (!isServed(output, context)) continue;
    const { suffix, labels: given, type } = output.series;
    const labels = shownLabels(given, escaping);
    if (labels === undefined || taken?.has(suffix + labels) === true) {
      collisions += 1;
      continue;
    }
    taken?.add(suffix + labels);
    if (output.series.function !== "interval" && isAskedSample(draft.name, output.series, isAsked)) {
      const value = valueOf(output.series.function, output.partial);
      const native = nativeOf(output.partial);
      draft.samples.push({ type, suffix, labels, value, startMs: output.startMs, native });
    }
    addCompanions(draft.name, output, drafts, context, escaping, isAsked);
  }
  return collisions;
}

function isAskedSample(
  family: string,
  { type, suffix, labels }: Pick<RollupSample, "type" | "suffix" | "labels">,
  isAsked: MetricTest | undefined,
): boolean {
  if (isAsked === undefined) return true;
  return isAsked([...namesOf(family, type), family + suffix], withoutBound(readRenderedLabels(labels), type));
}

const COMPANION_HELP: { readonly [C in Companion]: string } = {
  max: "Largest over the sources of",
  avg: "Average over the sources of",
  sum: "Sum over the sources of",
  contributors: "How many sources were added up to",
  unset: "How many sources have no value yet of",
  min: "Smallest over the sources of",
  quantile_lower: "At least this high is each quantile over all sources of",
  quantile_upper: "At most this high is each quantile over all sources of",
};

function addCompanions(
  family: string,
  output: MergedOutput,
  drafts: FamilyDrafts,
  pushed: PushedNames,
  escaping: Escaping,
  isAsked: MetricTest | undefined,
): void {
  for (const { companion, name, labels: given, value } of servedCompanions(family, output, pushed)) {
    const labels = shownLabels(given, escaping);
    if (labels === undefined || isAsked?.([name], readRenderedLabels(given)) === false) continue;
    const draft = draftOf(drafts, name);
    draft.help = `${COMPANION_HELP[companion]} ${family}.`;
    draft.samples.push({ type: "gauge", suffix: "", labels, value, startMs: Number.NaN, native: undefined });
  }
}
