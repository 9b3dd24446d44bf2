import type { SampleExtras } from "../exposition/parsed-body.ts";
import { hashBody, noteBody } from "./counters/body-ring.ts";
import type { PushCommand } from "./commands.ts";
import { countPush } from "./counters/count.ts";
import { departAll, revive } from "./depart.ts";
import { becomeFleet, connect, noteInferred, shownJob } from "./fleet.ts";
import { flinkJobsOf, noteFlinkJobs } from "./flink-jobs.ts";
import type { Group, Snapshot, Source } from "./group.ts";
import { createGroup, createSource, labelSetsInUse, stalenessOf } from "./group.ts";
import type { Layout } from "./layout.ts";
import type { NewBody, Prepared, UnkeptText } from "./prepare.ts";
import type { Verdict } from "./partition.ts";
import { createReport } from "./counters/report.ts";
import { droppedOf } from "../rollup/rules/match-layout.ts";
import { notePush, silenceLimitMs } from "./rhythm.ts";
import { tallyOddities, tallyRules } from "./oddities.ts";
import { show } from "./show.ts";
import { noteWeights } from "./summary-feeds.ts";
import type { PartitionState, Surroundings } from "./state.ts";
import { wakeAt } from "./state.ts";

/** For so long after a DELETE a push without samples, or one seen before, is Flink's shutdown race and no source. */
const SHUTDOWN_RACE_MS = 5 * 60_000;
/** For so long a fleet group without samples is still shown. */
const EMPTY_SHOWN_MS = 5 * 60_000;

/** Applies a body whose layout is known: the way of nearly every push. */
export function applyKnown(
  state: PartitionState,
  surroundings: Surroundings,
  push: PushCommand,
  { source, snapshot, values, text, extras }: Extract<Prepared, { kind: "known" }>,
): void {
  const isRepeat = noteBody(source.ring, hashBody(layoutHash(snapshot.layout, extras), values));
  snapshot.values.set(values);
  snapshot.extras = extras;
  keepText(surroundings, push, snapshot.layout, text);
  if (isShownAlone(source, snapshot)) {
    if (!isRepeat) count(state, surroundings, push, source, snapshot);
    stamp(state, push, snapshot);
  } else {
    const again: Snapshot = { ...snapshot, sequence: 0 };
    if (!isRepeat) count(state, surroundings, push, source, again);
    show(state, surroundings, source, stamp(state, push, again), push.method);
  }
  noteLife(state, surroundings, push, source, isRepeat);
}

/** Applies a body with a new layout, less the families that the coordinator refused. */
export function applyNew(
  state: PartitionState,
  surroundings: Surroundings,
  push: PushCommand,
  body: NewBody,
  { conflicts, boundarySets }: Verdict,
): void {
  const leftOut = new Set(conflicts.map(({ family }) => family));
  const group = findGroup(state, surroundings, push, body.isFleet);
  if (body.isFleet && !group.isFleet) becomeFleet(state, surroundings, push, group);
  else group.isFleet = body.isFleet;
  const source = findSource(group, body, push);
  const isRepeat = noteBody(source.ring, hashBody(layoutHash(body.layout, body.extras), body.values));
  if (isRepeat && isShuttingDown(group, push)) return;

  noteInferred(state, group, body.layout);
  keepText(surroundings, push, body.layout, body.text);
  const snapshot: Snapshot = {
    layout: body.layout,
    values: body.values,
    extras: body.extras,
    feeds: group.isFleet
      ? connect(state, surroundings, push, group, { ...body, leftOut, boundarySets })
      : undefined,
    leftOut,
    dropped: droppedOf(body.rules),
    flinkJobs: group.isFleet ? flinkJobsOf(body.layout, shownJob(group), state.flinkJobs) : [],
    sequence: 0,
    observedMs: push.observedMs,
    pushedSeconds: 0,
  };
  if (!source.isLive) revive(source, push.observedMs);
  group.deletedMs = Number.NEGATIVE_INFINITY;
  if (!isRepeat) count(state, surroundings, push, source, snapshot);
  show(state, surroundings, source, stamp(state, push, snapshot), push.method);
  source.labelSets.keep(labelSetsInUse(source));
  tallyOddities(state, group, snapshot);
  tallyRules(state, group, snapshot, body.rules);
  noteLife(state, surroundings, push, source, isRepeat);
}

/** A PUT without samples empties its group; a POST without any only says that it was there. */
export function applyEmpty(state: PartitionState, surroundings: Surroundings, push: PushCommand): void {
  const known = state.groups.get(push.key.canonical);
  if (known !== undefined && isShuttingDown(known, push)) return;
  const group = findGroup(state, surroundings, push, false);
  if (push.method === "PUT") departAll(state, surroundings, group, push.observedMs, false);
  group.pushedSeconds = push.wallMs / 1000;
  group.emptyUntilMs = push.observedMs + EMPTY_SHOWN_MS;
  wakeAt(state, group.emptyUntilMs);
}

/** A push that was refused for what it says leaves its mark on the group, as on a Pushgateway. */
export function applyFailure(
  state: PartitionState,
  surroundings: Surroundings,
  push: PushCommand,
  isFleet: boolean,
): void {
  const group = findGroup(state, surroundings, push, isFleet);
  group.failedSeconds = push.wallMs / 1000;
  group.emptyUntilMs = push.observedMs + EMPTY_SHOWN_MS;
  wakeAt(state, group.emptyUntilMs);
  // The body has been read, and its label sets found or made.
  for (const source of group.sources.values()) source.labelSets.keep(labelSetsInUse(source));
}

function keepText(
  { texts }: Surroundings,
  { body }: PushCommand,
  layout: Layout,
  text: UnkeptText | undefined,
): void {
  if (text === undefined || layout.text !== undefined) return;
  // A push that has waited for the coordinator may have been scanned for nothing.
  layout.text = "starts" in text ? texts.keep(body, text) : (text.keep() ?? texts.scan?.(body)?.keep());
}

/** What a body says beside its values: one that begins anew with the values of an earlier one is no replay. */
function layoutHash({ hash }: Layout, extras: SampleExtras | undefined): number {
  return extras?.startsMs === undefined ? hash : hashBody(hash, extras.startsMs);
}

function findGroup(
  state: PartitionState,
  { matchJob }: Surroundings,
  push: PushCommand,
  isFleet: boolean,
): Group {
  let group = state.groups.get(push.key.canonical);
  if (group === undefined) {
    group = createGroup(push.key, isFleet, matchJob(push.key.labels));
    state.groups.set(push.key.canonical, group);
  }
  return group;
}

function findSource(group: Group, body: NewBody, push: PushCommand): Source {
  const id = body.process?.id ?? "";
  let source = group.sources.get(id);
  if (source === undefined) {
    source = createSource(group, body.process, body.labelSets, push);
    group.sources.set(id, source);
  }
  return source;
}

function isShuttingDown(group: Group, push: PushCommand): boolean {
  return group.isFleet && group.deletedMs + SHUTDOWN_RACE_MS > push.observedMs;
}

function isShownAlone(source: Source, snapshot: Snapshot): boolean {
  const [ofSource] = source.shown;
  const [ofGroup] = source.group.shown;
  return (
    source.shown.length === 1 &&
    source.group.shown.length === 1 &&
    ofSource?.snapshot === snapshot &&
    ofGroup?.snapshot === snapshot &&
    ofSource.replaced.size === 0 &&
    ofGroup.replaced.size === 0
  );
}

function stamp(state: PartitionState, push: PushCommand, snapshot: Snapshot): Snapshot {
  state.sequence += 1;
  snapshot.sequence = state.sequence;
  snapshot.observedMs = push.observedMs;
  snapshot.pushedSeconds = push.wallMs / 1000;
  noteFlinkJobs(state.flinkJobs, snapshot.flinkJobs, snapshot.pushedSeconds);
  return snapshot;
}

function noteLife(
  state: PartitionState,
  { settings }: Surroundings,
  push: PushCommand,
  source: Source,
  isRepeat: boolean,
): void {
  const { group } = source;
  group.pushedSeconds = push.wallMs / 1000;
  // From now on its sources say how long it lives: Flink's first push is often one without samples.
  group.emptyUntilMs = Number.NEGATIVE_INFINITY;
  notePush(source.rhythm, push.observedMs, isRepeat);
  source.lastSignMs = push.observedMs;
  wakeAt(state, push.observedMs + silenceLimitMs(source.rhythm, stalenessOf(group, settings.staleness)));
  // What a batch job pushes again is no replay: it has nothing new to say.
  if (isRepeat && group.isFleet) state.tally.add("sluice_replayed_pushes_total", ["job", shownJob(group)], 1);
}

function count(
  state: PartitionState,
  { settings }: Surroundings,
  push: PushCommand,
  source: Source,
  { layout, values, extras, feeds }: Snapshot,
): void {
  if (feeds === undefined) return;
  const { method, observedMs, wallMs } = push;
  noteWeights(source, { layout, values }, feeds.counters, feeds.summaries);
  const report = createReport(state, shownJob(source.group));
  const counted = { layout, values, extras, method, observedMs, wallMs };
  countPush(source, counted, feeds, settings.maxTombstones, report);
}
