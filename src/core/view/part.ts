import type { FamilyType } from "../exposition/parsed-body.ts";
import type { Rendered } from "../exposition/write/writer.ts";
import type { Output, OutputFunction, Suffix } from "../rollup/output.ts";
import type { Partial } from "../rollup/partial.ts";
import type { Companion } from "../rollup/rule.ts";
import type { Mark } from "../partition/marks.ts";
import type { TallyRow } from "../partition/tally.ts";
import type { Bulk } from "./bulk.ts";

/**
 * What one partition has to say to a scrape. Plain data, so that it can cross a thread or an RPC.
 * The merge of all parts, in the order of their partitions, is the view.
 */
export interface ViewPart {
  readonly partition: number;
  readonly families: readonly FamilyPart[];
  /** Undefined in a view that shows none. */
  readonly rollups: Rollups | undefined;
  /** HELP by family, of what other relays have forwarded; undefined where there is none. */
  readonly helps?: ReadonlyMap<string, string> | undefined;
  /** Metrics that are not there because two of their labels would have one name for the client. */
  readonly collisions: number;
}

/** The samples of one family that are shown as they were pushed. */
export interface FamilyPart {
  /** As it was pushed. */
  readonly name: string;
  readonly type: FamilyType;
  /** Of kept groups: metrics with the key that a Pushgateway sorts them by, sorted. */
  readonly metrics: readonly SortedMetric[];
  /** Samples of fleet groups, which are many and need no order among them: these are rendered when they are to be sent. */
  readonly bulkSamples: number;
}

/** What a family says of one label set: of a summary or histogram several samples. */
export interface SortedMetric {
  /** Equal for the labels that the client takes for equal. */
  readonly sortKey: string;
  readonly rendered: Rendered;
  /** The same without exemplar and start, where there are some: OpenMetrics has them only in families of some types. */
  readonly plain?: Rendered | undefined;
}

/** The part of one partition in a view that is being sent. */
export interface OpenPart {
  readonly part: ViewPart;
  /** Which groups are shown was decided when the part was made; each family of them is told as it is now. */
  writeBulk(this: void, family: string, into: Bulk): void;
}

/** The outputs of a partition, with what it knows of them now. */
export interface Rollups {
  /** By row. As long as it is the same list it only grows, and what it says does not change: see `OutputRows`. */
  readonly names: readonly (RollupName | undefined)[];
  /** `COLUMNS` numbers for each row: see `columns.ts`. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** By row, what is no number. */
  readonly rare: ReadonlyMap<number, RareFacts>;
}

/** What of an output is the same in every scrape. */
export type RollupName = Pick<
  Output,
  "family" | "suffix" | "labels" | "type" | "function" | "companions" | "perProcess"
>;

export type RareFacts = Pick<Partial, "native" | "sources">;

/** One output with what a partition knows of it. */
export interface RollupSeries {
  readonly suffix: Suffix;
  /** With braces. */
  readonly labels: string;
  readonly type: FamilyType;
  readonly function: OutputFunction;
  readonly companions: readonly Companion[];
  readonly perProcess: boolean;
  /** Whether a live series feeds it here; if not, since when in observed milliseconds. */
  readonly isLive: boolean;
  readonly lastLiveMs: number;
  readonly partial: Partial;
  /** Unix milliseconds: since when a counter counts. */
  readonly startMs: number;
}

/** What a partition tells about itself, for the relay's own metrics. */
export interface PartitionStatus {
  readonly partition: number;
  readonly groups: number;
  /** Pushed series that are held, and about how much memory that takes. */
  readonly held: readonly HeldByJob[];
  /** Pushes since the partition was loaded whose text was known, and that were parsed. */
  readonly layouts: { readonly hits: number; readonly misses: number };
  readonly tallies: readonly TallyRow[];
  readonly sources: readonly SourceCount[];
  /** The live sources of fleets one by one; undefined where they are too many to be told. */
  readonly lastPushes: readonly SourcePush[] | undefined;
  /** Families that are no counters. */
  readonly marks: readonly Mark[];
  /** Unix time, by the labels of the job as text with braces. */
  readonly flinkJobs: readonly { readonly labels: string; readonly lastSeenSeconds: number }[];
}

export interface HeldByJob {
  readonly job: string;
  readonly series: number;
  /** Of bodies, numbers and what is remembered of counters: an estimate. */
  readonly bytes: number;
}

export interface SourcePush {
  readonly job: string;
  /** The grouping key. */
  readonly source: string;
  /** Empty where the key alone is the source. */
  readonly processId: string;
  /** Unix time. */
  readonly pushedSeconds: number;
}

export interface SourceCount {
  readonly job: string;
  readonly state: SourceState;
  readonly count: number;
  /** How many of them are frozen: two writers that nothing tells apart. */
  readonly frozen: number;
  /** Unix time of the oldest of their last pushes; the alert is on the one that has been silent longest. */
  readonly oldestPushSeconds: number;
}

/** `live` pushes; `lost` is remembered only for what it has contributed. Of kept groups: `kept`. */
export type SourceState = "live" | "lost" | "kept";
