import { cohortOf } from "../../rollup/flink/cohort.ts";
import { ZERO } from "../../rollup/histogram/distribution.ts";
import { isAnonymous } from "./cohorts.ts";
import type { Remembered } from "./doubts.ts";
import type { Source } from "../group.ts";
import type { LabelSet } from "../label-set.ts";

/** Attempts never come back under their id once their task has gone, but for late pushes of the next minutes. */
export const ATTEMPT_KEPT_MS: number = 10 * 60_000;

/**
 * The counters of one source that it no longer pushes, each with the value it had last. One that
 * returns goes on from there: 100, gone, 150 is an increase of 50 (counters.md, rule 6).
 */
export interface Tombstones {
  readonly size: number;
  add(set: LabelSet, name: string, remembered: Remembered, observedMs: number): void;
  /** What was last of a series that has returned, which is forgotten here; undefined if it is not known. */
  take(set: LabelSet, name: string): Remembered | undefined;
  /** These cohorts have begun anew, so what returns of them comes from zero, unless it is identified. */
  restart(source: Pick<Source, "group">, cohorts: ReadonlySet<string>): void;
  /** Drops the series whose names pass. Returns whether there were any. */
  forget(isUnwanted: (name: string) => boolean): boolean;
  /** Drops the attempts that are gone for good: of one that is live a single series may come back. */
  prune(observedMs: number, isLive: (attemptId: string) => boolean): void;
  /** Drops the oldest until `most` are left, and tells what went: only attempts that are gone for good, or others. */
  evict(most: number, isLive: (attemptId: string) => boolean): "none" | "attempts" | "others";
  sets(): Iterable<LabelSet>;
  /** In the order of departure. */
  stones(): Iterable<Tombstone>;
}

export interface Tombstone {
  readonly set: LabelSet;
  readonly name: string;
  remembered: Remembered;
  readonly sinceMs: number;
  readonly attemptId: string | undefined;
}

/** `known` are those that it begins with, in the order of departure. */
export function createTombstones(known: Iterable<Tombstone> = []): Tombstones {
  const bySet = new Map<LabelSet, Map<string, Tombstone>>();
  /** In the order of departure. */
  const all = new Set<Tombstone>();
  for (const stone of known) insert(stone);

  function insert(stone: Tombstone): void {
    let ofSet = bySet.get(stone.set);
    if (ofSet === undefined) bySet.set(stone.set, (ofSet = new Map()));
    ofSet.set(stone.name, stone);
    all.add(stone);
  }

  function remove(stone: Tombstone): void {
    all.delete(stone);
    const ofSet = bySet.get(stone.set);
    ofSet?.delete(stone.name);
    if (ofSet?.size === 0) bySet.delete(stone.set);
  }

  return {
    get size() {
      return all.size;
    },
    add(set, name, remembered, observedMs) {
      insert({ set, name, remembered, sinceMs: observedMs, attemptId: set.attemptId });
    },
    take(set, name) {
      const stone = bySet.get(set)?.get(name);
      if (stone !== undefined) remove(stone);
      return stone?.remembered;
    },
    restart(source, cohorts) {
      for (const stone of all) {
        if (!Number.isNaN(stone.remembered.startMs)) continue;
        if (!isAnonymous(source, stone.set) || !cohorts.has(cohortOf(stone.set.labels))) continue;
        stone.remembered = { ...stone.remembered, ...ZERO, doubt: undefined, startMs: Number.NaN };
      }
    },
    forget(isUnwanted) {
      const before = all.size;
      for (const stone of all) if (isUnwanted(stone.name)) remove(stone);
      return all.size < before;
    },
    prune(observedMs, isLive) {
      for (const stone of all) {
        if (stone.sinceMs + ATTEMPT_KEPT_MS > observedMs) break;
        if (stone.attemptId !== undefined && !isLive(stone.attemptId)) remove(stone);
      }
    },
    evict(most, isLive) {
      const before = all.size;
      let others = 0;
      for (const stone of all) {
        if (all.size <= most) break;
        remove(stone);
        if (stone.attemptId === undefined || isLive(stone.attemptId)) others += 1;
      }
      if (others > 0) return "others";
      return all.size < before ? "attempts" : "none";
    },
    sets: () => bySet.keys(),
    stones: () => all,
  };
}
