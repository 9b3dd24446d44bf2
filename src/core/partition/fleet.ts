import type { SampleExtras } from "../exposition/parsed-body.ts";
import { isForwarded } from "../forwarding/relay-label.ts";
import type { GroupingKey } from "../grouping-key.ts";
import { inferCounters, INFERRED_COUNTER } from "../rollup/flink/inferred-counters.ts";
import { mergedJob } from "../rollup/flink/level.ts";
import { isFlinkFamily, matchFlinkFamily } from "../rollup/flink/match-flink-family.ts";
import type { BoundarySet } from "../rollup/histogram/boundaries.ts";
import { outputId } from "../rollup/output.ts";
import type { Rule } from "../rollup/rule.ts";
import type { SampleRules } from "../rollup/rules/match-layout.ts";
import { matchLayout, mergesSome } from "../rollup/rules/match-layout.ts";
import type { InferCommand, PushCommand } from "./commands.ts";
import type { FeedContext, Feeds } from "./feeds.ts";
import { connectFeeds, openBoundarySets } from "./feeds.ts";
import type { Group } from "./group.ts";
import type { Layout, LayoutFamily } from "./layout.ts";
import { forgetText } from "./layout.ts";
import { isMarked } from "./marks.ts";
import type { BoundaryQuestion } from "./partition.ts";
import type { NewBody } from "./prepare.ts";
import { joinOutputs } from "./show.ts";
import type { Ruling } from "./ruling.ts";
import type { PartitionState, Surroundings } from "./state.ts";
import { wakeAt } from "./state.ts";

/** The job that the merged view shows for the group. */
export function shownJob({ key, isFleet }: Pick<Group, "key" | "isFleet">): string {
  return isFleet && !isForwarded(key.labels) ? mergedJob(key.job) : key.job;
}

/** What the rules of the file say of a body of the group: nothing, where another relay has merged it by its own. */
export function rulesOf(
  { matchRules }: Pick<Ruling, "matchRules">,
  { labels }: GroupingKey,
  layout: Layout,
): SampleRules {
  return isForwarded(labels) ? undefined : matchLayout(matchRules, layout);
}

/** From its first family that is merged on a group is a fleet's, with what it has shown so far. */
export function becomeFleet(
  state: PartitionState,
  surroundings: Surroundings,
  push: PushCommand,
  group: Group,
): void {
  group.isFleet = true;
  // What it has shown so far may have been silent for long.
  wakeAt(state, push.observedMs);
  for (const source of group.sources.values()) {
    for (const { snapshot } of source.shown) {
      const rules = rulesOf(surroundings, group.key, snapshot.layout);
      snapshot.feeds = connect(state, surroundings, push, group, { ...snapshot, rules });
      joinOutputs(state, snapshot);
    }
  }
}

export interface Connectable {
  readonly layout: Layout;
  readonly rules: SampleRules;
  readonly extras: SampleExtras | undefined;
  readonly leftOut: ReadonlySet<string>;
  /** What the coordinator has decided with the push, if it was asked. */
  readonly boundarySets?: readonly BoundarySet[];
}

type At = Pick<PushCommand, "observedMs" | "wallMs">;

/** The outputs that a layout feeds. One with something undecided is read anew when it is pushed again, and then asked about. */
export function connect(
  state: PartitionState,
  surroundings: Surroundings,
  at: At,
  group: Group,
  body: Connectable,
): Feeds {
  const feeds = connectFeeds(body.layout, contextOf(state, surroundings, at, group, body));
  if (feeds.unsettled.length > 0) forgetText(body.layout);
  return feeds;
}

/** The histograms of a body whose boundaries the coordinator has to decide. */
export function openHistograms(
  state: PartitionState,
  surroundings: Surroundings,
  push: PushCommand,
  { layout, rules, extras, isFleet }: Pick<NewBody, "layout" | "rules" | "extras" | "isFleet">,
): BoundaryQuestion[] {
  const body = { layout, rules, extras, leftOut: new Set<string>() };
  const group = { key: push.key, isFleet };
  return openBoundarySets(layout, contextOf(state, surroundings, push, group, body));
}

/** Of an output that has been idle for so long the coordinator is asked again; after a day it may have forgotten it. */
const BOUNDARIES_KNOWN_MS = 12 * 3_600_000;

function contextOf(
  state: PartitionState,
  { settings }: Surroundings,
  { observedMs, wallMs }: At,
  group: Pick<Group, "key" | "isFleet">,
  { rules, extras, leftOut, boundarySets = [] }: Connectable,
): FeedContext {
  const job = shownJob(group);
  const match = ({ name, type }: LayoutFamily): Rule | undefined => {
    if (!settings.flink) return undefined;
    return (
      matchFlinkFamily(name, type) ?? (state.inferred.has(`${job} ${name}`) ? INFERRED_COUNTER : undefined)
    );
  };
  return {
    outputs: state.outputs,
    settings,
    job,
    wallMs,
    rules,
    match,
    isNoCounter: (family) => isMarked(state, job, family),
    leftOut,
    forwarded: isForwarded(group.key.labels) ? { startsMs: extras?.startsMs } : undefined,
    boundariesOf(count) {
      const known = state.outputs.boundariesOf(count, observedMs - BOUNDARIES_KNOWN_MS);
      const id = outputId(count);
      return known ?? boundarySets.find(({ output }) => output === id)?.boundaries;
    },
  };
}

/** Whether a body with such families makes its group a fleet's. What a relay forwards expires as its fleets do. */
export function isOfFleet(
  { settings }: Ruling,
  { labels }: GroupingKey,
  { families }: Pick<Layout, "families">,
  rules: SampleRules,
): boolean {
  if (isForwarded(labels)) return true;
  const isFlinks = settings.flink && families.some(({ name, type }) => isFlinkFamily(name, type));
  return isFlinks || mergesSome(rules);
}

/** The families of a body without a rule of Flink's that a rate beside them shows to be counters. */
export function inferredFamilies({ labels }: GroupingKey, layout: Layout): readonly string[] {
  if (isForwarded(labels)) return [];
  const unmatched = layout.families.filter(
    ({ name, type }) => isScalar(type) && matchFlinkFamily(name, type) === undefined,
  );
  return inferCounters(unmatched.map(({ name }) => name));
}

export function noteInferred(state: PartitionState, group: Group, layout: Layout): void {
  if (!group.isFleet) return;
  for (const name of inferredFamilies(group.key, layout)) state.inferred.add(`${shownJob(group)} ${name}`);
}

/**
 * From now on these families of the job are counters, wherever they are pushed. Who pushes them already is
 * recognised no more: its next body is parsed, and so connected anew.
 */
export function applyInferred(state: PartitionState, { job, families }: InferCommand): void {
  const inferred = new Set(families);
  for (const family of inferred) state.inferred.add(`${job} ${family}`);
  for (const group of state.groups.values()) {
    if (!group.isFleet || shownJob(group) !== job) continue;
    for (const { snapshot } of [...group.sources.values()].flatMap(({ shown }) => shown)) {
      const { layout } = snapshot;
      if (layout.families.some(({ name }) => inferred.has(name))) forgetText(layout);
    }
  }
}

function isScalar(type: LayoutFamily["type"]): boolean {
  return type === "gauge" || type === "counter" || type === "untyped";
}
