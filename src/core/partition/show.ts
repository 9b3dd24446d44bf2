import { isForwarded } from "../forwarding/relay-label.ts";
import type { GroupingKey } from "../grouping-key.ts";
import type { FeedList } from "./feeds.ts";
import type { Showing, Snapshot, Source } from "./group.ts";
import type { Layout, LayoutFamily } from "./layout.ts";
import { forgetText } from "./layout.ts";
import type { PartitionState, Surroundings } from "./state.ts";

/** Families by name; undefined means all of a body. */
type Families = ReadonlySet<string> | undefined;

/**
 * Puts a body into the views, in the place of what it replaces: a PUT all of its group and source,
 * a POST the families that it names.
 */
export function show(
  state: PartitionState,
  surroundings: Surroundings,
  source: Source,
  snapshot: Snapshot,
  method: "PUT" | "POST",
): void {
  const families = method === "PUT" ? undefined : new Set(snapshot.layout.families.map(({ name }) => name));
  const before = source.shown;
  // New before old: an output that both feed must not go in between.
  joinOutputs(state, snapshot);
  const { key } = source.group;
  surroundings.families.acquire(usedFamilies(key, { snapshot, replaced: new Set() }, undefined));
  for (const showing of before) withdraw(state, surroundings, key, showing, families, snapshot.observedMs);
  source.shown = [...replace(before, families), { snapshot, replaced: new Set() }];
  forgetTexts(source, before);
  source.group.shown = [...replace(source.group.shown, families), { snapshot, replaced: new Set() }];
}

/** The families that would leave the views with a push of these: those that it does not have again as they were. */
export function replacedFamilies(
  source: Source,
  pushed: readonly LayoutFamily[],
  method: "PUT" | "POST",
): string[] {
  const again = new Map(pushed.map((family) => [family.name, family]));
  const families = method === "PUT" ? undefined : new Set(again.keys());
  const replaced: string[] = [];
  for (const showing of source.shown) {
    const { layout } = showing.snapshot;
    const gone = new Set(usedFamilies(source.group.key, showing, families));
    for (const { name, type, help } of layout.families) {
      const { type: nextType, help: nextHelp } = again.get(name) ?? {};
      if (gone.has(name) && (nextType !== type || nextHelp !== help)) replaced.push(name);
    }
  }
  return replaced;
}

/** Takes all that a source shows out of the views. */
export function hide(
  state: PartitionState,
  surroundings: Surroundings,
  source: Source,
  observedMs: number,
): void {
  const { key } = source.group;
  for (const showing of source.shown) withdraw(state, surroundings, key, showing, undefined, observedMs);
  const gone = new Set(source.shown.map(({ snapshot }) => snapshot));
  const before = source.shown;
  source.shown = [];
  forgetTexts(source, before);
  source.group.shown = source.group.shown.filter(({ snapshot }) => !gone.has(snapshot));
}

/** Of what its source no longer shows, no body is recognised: the texts are by far the largest part of what it holds. */
function forgetTexts({ shown }: Source, before: readonly Showing[]): void {
  const kept = new Set(shown.map(({ snapshot }) => snapshot.layout));
  for (const { snapshot } of before) if (!kept.has(snapshot.layout)) forgetText(snapshot.layout);
}

/** Counts the snapshot as a contributor of what it feeds. */
export function joinOutputs(state: PartitionState, { feeds }: Snapshot): void {
  if (feeds === undefined) return;
  for (const output of feeds.counters.outputs) state.outputs.join(output);
  for (const output of feeds.followers.outputs) state.outputs.join(output);
  for (const output of feeds.gauges.outputs) state.outputs.join(output);
  for (const output of feeds.intervals.outputs) state.outputs.join(output);
}

/** Takes that back for what is still shown of it in these families. */
export function leaveOutputs(
  state: PartitionState,
  { snapshot, replaced }: Showing,
  families: Families,
  observedMs: number,
): void {
  const { feeds, layout } = snapshot;
  if (feeds === undefined) return;
  leave(state, layout, feeds.counters, replaced, families, observedMs);
  leave(state, layout, feeds.followers, replaced, families, observedMs);
  leave(state, layout, feeds.gauges, replaced, families, observedMs);
  leave(state, layout, feeds.intervals, replaced, families, observedMs);
}

function withdraw(
  state: PartitionState,
  surroundings: Surroundings,
  key: GroupingKey,
  showing: Showing,
  families: Families,
  observedMs: number,
): void {
  leaveOutputs(state, showing, families, observedMs);
  surroundings.families.release(usedFamilies(key, showing, families));
}

function leave(
  state: PartitionState,
  layout: Layout,
  { samples, outputs }: FeedList,
  replaced: ReadonlySet<string>,
  families: Families,
  observedMs: number,
): void {
  if (families === undefined && replaced.size === 0) {
    for (const output of outputs) state.outputs.leave(output, observedMs);
    return;
  }
  for (const [k, output] of outputs.entries()) {
    const family = layout.families[layout.familyOf[samples[k] ?? 0] ?? 0]?.name ?? "";
    if (replaced.has(family) || families?.has(family) === false) continue;
    state.outputs.leave(output, observedMs);
  }
}

/**
 * The families on whose types all who push must agree. Another relay shows counters where Flink pushes gauges, so what it
 * forwards must not stand in the way of who pushes here, nor they in its: its outputs have types of their own.
 */
export function registeredFamilies(
  { labels }: GroupingKey,
  families: readonly LayoutFamily[],
): readonly LayoutFamily[] {
  return isForwarded(labels) ? [] : families;
}

/** Those of a body that a view shows of it. */
export function usedFamilies(
  key: GroupingKey,
  { snapshot: { layout, leftOut }, replaced }: Showing,
  families: Families,
): string[] {
  return registeredFamilies(key, layout.families)
    .map(({ name }) => name)
    .filter((name) => !leftOut.has(name) && !replaced.has(name) && families?.has(name) !== false);
}

/** What is left of earlier bodies when one with that layout is pushed. */
export function keptShowings(
  before: readonly Showing[],
  { families }: Layout,
  method: "PUT" | "POST",
): Showing[] {
  return replace(before, method === "PUT" ? undefined : new Set(families.map(({ name }) => name)));
}

/** What is left of earlier bodies when these families are replaced. */
function replace(showings: readonly Showing[], families: Families): Showing[] {
  if (families === undefined) return [];
  return showings
    .map(({ snapshot, replaced }) => ({ snapshot, replaced: new Set([...replaced, ...families]) }))
    .filter(({ snapshot, replaced }) => snapshot.layout.families.some(({ name }) => !replaced.has(name)));
}
