import { followerValues } from "../partition/counters/readings.ts";
import type { FeedList } from "../partition/feeds.ts";
import { shownJob } from "../partition/fleet.ts";
import type { Source } from "../partition/group.ts";
import type { Layout } from "../partition/layout.ts";
import type { PartitionState } from "../partition/state.ts";
import type { Output } from "../rollup/output.ts";

/** `frozen`: alive, and two writers that nothing tells apart. `lost` fell silent, `deleted` said that it goes. */
type ContributorState = "live" | "frozen" | "lost" | "deleted";

/** One pushed series that feeds an output. */
export interface Contributor {
  /** The grouping key. */
  readonly source: string;
  /** Empty where the key alone is the source. */
  readonly processId: string;
  /** The job of the group as the merged view shows it. */
  readonly job: string;
  /** As they were pushed, those of the grouping key among them. */
  readonly labels: string;
  /** Of an interval: how many observations its quantiles stand for. */
  readonly value: number;
  /** NaN and what the rule skips is no value. */
  readonly isValue: boolean;
  readonly state: ContributorState;
  /** Observed milliseconds since its last push. */
  readonly ageMs: number;
}

/** Series of live or remembered sources that are not pushed any more, and would go on from their last values. */
export interface TombstoneSum {
  readonly count: number;
  /** Those of attempts of Flink's, which are forgotten ten minutes after they have gone. */
  readonly ofAttempts: number;
  /** Of their last values. */
  readonly sum: number;
}

export const NO_TOMBSTONES: TombstoneSum = { count: 0, ofAttempts: 0, sum: 0 };

/** What feeds each of the outputs, and what would. */
export interface Feeding {
  readonly contributors: Contributor[];
  tombstones: TombstoneSum;
}

/** Fills in what the partition knows of the outputs. */
export function collectFeeding(
  state: PartitionState,
  observedMs: number,
  into: ReadonlyMap<Output, Feeding>,
): void {
  for (const group of state.groups.values()) {
    for (const source of group.sources.values()) {
      const newestMs = Math.max(...source.shown.map(({ snapshot }) => snapshot.observedMs));
      const ageMs = observedMs - (source.shown.length > 0 ? newestMs : source.lastSignMs);
      for (const counted of source.counted) {
        const { layout, feeds, last, replaced } = counted;
        const followers = followerValues(counted);
        addAll(source, layout, feeds.counters, replaced, ageMs, (k) => last[k], into);
        addAll(source, layout, feeds.followers, replaced, ageMs, (f) => followers[f], into);
      }
      addTombstones(source, into);
      for (const { snapshot, replaced } of source.shown) {
        if (snapshot.feeds === undefined) continue;
        const { layout, values } = snapshot;
        const { gauges, intervals, summaries } = snapshot.feeds;
        const valueOf = (k: number): number | undefined => values[gauges.samples[k] ?? 0];
        const pushedAgeMs = observedMs - snapshot.observedMs;
        addAll(source, layout, gauges, replaced, pushedAgeMs, valueOf, into);
        addAll(source, layout, intervals, replaced, pushedAgeMs, (s) => summaries[s]?.weight, into);
      }
    }
  }
}

function addAll(
  source: Source,
  layout: Layout,
  { samples, outputs, skips }: FeedList,
  replaced: ReadonlySet<string>,
  ageMs: number,
  valueOf: (k: number) => number | undefined,
  into: ReadonlyMap<Output, Feeding>,
): void {
  const { group, processId } = source;
  for (const [k, output] of outputs.entries()) {
    const feeding = into.get(output);
    if (feeding === undefined || replaced.has(output.family)) continue;
    const value = valueOf(k) ?? Number.NaN;
    feeding.contributors.push({
      source: group.key.canonical,
      processId,
      job: shownJob(group),
      labels: layout.sets[samples[k] ?? 0]?.text ?? "",
      value,
      isValue: !Number.isNaN(value) && skips[k]?.includes(value) !== true,
      state: stateOf(source),
      ageMs,
    });
  }
}

function addTombstones({ tombstones }: Source, into: ReadonlyMap<Output, Feeding>): void {
  for (const { remembered, attemptId } of tombstones.stones()) {
    const feeding = remembered.output && into.get(remembered.output);
    if (feeding === undefined) continue;
    const { count, ofAttempts, sum } = feeding.tombstones;
    feeding.tombstones = {
      count: count + 1,
      ofAttempts: ofAttempts + (attemptId === undefined ? 0 : 1),
      sum: sum + remembered.value,
    };
  }
}

function stateOf({ isLive, frozen, expired }: Source): ContributorState {
  if (isLive) return frozen === undefined ? "live" : "frozen";
  return expired ? "lost" : "deleted";
}
