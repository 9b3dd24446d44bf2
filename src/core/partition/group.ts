import type { SampleExtras } from "../exposition/parsed-body.ts";
import { isForwarded } from "../forwarding/relay-label.ts";
import type { GroupingKey } from "../grouping-key.ts";
import { hasRandomSuffix } from "../rollup/flink/level.ts";
import type { FlinkProcess } from "../rollup/flink/process.ts";
import type { Distribution, Reading } from "../rollup/histogram/distribution.ts";
import type { JobConfig } from "../rollup/rules/rule-config.ts";
import type { BodyRing } from "./counters/body-ring.ts";
import type { Cohorts } from "./counters/cohorts.ts";
import type { Doubt } from "./counters/doubts.ts";
import type { Feeds } from "./feeds.ts";
import type { FlinkJob } from "./flink-jobs.ts";
import type { LabelSet, LabelSetTable } from "./label-set.ts";
import type { Layout } from "./layout.ts";
import { distinctSets } from "./layout.ts";
import type { Rhythm, StalenessSetting } from "./rhythm.ts";
import { createRhythm } from "./rhythm.ts";
import type { Tombstones } from "./counters/tombstones.ts";
import { createTombstones } from "./counters/tombstones.ts";

/** All that was pushed under one grouping key. */
export interface Group {
  readonly key: GroupingKey;
  /** The entry under `jobs:` that matches the key. */
  entry: JobConfig | undefined;
  /** It was pushed a family that is merged, and expires. A kept group is shown for ever, unless its entry says otherwise. */
  isFleet: boolean;
  /** What the raw view shows: the last PUT and the POSTs after it, whoever sent them. */
  shown: Showing[];
  /** By process id; "" where the key is the source. */
  readonly sources: Map<string, Source>;
  /** Seconds of Unix time, 0 for never: what a Pushgateway shows as push_time_seconds and push_failure_time_seconds. */
  pushedSeconds: number;
  failedSeconds: number;
  /** A fleet group without a live source is shown, with its push stamps alone, until then. */
  emptyUntilMs: number;
  /** When it was deleted, or -Infinity if it has been pushed to since. What a fleet has counted outlives its group. */
  deletedMs: number;
}

/** A body in a view, less the families that a later POST has replaced. */
export interface Showing {
  readonly snapshot: Snapshot;
  readonly replaced: ReadonlySet<string>;
}

/** The last body of one layout. */
export interface Snapshot {
  readonly layout: Layout;
  readonly values: Float64Array;
  /** Those of its last push. */
  extras: SampleExtras | undefined;
  /** Undefined for a kept group. */
  feeds: Feeds | undefined;
  /** Families that the coordinator refused. */
  readonly leftOut: ReadonlySet<string>;
  /** Samples that a rule takes out of the merged view; undefined where there are none. */
  dropped: ReadonlySet<number> | undefined;
  flinkJobs: readonly FlinkJob[];
  /** The number of its last push, in the order of the partition. */
  sequence: number;
  observedMs: number;
  /** Seconds of Unix time. */
  pushedSeconds: number;
}

/** One body whose counters have been added up: the previous push, as the rules of counters.md see it. */
export interface Counted {
  readonly layout: Layout;
  readonly feeds: Feeds;
  /** The last value of each counter of the feeds; NaN where it has had none. */
  readonly last: Float64Array;
  /** By counter: what goes with its last value where it is the count of a histogram; not there while that is zero. */
  readonly rests: Map<number, Distribution>;
  readonly replaced: Set<string>;
  /** Some counters have numbers that are no value. */
  readonly skipsSome: boolean;
  /** It was a PUT: what it lacked was not there. */
  isWhole: boolean;
  /** By counter: what is undecided about the few that have fallen. */
  readonly doubts: Map<number, Doubt>;
  /** By counter: the first values that the next body decides about. */
  readonly births: Map<number, Reading>;
  /** By counter: when its life began, NaN where nobody has told; undefined where no series of the body tells. */
  starts: Float64Array | undefined;
  /** Filled when a counter falls for the first time. */
  cohorts: Cohorts | undefined;
}

interface NewestAttempt {
  readonly number: number;
  /** It was gone, and nothing of it is remembered: what late bodies tell of it may have been counted. */
  hasGone: boolean;
}

/** The process behind a group: all that is remembered of it. */
export interface Source {
  readonly group: Group;
  readonly processId: string;
  /** No two processes can write it at a time: a TaskManager's id or a random suffix says which one it is. */
  readonly hasOneWriter: boolean;
  readonly labelSets: LabelSetTable;
  isLive: boolean;
  /** When it departed, if it is not live. */
  departedMs: number;
  /** It departed by being silent, not by a DELETE. */
  expired: boolean;
  /** Its part of what the views show: empty when it has departed. */
  shown: Showing[];
  /** Kept for a day after it has departed. */
  counted: Counted[];
  readonly rhythm: Rhythm;
  /** Any sign of life: a push, a repeat, a push refused for load. */
  lastSignMs: number;
  readonly ring: BodyRing;
  /** How many new bodies have been counted. */
  bodies: number;
  /** Set while two writers cannot be told apart: its anonymous counters add nothing. */
  frozen: { calmBodies: number } | undefined;
  readonly tombstones: Tombstones;
  /** When a tombstone was last evicted, or -Infinity; and when one that was not of an attempt was, or a task was. */
  evictedMs: number;
  unprovenMs: number;
  /** The newest attempt seen of each task, those seen last at the end. */
  readonly attempts: Map<string, NewestAttempt>;
  /** When it was first pushed, and last with something new: Unix milliseconds, to compare with what clients tell. */
  readonly firstWallMs: number;
  pushedWallMs: number;
}

export function createGroup(key: GroupingKey, isFleet: boolean, entry: JobConfig | undefined): Group {
  return {
    key,
    entry,
    isFleet,
    shown: [],
    sources: new Map(),
    pushedSeconds: 0,
    failedSeconds: 0,
    emptyUntilMs: Number.NEGATIVE_INFINITY,
    deletedMs: Number.NEGATIVE_INFINITY,
  };
}

export function createSource(
  group: Group,
  process: FlinkProcess | undefined,
  labelSets: LabelSetTable,
  { observedMs, wallMs }: { readonly observedMs: number; readonly wallMs: number },
): Source {
  return {
    group,
    processId: process?.id ?? "",
    hasOneWriter:
      process?.kind === "taskmanager" || (hasRandomSuffix(group.key.job) && !isForwarded(group.key.labels)),
    labelSets,
    isLive: false,
    departedMs: observedMs,
    expired: false,
    shown: [],
    counted: [],
    rhythm: createRhythm(),
    lastSignMs: observedMs,
    ring: [],
    bodies: 0,
    frozen: undefined,
    tombstones: createTombstones(),
    evictedMs: Number.NEGATIVE_INFINITY,
    unprovenMs: Number.NEGATIVE_INFINITY,
    attempts: new Map(),
    firstWallMs: wallMs,
    pushedWallMs: wallMs,
  };
}

/** How long sources of the group may be silent. Without a word of the operator on it a kept group never expires. */
export function stalenessOf({ isFleet, entry }: Group, ofFleets: StalenessSetting): StalenessSetting {
  return entry?.staleness ?? (isFleet ? ofFleets : "never");
}

/** The label sets that the source still needs. */
export function* labelSetsInUse(source: Source): Iterable<LabelSet> {
  for (const { snapshot } of source.shown) yield* distinctSets(snapshot.layout);
  for (const { layout } of source.counted) yield* distinctSets(layout);
  yield* source.tombstones.sets();
}

/** Whether the raw view shows the group at all. */
export function isShown(group: Group, observedMs: number): boolean {
  if (!group.isFleet) return true;
  return group.shown.length > 0 || group.emptyUntilMs > observedMs;
}
