import { readRenderedLabels } from "../exposition/escape.ts";
import type { Labels } from "../exposition/label-block.ts";
import { labelValue } from "../exposition/label-block.ts";
import { outputId } from "../rollup/output.ts";
import { valueOf } from "../rollup/partial.ts";
import type { Balance } from "./explain-balance.ts";
import { balanceOf, mergeLosses } from "./explain-balance.ts";
import type { Contributor } from "./explain-contributors.ts";
import type { ExplainedSeries, ExplainPart, Loss, UncountedRow } from "./explain-part.ts";
import type {
  CompanionValue,
  MergedOutput,
  MergedOutputDraft,
  PushedNames,
  ServingTime,
} from "./merged-output.ts";
import { gatherSeries, isServed, servedCompanions } from "./merged-output.ts";

/** Output series in one answer. */
export const MAX_EXPLAINED = 1_000;

export interface Explained {
  /** Sorted by name and labels. */
  readonly series: readonly Explanation[];
  /** There are more than are shown. */
  readonly isCut: boolean;
}

/** Why one series of the merged view is what it is. */
export interface Explanation {
  readonly name: string;
  readonly labels: Labels;
  readonly type: string;
  readonly function: string;
  readonly value: number;
  readonly companions: readonly CompanionValue[];
  readonly rule: string;
  /** Labels that were pushed with a value, and are missing or empty here. */
  readonly drops: readonly string[];
  /** The start of its oldest life in a partition. */
  readonly epochWallMs: number;
  readonly isServed: boolean;
  /** `live`: something feeds it. `lingering`: it is served all the same. `departed`: it is not. */
  readonly state: "live" | "lingering" | "departed";
  /** Observed milliseconds since something last fed it; undefined while something does, and where the rules have changed since. */
  readonly idleMs: number | undefined;
  /** Of a counter: what each partition has added up. Their sum, in this order, is the value. */
  readonly accumulated: readonly { readonly partition: number; readonly value: number }[];
  readonly contributors: readonly Contributor[];
  /** Of a counter: what its value is made of. */
  readonly balance: Balance | undefined;
  /** Of a counter: what its family has lost in its job since the relay started, over all of its series. */
  readonly uncounted: readonly Loss[];
}

interface Draft {
  readonly explained: ExplainedSeries;
  readonly merged: MergedOutput;
  readonly accumulated: { partition: number; value: number }[];
  /** What each partition says, in their order. */
  readonly parts: ExplainedSeries[];
  epochWallMs: number;
}

/**
 * Merges what the partitions say, in their order, as a scrape does. Each part must hold its first
 * `MAX_EXPLAINED` + 1 series: what is among the first of all partitions is among the first of its own.
 */
export function mergeExplained(parts: readonly ExplainPart[], context: ServingTime & PushedNames): Explained {
  const outputs = new Map<string, Map<string, MergedOutputDraft>>();
  const drafts = new Map<string, Draft>();
  const sorted = parts.toSorted((a, b) => a.partition - b.partition);
  for (const { partition, series } of sorted) {
    for (const explained of series) {
      const { family } = explained;
      const ofFamily = outputs.get(family) ?? new Map<string, MergedOutputDraft>();
      outputs.set(family, ofFamily);
      const merged = gatherSeries(ofFamily, explained.series);
      if (merged !== undefined) addTo(drafts, partition, explained, merged);
    }
  }
  const uncounted = sorted.flatMap((part) => part.uncounted);
  const ordered = [...drafts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, draft]) => draft);
  return {
    series: ordered.slice(0, MAX_EXPLAINED).map((draft) => explain(draft, uncounted, context)),
    isCut: ordered.length > MAX_EXPLAINED,
  };
}

function addTo(
  drafts: Map<string, Draft>,
  partition: number,
  explained: ExplainedSeries,
  merged: MergedOutput,
): void {
  const { family } = explained;
  const id = outputId({ family, ...explained.series });
  const { epochWallMs, series } = explained;
  let draft = drafts.get(id);
  if (draft === undefined) {
    drafts.set(id, (draft = { explained, merged, accumulated: [], parts: [], epochWallMs }));
  }
  draft.epochWallMs = Math.min(draft.epochWallMs, epochWallMs);
  draft.parts.push(explained);
  if (series.function === "counter") draft.accumulated.push({ partition, value: series.partial.sum });
}

function explain(
  { explained, merged, accumulated, parts, epochWallMs }: Draft,
  uncounted: readonly UncountedRow[],
  context: ServingTime & PushedNames,
): Explanation {
  const { family, series, rule } = explained;
  const labels = readRenderedLabels(series.labels);
  const value = valueOf(series.function, merged.partial);
  const contributors = parts.flatMap((part) => part.contributors);
  const served = isServed(merged, context);
  const isIdle = !merged.isLive && merged.lastLiveMs > Number.NEGATIVE_INFINITY;
  return {
    name: family + series.suffix,
    labels,
    type: series.type,
    function: series.function,
    value,
    companions: served ? servedCompanions(family, merged, context) : [],
    rule,
    drops: droppedLabels(labels, contributors),
    epochWallMs,
    isServed: served,
    state: merged.isLive ? "live" : served ? "lingering" : "departed",
    idleMs: isIdle ? context.observedMs - merged.lastLiveMs : undefined,
    accumulated,
    contributors,
    balance: balanceOf(parts, value),
    uncounted: series.function === "counter" ? lossesOf(family, labels, contributors, uncounted) : [],
  };
}

function droppedLabels(labels: Labels, contributors: readonly Contributor[]): string[] {
  const dropped = new Set<string>();
  for (const contributor of contributors) {
    const pushed = readRenderedLabels(contributor.labels);
    for (let i = 0; i < pushed.length; i += 2) {
      const name = pushed[i] ?? "";
      if (pushed[i + 1] !== "" && (labelValue(labels, name) ?? "") === "") dropped.add(name);
    }
  }
  return [...dropped].toSorted();
}

function lossesOf(
  family: string,
  labels: Labels,
  contributors: readonly Contributor[],
  rows: readonly UncountedRow[],
): Loss[] {
  const jobs = new Set([labelValue(labels, "job"), ...contributors.map(({ job }) => job)]);
  return mergeLosses(rows.filter((row) => row.family === family && jobs.has(row.job)));
}
