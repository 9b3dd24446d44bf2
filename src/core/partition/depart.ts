import type { Group, Source } from "./group.ts";
import { stalenessOf } from "./group.ts";
import { shownJob } from "./fleet.ts";
import { forgetFlinkJobs } from "./flink-jobs.ts";
import { createReport } from "./counters/report.ts";
import { silenceLimitMs } from "./rhythm.ts";
import { hide } from "./show.ts";
import type { PartitionState, Surroundings } from "./state.ts";
import { wakeAt } from "./state.ts";
import { tellUndecided } from "./counters/undecided.ts";

/** A source that has departed is remembered for so long, with one value for each of its counters. */
const LOST_KEPT_MS = 24 * 3_600_000;
/** One that comes back so soon after it has expired was given too little time. */
const EARLY_RETURN_MS = 5 * 60_000;

/** A DELETE: nothing of the group is shown any more. What it has added to counters stays. */
export function deleteGroup(
  state: PartitionState,
  surroundings: Surroundings,
  canonicalKey: string,
  observedMs: number,
): void {
  const group = state.groups.get(canonicalKey);
  if (group === undefined) return;
  departAll(state, surroundings, group, observedMs, false);
  group.deletedMs = observedMs;
  group.emptyUntilMs = Number.NEGATIVE_INFINITY;
  group.pushedSeconds = 0;
  group.failedSeconds = 0;
  if (!group.isFleet) state.groups.delete(canonicalKey);
}

export function departAll(
  state: PartitionState,
  surroundings: Surroundings,
  group: Group,
  observedMs: number,
  expired: boolean,
): void {
  for (const source of group.sources.values()) {
    if (source.isLive) depart(state, surroundings, source, observedMs, expired);
  }
}

/** Takes back a source that had departed. Its counters go on from where they were. */
export function revive(source: Source, observedMs: number): void {
  source.isLive = true;
  if (source.expired && observedMs - source.departedMs < EARLY_RETURN_MS) source.rhythm.doubled = true;
  source.expired = false;
}

/** Expires what has been silent for longer than its limit and forgets what is long gone; finds when to look again. */
export function expire(
  state: PartitionState,
  surroundings: Surroundings,
  observedMs: number,
  wallMs: number,
): void {
  if (observedMs < state.nextDueMs) return;
  let nextDueMs = Number.POSITIVE_INFINITY;
  for (const [key, group] of state.groups) {
    for (const source of group.sources.values()) {
      const dueMs = expireSource(state, surroundings, source, observedMs);
      if (dueMs <= observedMs) forget(state, source);
      else nextDueMs = Math.min(nextDueMs, dueMs);
    }
    if (stalenessOf(group, surroundings.settings.staleness) === "never" && !group.isFleet) continue;
    if (group.emptyUntilMs > observedMs) nextDueMs = Math.min(nextDueMs, group.emptyUntilMs);
    else if (group.sources.size === 0) state.groups.delete(key);
  }
  forgetFlinkJobs(state.flinkJobs, wallMs / 1000);
  state.nextDueMs = nextDueMs;
}

/** Of the source nothing is known from then on. */
export function forget(state: PartitionState, source: Source): void {
  tellUndecided(source, createReport(state, shownJob(source.group)));
  source.group.sources.delete(source.processId);
}

/** When something is next due for the source; a time that has come means that it is to be forgotten. */
function expireSource(
  state: PartitionState,
  surroundings: Surroundings,
  source: Source,
  observedMs: number,
): number {
  const { group } = source;
  // Of a kept group nothing is remembered: it has added nothing to a counter.
  const keptMs = group.isFleet ? LOST_KEPT_MS : 0;
  if (!source.isLive) return source.departedMs + keptMs;
  const limitMs = silenceLimitMs(source.rhythm, stalenessOf(group, surroundings.settings.staleness));
  if (source.lastSignMs + limitMs > observedMs) return source.lastSignMs + limitMs;
  depart(state, surroundings, source, observedMs, true);
  state.tally.add("sluice_expired_sources_total", ["job", shownJob(group)], 1);
  return observedMs + keptMs;
}

function depart(
  state: PartitionState,
  surroundings: Surroundings,
  source: Source,
  observedMs: number,
  expired: boolean,
): void {
  hide(state, surroundings, source, observedMs);
  source.isLive = false;
  source.departedMs = observedMs;
  source.expired = expired;
  wakeAt(state, observedMs + LOST_KEPT_MS);
}
