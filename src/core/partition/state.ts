import type { Bytes } from "../bytes.ts";
import type { BlockTable } from "../exposition/block-table.ts";
import type { KnownPieces } from "../exposition/parse-scanned.ts";
import type { TextKeeper } from "../layout-text/layout-text.ts";
import type { OutputTable } from "../rollup/output-table.ts";
import { createOutputTable } from "../rollup/output-table.ts";
import type { FlinkJob } from "./flink-jobs.ts";
import type { Group } from "./group.ts";
import type { Mark } from "./marks.ts";
import type { Ruling } from "./ruling.ts";
import type { Tally } from "./tally.ts";
import { createTally } from "./tally.ts";

/** Everything that a partition is. Only its commands change it, and a scrape never does. */
export interface PartitionState {
  readonly partition: number;
  /** By canonical grouping key. */
  readonly groups: Map<string, Group>;
  readonly outputs: OutputTable;
  readonly tally: Tally;
  /** Families without a rule that are counters, as `job family`: a rate of the same name stood beside them. */
  readonly inferred: Set<string>;
  /** Families that the coordinator has marked as no counters, as `job family`; and those that it is to hear of. */
  readonly marks: Set<string>;
  newMarks: Mark[];
  /** By their labels as text. */
  readonly flinkJobs: Map<string, FlinkJob>;
  /** How many pushes have been applied. */
  sequence: number;
  /** No source changes by itself before then. A lower bound. */
  nextDueMs: number;
}

/** What the fold is given besides its commands. The same for all partitions of a shard; its ruling changes at a reload. */
export interface Surroundings extends Ruling {
  readonly bytes: Bytes;
  readonly blocks: BlockTable;
  readonly pieces: KnownPieces;
  readonly families: FamilyReferences;
  readonly texts: TextKeeper;
}

/** Counts who uses a family, so that its type is free again when nobody does. */
export interface FamilyReferences {
  acquire(names: Iterable<string>): void;
  release(names: Iterable<string>): void;
}

export function createPartitionState(partition: number): PartitionState {
  return {
    partition,
    groups: new Map(),
    outputs: createOutputTable(),
    tally: createTally(),
    inferred: new Set(),
    marks: new Set(),
    newMarks: [],
    flinkJobs: new Map(),
    sequence: 0,
    nextDueMs: Number.POSITIVE_INFINITY,
  };
}

/** Notes that something may be due at `atMs`. */
export function wakeAt(state: PartitionState, atMs: number): void {
  if (atMs < state.nextDueMs) state.nextDueMs = atMs;
}
