import type { Partition } from "../partition/partition.ts";
import type { EvictCommand } from "../partition/commands.ts";

/** Of the sources that there may be, where some have to go: looking for them one by one would take long. */
const EVICTED_AT_ONCE = 0.01;

/** What lets those sources go that departed first, and the partitions that have some; undefined where all are there. */
export function evictionOf(
  partitions: Iterable<Partition>,
  maxSources: number,
  at: Pick<EvictCommand, "observedMs" | "wallMs">,
): { readonly command: EvictCommand; concerns(partition: Partition): boolean } | undefined {
  const departures = [...partitions].flatMap((partition) => partition.departures());
  if (departures.length === 0) return undefined;
  const sorted = departures.toSorted((a, b) => a - b);
  const departedUntilMs = sorted[Math.floor(maxSources * EVICTED_AT_ONCE)] ?? sorted.at(-1) ?? 0;
  return {
    command: { kind: "evict", departedUntilMs, observedMs: at.observedMs, wallMs: at.wallMs },
    concerns: (partition) => partition.departures().some((departedMs) => departedMs <= departedUntilMs),
  };
}
