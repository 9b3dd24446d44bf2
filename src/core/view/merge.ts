import { readRenderedLabels } from "../exposition/escape.ts";
import type { Escaping, ViewFormat } from "../exposition/write/format.ts";
import { shownLabels } from "../exposition/write/names.ts";
import type { WrittenFamily } from "../exposition/write/writer.ts";
import { nativeOf, valueOf } from "../rollup/partial.ts";
import type { Companion } from "../rollup/rule.ts";
import type { FamilyDrafts } from "./family-draft.ts";
import { draftOf, pushedOf } from "./family-draft.ts";
import { finishFamilies } from "./finish-families.ts";
import type { MergedOutput, PushedNames, ServingTime } from "./merged-output.ts";
import { isServed, servedCompanions } from "./merged-output.ts";
import type { OwnFamily } from "./own-families.ts";
import type { ViewPart } from "./part.ts";
import type { OutputCursor } from "./output-cursor.ts";
import { createOutputCursor } from "./output-cursor.ts";
import type { IndexedFamily, RollupIndex } from "./rollup-index.ts";
import { createRollupIndex } from "./rollup-index.ts";
import { splitBound, type RollupSample } from "./rollup-samples.ts";
import { splitUnfit } from "./split-unfit.ts";
import type { MetricTest } from "./view-filter.ts";
import { namesOf, withoutBound } from "./view-filter.ts";

/** What the merge asks the coordinator. */
export interface MergeContext extends ServingTime, PushedNames {
  helpOf(name: string): string | undefined;
  /** What is known from the last view; without one every view begins anew. */
  readonly index?: RollupIndex | undefined;
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
export function* mergeParts(
  parts: readonly ViewPart[],
  context: MergeContext,
  format: ViewFormat,
  own: readonly OwnFamily[] = [],
  isAsked?: MetricTest,
): Generator<undefined, MergedView> {
  const drafts: FamilyDrafts = new Map();
  for (const { name, help, samples } of own) {
    const draft = draftOf(drafts, name);
    draft.help = help;
    draft.samples.push(...samples.filter((sample) => isAskedSample(name, sample, isAsked)));
  }
  let collisions = 0;
  const sorted = parts.toSorted((a, b) => a.partition - b.partition);
  for (const part of sorted) {
    collisions += part.collisions;
    for (const { name, type, metrics, bulkSamples } of part.families) {
      const pushed = pushedOf(draftOf(drafts, name), type);
      for (const metric of metrics) pushed.metrics.push(metric);
      if (bulkSamples > 0) {
        pushed.bulks.push({ partition: part.partition, family: name, samples: bulkSamples });
      }
    }
  }
  const { index = createRollupIndex() } = context;
  const merged = yield* index.merge(
    sorted.flatMap(({ partition, rollups }) => (rollups === undefined ? [] : { partition, rollups })),
  );
  const output = createOutputCursor(merged);
  for (const family of merged.families) {
    collisions += tellOutputs(family, output, drafts, context, format, isAsked);
    yield;
  }
  for (const { helps = [] } of sorted) tellHelps(drafts, helps);
  if (format.encoding !== "text") splitUnfit(drafts, format);
  const finished = yield* finishFamilies(drafts, context, format, merged.labelBytes);
  return { families: finished.families, collisions: collisions + finished.collisions };
}

/** A family that is pushed here too has one already. */
function tellHelps(drafts: FamilyDrafts, helps: Iterable<readonly [family: string, help: string]>): void {
  for (const [name, help] of helps) {
    const draft = drafts.get(name);
    if (draft !== undefined) draft.help ??= help;
  }
}

/** Adds the numbers that are served now. Returns how many have no labels of their own for the client. */
function tellOutputs(
  { name: family, places, mayHaveQuotes }: IndexedFamily,
  output: OutputCursor,
  drafts: FamilyDrafts,
  context: MergeContext,
  { escaping }: ViewFormat,
  isAsked: MetricTest | undefined,
): number {
  const taken: Map<string, string> | undefined = mayHaveQuotes ? new Map() : undefined;
  let collisions = 0;
  const draft = draftOf(drafts, family);
  for (const place of places) {
    if (!output.moveTo(place) || !isServed(output, context)) continue;
    const { suffix, labels: given, type, function: fn } = output.series;
    const labels = mayHaveQuotes ? shownLabels(given, escaping) : given;
    if (labels === undefined || (taken !== undefined && isTaken(taken, output.series, labels))) {
      collisions += 1;
      continue;
    }
    const { partial, startMs } = output;
    if (fn !== "interval" && isAskedSample(family, output.series, isAsked)) {
      const sample = {
        type,
        suffix,
        labels,
        value: valueOf(fn, partial),
        startMs,
        native: nativeOf(partial),
      };
      draft.samples.push(sample);
    }
    if (output.series.companions.length > 0) {
      addCompanions(family, output, drafts, context, escaping, isAsked);
    }
  }
  return collisions;
}

/**
 * Whether another metric of the family has these labels for the client. The first stands, with all of its samples: the
 * buckets of two would make a histogram that nobody has told.
 */
function isTaken(taken: Map<string, string>, series: MergedOutput["series"], labels: string): boolean {
  const { type, suffix } = series;
  const given = splitBound(series).labels;
  const shown = splitBound({ type, suffix, labels }).labels;
  const first = taken.get(shown);
  if (first === undefined) taken.set(shown, given);
  return first !== undefined && first !== given;
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
