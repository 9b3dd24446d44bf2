import type { EvictCommand } from "./commands.ts";
import { forget } from "./depart.ts";
import { shownJob } from "./fleet.ts";
import type { Source } from "./group.ts";
import type { PartitionState } from "./state.ts";

/** When each source departed that is only remembered for what it has counted. */
export function departures(state: PartitionState): number[] {
  return [...lost(state)].map(({ departedMs }) => departedMs);
}

/**
 * Forgets such sources for others, as a day would have done. What they have counted stays; one that comes back is
 * a new one.
 */
export function evict(state: PartitionState, { departedUntilMs, observedMs }: EvictCommand): void {
  for (const source of lost(state)) {
    if (source.departedMs > departedUntilMs) continue;
    const { group } = source;
    forget(state, source);
    state.tally.add("sluice_evicted_sources_total", ["job", shownJob(group)], 1);
    if (group.sources.size === 0 && group.emptyUntilMs <= observedMs) {
      state.groups.delete(group.key.canonical);
    }
  }
}

/** A source, or its group, may be taken away while it is the last that was given. */
function* lost({ groups }: PartitionState): Iterable<Source> {
  for (const group of groups.values()) {
    for (const source of group.sources.values()) if (!source.isLive) yield source;
  }
}
