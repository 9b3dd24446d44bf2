import { emptyPartial, mergePartials, valueOf } from "../rollup/partial.ts";
import type { Partial } from "../rollup/partial.ts";
import type { Companion } from "../rollup/rule.ts";
import { certifiedValues } from "./certified-values.ts";
import type { RollupName, RollupSeries } from "./part.ts";

/** An output over all partitions. */
export interface MergedOutput {
  /** As the first partition that feeds it has it. */
  readonly series: Omit<RollupName, "family">;
  readonly partial: Partial;
  readonly isLive: boolean;
  readonly lastLiveMs: number;
  /** Unix milliseconds since when a counter counts, or NaN: the oldest of the partitions'. */
  readonly startMs: number;
}

/** One that is being merged. */
export type MergedOutputDraft = { -readonly [K in keyof MergedOutput]: MergedOutput[K] };

/** When a view is made, and how long it shows a counter after its last live contributor. */
export interface ServingTime {
  readonly observedMs: number;
  readonly lingerMs: number;
}

/** Merges what one partition knows of a series into the outputs of its family. Must be called in the order of the partitions. */
export function gatherSeries(
  outputs: Map<string, MergedOutputDraft>,
  series: RollupSeries,
): MergedOutput | undefined {
  const key = series.suffix + series.labels;
  const merged = outputs.get(key);
  if (merged === undefined) {
    const { partial, isLive, lastLiveMs, startMs } = series;
    const first = { series, partial: mergePartials(emptyPartial, partial), isLive, lastLiveMs, startMs };
    outputs.set(key, first);
    return first;
  }
  // Two rules have led to one series, in two partitions: as within one, the first stands.
  if (merged.series.function !== series.function) return undefined;
  merged.partial = mergePartials(merged.partial, series.partial);
  merged.isLive ||= series.isLive;
  merged.lastLiveMs = Math.max(merged.lastLiveMs, series.lastLiveMs);
  merged.startMs = Math.min(merged.startMs, series.startMs);
  return merged;
}

/**
 * A counter outlives its contributors, or a sum would fall when a task ends. What keeps a label of one
 * process leaves with it, or `count()` over the processes would never fall.
 */
export function isServed(
  { series, isLive, lastLiveMs }: MergedOutput,
  { observedMs, lingerMs }: ServingTime,
): boolean {
  return isLive || (!series.perProcess && observedMs - lastLiveMs < lingerMs);
}

export interface PushedNames {
  /** Whether somebody pushes a family of that name: a companion must not take it. */
  isPushed(name: string): boolean;
}

export interface CompanionValue {
  readonly companion: Companion;
  readonly name: string;
  /** With braces. */
  readonly labels: string;
  readonly value: number;
}

/** The companions that stand beside an output now. */
export function servedCompanions(
  family: string,
  { series, partial }: MergedOutput,
  pushed: PushedNames,
): CompanionValue[] {
  const values =
    series.function === "interval"
      ? certifiedValues(family, series, partial)
      : companionValues(family, series, partial);
  // A pushed family of that name stands.
  return values.filter(({ name }) => !pushed.isPushed(name));
}

function companionValues(
  family: string,
  { companions, labels }: Pick<RollupName, "companions" | "labels">,
  partial: Partial,
): CompanionValue[] {
  // Without a live value there is nothing to say beside the family, but how many have none.
  const told = companions.filter((companion) => partial.count > 0 || companion === "unset");
  return told.map((companion) => ({
    companion,
    name: `${family}_${companion}`,
    labels,
    value: companionValue(companion, partial),
  }));
}

function companionValue(companion: Companion, partial: Partial): number {
  switch (companion) {
    case "contributors":
      return partial.count;
    case "unset":
      return partial.unset;
    case "max":
    case "min":
    case "avg":
    case "sum":
      return valueOf(companion, partial);
    case "quantile_lower":
    case "quantile_upper":
      throw new Error("BUG: only an interval has bounds");
  }
}
