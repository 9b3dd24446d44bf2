import { addIncrease } from "../rollup/accumulator.ts";
import type { BirthJudge, Push } from "./births.ts";
import { createBirthJudge, noteAttempts } from "./births.ts";
import type { Feeds } from "./feeds.ts";
import type { Counted, Source } from "./group.ts";
import type { LabelSet } from "./label-set.ts";
import { sampleName } from "./layout.ts";

/** Where amounts go that are not counted, and why. */
export type Uncounted = (reason: "baseline" | "quarantined", family: string, amount: number) => void;

/**
 * Adds a new body of a source to the counters that it feeds (counters.md, rules 1 to 4 and 6).
 * A body out of the ring of last bodies must not come here: it changes no counter state.
 */
export function countPush(
  source: Source,
  push: Push,
  feeds: Feeds,
  maxTombstones: number,
  uncounted: Uncounted,
): void {
  const [only, ...others] = source.counted;
  const isKnown = only?.layout === push.layout && others.length === 0 && only.replaced.size === 0;
  if (isKnown) {
    let judge: BirthJudge | undefined;
    addUp(only, push.values, uncounted, (...series) => {
      judge ??= createBirthJudge(source, [only], push);
      return judge(...series);
    });
    return;
  }
  // As it was before this push: the judge looks at it later, when the layout has been succeeded.
  const previous = source.counted.map((counted) => ({ ...counted, replaced: new Set(counted.replaced) }));
  const judge = createBirthJudge(source, previous, push);
  const counted = succeed(source, push, feeds);
  addUp(counted, push.values, uncounted, judge);
  noteAttempts(source, push, maxTombstones);
  bury(source, maxTombstones, push.observedMs);
}

/** Keeps the tombstones within their bound, and remembers when it cost evidence. */
function bury(source: Source, maxTombstones: number, observedMs: number): void {
  const evicted = source.tombstones.evict(maxTombstones);
  if (evicted !== "none") source.evictedMs = observedMs;
  if (evicted === "others") source.unprovenMs = observedMs;
}

/** Puts the layout in the place of what it replaces: series go on from their last values, or become tombstones. */
function succeed(source: Source, push: Push, feeds: Feeds): Counted {
  const { layout, method, observedMs } = push;
  const families = method === "POST" ? new Set(layout.families.map(({ name }) => name)) : undefined;
  const replaced = takeLasts(source, families);
  source.tombstones.prune(observedMs);

  const last = new Float64Array(feeds.counters.samples.length);
  for (const [k, i] of feeds.counters.samples.entries()) {
    const set = layout.sets[i];
    if (set === undefined) throw new Error("BUG: a counter without a label set");
    const name = sampleName(layout, i);
    last[k] = take(replaced, set, name) ?? source.tombstones.take(set, name) ?? Number.NaN;
  }
  for (const [set, lasts] of replaced) {
    for (const [name, value] of lasts) {
      if (!Number.isNaN(value)) source.tombstones.add(set, name, value, observedMs);
    }
  }
  const counted: Counted = { layout, feeds, last, replaced: new Set() };
  source.counted = [...source.counted.filter((earlier) => isLeft(earlier)), counted];
  return counted;
}

type Lasts = Map<LabelSet, Map<string, number>>;

/** The last values of the counters in these families (undefined: in all), which count as replaced from now on. */
function takeLasts(source: Source, families: ReadonlySet<string> | undefined): Lasts {
  const lasts: Lasts = new Map();
  for (const { layout, feeds, last, replaced } of source.counted) {
    for (const [k, i] of feeds.counters.samples.entries()) {
      const family = layout.families[layout.familyOf[i] ?? 0]?.name ?? "";
      const set = layout.sets[i];
      if (set === undefined || replaced.has(family) || families?.has(family) === false) continue;
      let ofSet = lasts.get(set);
      if (ofSet === undefined) lasts.set(set, (ofSet = new Map()));
      ofSet.set(sampleName(layout, i), last[k] ?? Number.NaN);
    }
    for (const { name } of layout.families) {
      if (families === undefined || families.has(name)) replaced.add(name);
    }
  }
  return lasts;
}

function take(lasts: Lasts, set: LabelSet, name: string): number | undefined {
  const ofSet = lasts.get(set);
  const last = ofSet?.get(name);
  ofSet?.delete(name);
  return last;
}

function isLeft({ layout, replaced }: Counted): boolean {
  return layout.families.some(({ name }) => !replaced.has(name));
}

/**
 * The loop that every push runs through, once for each of its counters. A rise is added and nearly
 * all samples either rise or stand still; what else there is stands in `notARise`.
 */
function addUp(counted: Counted, values: Float64Array, uncounted: Uncounted, isBorn: BirthJudge): void {
  const { last } = counted;
  const { samples, outputs } = counted.feeds.counters;
  for (let k = 0; k < last.length; k += 1) {
    const value = values[samples[k] ?? 0] ?? Number.NaN;
    const before = last[k] ?? Number.NaN;
    if (value === before) continue;
    const output = outputs[k];
    if (output === undefined) throw new Error("BUG: a counter without an output");
    if (value > before && value !== Number.POSITIVE_INFINITY) {
      addIncrease(output, before, value);
      last[k] = value;
    } else if (isCountable(value, counted, k, uncounted) && Number.isNaN(before)) {
      last[k] = value;
      if (isFirstSightBorn(counted, k, value, isBorn)) addIncrease(output, 0, value);
      else uncounted("baseline", output.family, value);
    }
    // A fall: an identified series never restarts, so this is a late body and changes nothing
    // (rule 4a). Of a series that nothing identifies, it is not known to be a reset.
  }
}

/** Rule 1. NaN and the sentinels of the rule say nothing; a negative or infinite counter says nonsense. */
function isCountable(value: number, counted: Counted, k: number, uncounted: Uncounted): boolean {
  if (Number.isNaN(value) || counted.feeds.counters.skips[k]?.includes(value) === true) return false;
  if (value >= 0 && value !== Number.POSITIVE_INFINITY) return true;
  uncounted("quarantined", counted.feeds.counters.outputs[k]?.family ?? "", value);
  return false;
}

function isFirstSightBorn(counted: Counted, k: number, value: number, isBorn: BirthJudge): boolean {
  const i = counted.feeds.counters.samples[k] ?? 0;
  const set = counted.layout.sets[i];
  if (set === undefined) throw new Error("BUG: a counter without a label set");
  const family = counted.layout.families[counted.layout.familyOf[i] ?? 0]?.name ?? "";
  return isBorn(set, sampleName(counted.layout, i), family, value);
}
