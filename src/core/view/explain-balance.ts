import type { Contributor, TombstoneSum } from "./explain-contributors.ts";
import { NO_TOMBSTONES } from "./explain-contributors.ts";
import type { ExplainedSeries, Loss } from "./explain-part.ts";

/**
 * What the value of a counter comes from. All last values that its series have ever had are in it, less what was
 * not counted: `live + departed + tombstones.sum + retired - uncounted` is the value.
 */
export interface Balance {
  /** Last values of live contributors. */
  readonly live: number;
  /** Last values of contributors whose source has departed, and is remembered. */
  readonly departed: number;
  readonly tombstones: TombstoneSum;
  /** What is left: of lives before a restart, and of series and sources that are forgotten. */
  readonly retired: number;
  readonly uncounted: readonly Loss[];
}

/** Undefined for what is no counter, and for the buckets and the sum of a histogram: its count decides for them. */
export function balanceOf(parts: readonly ExplainedSeries[], value: number): Balance | undefined {
  const [first] = parts;
  if (first?.series.function !== "counter") return undefined;
  if (first.series.type === "histogram" && first.series.suffix !== "_count") return undefined;
  const contributors = parts.flatMap((part) => part.contributors);
  const live = sumOf(contributors, (state) => state === "live" || state === "frozen");
  const departed = sumOf(contributors, (state) => state === "lost" || state === "deleted");
  const tombstones = parts.map((part) => part.tombstones).reduce(addTombstones, NO_TOMBSTONES);
  const uncounted = mergeLosses(parts.flatMap((part) => part.uncounted));
  const lost = uncounted.reduce((sum, { amount }) => sum + amount, 0);
  const retired = value + lost - live - departed - tombstones.sum;
  // Sums of floats in two orders: no more than that.
  const isRounding = Math.abs(retired) < (value + lost) * 1e-12;
  return { live, departed, tombstones, retired: isRounding ? 0 : retired, uncounted };
}

/** By reason, in the order in which they are met. */
export function mergeLosses(losses: readonly Loss[]): Loss[] {
  const byReason = new Map<string, number>();
  for (const { reason, amount } of losses) byReason.set(reason, (byReason.get(reason) ?? 0) + amount);
  return [...byReason].map(([reason, amount]) => ({ reason, amount }));
}

function sumOf(
  contributors: readonly Contributor[],
  isWanted: (state: Contributor["state"]) => boolean,
): number {
  return contributors.reduce((sum, { isValue, state, value }) => {
    return isValue && isWanted(state) ? sum + value : sum;
  }, 0);
}

function addTombstones(a: TombstoneSum, b: TombstoneSum): TombstoneSum {
  return { count: a.count + b.count, ofAttempts: a.ofAttempts + b.ofAttempts, sum: a.sum + b.sum };
}
