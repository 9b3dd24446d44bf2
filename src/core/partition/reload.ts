import { droppedOf, matchLayout } from "../rollup/rules/match-layout.ts";
import type { RulesCommand } from "./commands.ts";
import type { Feeds } from "./feeds.ts";
import { familyOf, readCount } from "./counted-body.ts";
import { connect, isOfFleet, shownJob } from "./fleet.ts";
import { flinkJobsOf } from "./flink-jobs.ts";
import type { Counted, Group, Showing, Source } from "./group.ts";
import { labelSetsInUse } from "./group.ts";
import type { Layout } from "./layout.ts";
import { tallyConflicts, tallyRules } from "./oddities.ts";
import type { Report } from "./report.ts";
import { createReport } from "./report.ts";
import type { Ruling } from "./ruling.ts";
import { differsIn } from "./ruling.ts";
import { joinOutputs, leaveOutputs } from "./show.ts";
import type { PartitionState, Surroundings } from "./state.ts";
import { wakeAt } from "./state.ts";
import { tellUndecided, tellUndecidedOf } from "./undecided.ts";

/**
 * The rules have changed, and `surroundings` are the new ones. All that is shown is connected anew.
 *
 * An output that comes out as it was keeps its accumulator, and a series that stays a counter its last
 * value, so what no changed rule concerns goes on as if nothing had happened.
 */
export function reload(
  state: PartitionState,
  surroundings: Surroundings,
  before: Ruling,
  { observedMs, wallMs }: RulesCommand,
): void {
  // All leave before any joins: what a series has been must not stand in the way of what it is to be.
  for (const showing of showings(state)) leaveOutputs(state, showing, undefined, observedMs);
  for (const [key, group] of state.groups) {
    group.entry = surroundings.matchJob(group.key.labels);
    const stays = judgeFleet(surroundings, before, group);
    if (!stays) state.groups.delete(key);
    for (const source of group.sources.values()) {
      // The texts are remembered by what the old rules dropped.
      for (const set of labelSetsInUse(source)) set.merged.clear();
      reconnect(state, surroundings, source, wallMs);
    }
  }
  state.outputs.retire((family) => differsIn(family, before, surroundings));
  wakeAt(state, observedMs);
}

function* showings(state: PartitionState): Iterable<Showing> {
  for (const group of state.groups.values()) {
    for (const source of group.sources.values()) yield* source.shown;
  }
}

/**
 * A group is a fleet's from now on, or no longer, where the rules make the difference. False where it is
 * none any more and shows nothing: it was remembered for its counters only.
 */
function judgeFleet(surroundings: Surroundings, before: Ruling, group: Group): boolean {
  const layouts = new Set<Layout>();
  for (const { shown, counted } of group.sources.values()) {
    for (const { snapshot } of shown) layouts.add(snapshot.layout);
    for (const { layout } of counted) layouts.add(layout);
  }
  const isMerged = (ruling: Ruling): boolean =>
    [...layouts].some((layout) => isOfFleet(ruling, layout, matchLayout(ruling.matchRules, layout)));
  const wasFleet = group.isFleet;
  if (isMerged(surroundings)) group.isFleet = true;
  else if (isMerged(before)) group.isFleet = false;
  return group.isFleet || !wasFleet || group.shown.length > 0;
}

function reconnect(state: PartitionState, surroundings: Surroundings, source: Source, wallMs: number): void {
  const { group } = source;
  const report = createReport(state, shownJob(group));
  if (!group.isFleet) {
    tellUndecided(source, report);
    source.counted = [];
  }
  const counted = new Map(source.counted.map((each) => [each.layout, each]));
  for (const showing of source.shown) {
    const { snapshot, replaced } = showing;
    const { layout } = snapshot;
    const rules = matchLayout(surroundings.matchRules, layout);
    snapshot.dropped = droppedOf(rules);
    tallyRules(state, group, snapshot, rules);
    snapshot.flinkJobs = group.isFleet ? flinkJobsOf(layout, state.flinkJobs) : [];
    if (!group.isFleet) {
      snapshot.feeds = undefined;
      continue;
    }
    const leftOut = new Set([...snapshot.leftOut, ...replaced]);
    snapshot.feeds = connect(state, surroundings, wallMs, group, { layout, rules, leftOut });
    joinOutputs(state, snapshot);
    tallyConflicts(state, group, layout, snapshot.feeds);
    const earlier = counted.get(layout);
    // A body out of the ring is shown and was not counted.
    if (earlier === undefined && source.counted.length > 0) continue;
    counted.set(layout, carryOn(showing, snapshot.feeds, earlier, report));
  }
  source.counted = [...counted.values()];
}

/**
 * Counters go on from their last value, with what is undecided about it. What was none begins at the value
 * that is shown now.
 */
function carryOn(
  { snapshot, replaced }: Showing,
  feeds: Feeds,
  earlier: Counted | undefined,
  report: Report,
): Counted {
  const { layout, values } = snapshot;
  const { samples } = feeds.counters;
  const counted: Counted = {
    layout,
    feeds,
    last: new Float64Array(samples.length),
    replaced: earlier?.replaced ?? new Set(replaced),
    doubts: new Map(),
    births: new Map(),
    cohorts: undefined,
  };
  const places = new Map(earlier?.feeds.counters.samples.map((i, k) => [i, k]));
  for (const [k, i] of samples.entries()) {
    const before = places.get(i);
    if (earlier === undefined || before === undefined) {
      const value = readCount({ counted, values }, k);
      counted.last[k] = value;
      if (!Number.isNaN(value)) report.uncounted("baseline", familyOf(counted, k), value);
      continue;
    }
    counted.last[k] = earlier.last[before] ?? Number.NaN;
    const doubt = earlier.doubts.get(before);
    if (doubt !== undefined) counted.doubts.set(k, doubt);
    earlier.doubts.delete(before);
    const birth = earlier.births.get(before);
    if (birth !== undefined) counted.births.set(k, birth);
    earlier.births.delete(before);
  }
  // Of what is no counter any more.
  if (earlier !== undefined) tellUndecidedOf(earlier, report);
  return counted;
}
