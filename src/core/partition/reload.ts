import { droppedOf } from "../rollup/rules/match-layout.ts";
import { renderSelector } from "../selector/selector.ts";
import type { RulesCommand } from "./commands.ts";
import { connect, isOfFleet, rulesOf, shownJob } from "./fleet.ts";
import { flinkJobsOf, noteFlinkJobs } from "./flink-jobs.ts";
import type { Group, Showing, Source } from "./group.ts";
import type { Layout } from "./layout.ts";
import { tallyConflicts, tallyRules } from "./oddities.ts";
import type { Ruling } from "./ruling.ts";
import { differsIn } from "./ruling.ts";
import { joinOutputs, leaveOutputs } from "./show.ts";
import type { PartitionState, Surroundings } from "./state.ts";
import { wakeAt } from "./state.ts";

/**
 * The rules have changed, and `surroundings` are the new ones. All that is shown is connected anew.
 *
 * An output that comes out as it was keeps its accumulator, and every series its last value, so what no
 * changed rule concerns goes on as if nothing had happened.
 */
export function reload(
  state: PartitionState,
  surroundings: Surroundings,
  before: Ruling,
  command: RulesCommand,
): void {
  const { observedMs } = command;
  // All leave before any joins: what a series has been must not stand in the way of what it is to be.
  for (const showing of showings(state)) leaveOutputs(state, showing, undefined, observedMs);
  for (const [key, group] of state.groups) {
    group.entry = surroundings.matchJob(group.key.labels);
    const stays = judgeFleet(surroundings, before, group);
    if (!stays) state.groups.delete(key);
    for (const source of group.sources.values()) {
      // The texts are remembered by what the old rules dropped.
      source.labelSets.forgetMade();
      reconnect(state, surroundings, source, command);
    }
  }
  const ruleOf = (origin: number): string | undefined => {
    const rule = before.settings.rules[origin];
    return rule && renderSelector(rule.match);
  };
  state.outputs.retire((family) => differsIn(family, before, surroundings), ruleOf);
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
    [...layouts].some((layout) => isOfFleet(ruling, group.key, layout, rulesOf(ruling, group.key, layout)));
  const wasFleet = group.isFleet;
  if (isMerged(surroundings)) group.isFleet = true;
  else if (isMerged(before)) group.isFleet = false;
  return group.isFleet || !wasFleet || group.shown.length > 0;
}

/** The counters of the source still feed what they fed: its next body finds other feeds, and succeeds to them. */
function reconnect(
  state: PartitionState,
  surroundings: Surroundings,
  source: Source,
  at: RulesCommand,
): void {
  const { group } = source;
  for (const { snapshot, replaced } of source.shown) {
    const { layout, extras } = snapshot;
    const rules = rulesOf(surroundings, group.key, layout);
    snapshot.dropped = droppedOf(rules);
    tallyRules(state, group, snapshot, rules);
    snapshot.flinkJobs = group.isFleet ? flinkJobsOf(layout, shownJob(group), state.flinkJobs) : [];
    const unknown = snapshot.flinkJobs.filter(({ lastSeenSeconds }) => lastSeenSeconds === 0);
    noteFlinkJobs(state.flinkJobs, unknown, snapshot.pushedSeconds);
    if (!group.isFleet) {
      snapshot.feeds = undefined;
      continue;
    }
    const leftOut = new Set([...snapshot.leftOut, ...replaced]);
    snapshot.feeds = connect(state, surroundings, at, group, { layout, rules, extras, leftOut });
    joinOutputs(state, snapshot);
    tallyConflicts(state, group, layout, snapshot.feeds);
  }
}
