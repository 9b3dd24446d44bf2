import type { Command, PushCommand, Refusal } from "../partition/commands.ts";
import type { JobSize } from "../partition/job-sizes.ts";
import type { LayoutFamily } from "../partition/layout.ts";
import type { BoundarySet } from "../rollup/histogram/boundaries.ts";
import type { Mark } from "../partition/marks.ts";
import type { Question, Verdict } from "../partition/partition.ts";

/** What crosses between the front (which speaks HTTP and owns the coordinator) and a shard. Plain data. */
export interface Batch {
  readonly orders: readonly Order[];
}

export type Order =
  /** `id` names the reply. */
  | { readonly kind: "push"; readonly id: number; readonly partition: number; readonly command: PushCommand }
  | {
      readonly kind: "command";
      readonly id: number;
      /** Undefined for what all partitions of the shard must know. */
      readonly partition: number | undefined;
      readonly command: Exclude<Command, PushCommand>;
    }
  /** The coordinator's answer to the question with that id. */
  | { readonly kind: "verdict"; readonly id: number; readonly verdict: Verdict }
  /** How much the other shards hold of these jobs. */
  | { readonly kind: "elsewhere"; readonly sizes: readonly JobSize[] };

/** What the coordinator says, which no reply answers. */
export type Word = Extract<Order, { kind: "verdict" | "elsewhere" }>;

/** What is asked of a shard, and replied to. */
export type NumberedOrder = Exclude<Order, Word>;

export function isNumbered(order: Order): order is NumberedOrder {
  return order.kind === "push" || order.kind === "command";
}

export interface BatchResult {
  /** Commands that are done: applied and committed, or refused. A push that waits for a verdict is not among them. */
  readonly replies: readonly Reply[];
  /** For the coordinator. */
  readonly questions: readonly AskedQuestion[];
  /** Families that are no counters, for the coordinator to tell all partitions. */
  readonly marks: readonly Mark[];
  /** Families that the shard no longer uses. */
  readonly released: readonly string[];
  /** How much the shard holds of the jobs of which it held more or less before. */
  readonly sizes: readonly JobSize[];
  /** What went wrong in the fold itself, for the log. */
  readonly bugs: readonly Bug[];
  /** Nothing changes by itself in this shard before that observed time. */
  readonly nextDueMs: number;
  /** Why nothing can be committed now, or undefined. Whoever sends another batch makes it try again. */
  readonly outage: string | undefined;
  /** Present where the batch could not be committed: what the shard has gone back to. */
  readonly reloaded?: ShardReport;
}

export interface Bug {
  readonly stack: string;
  /** The partition that was put back to what it was before; undefined where nothing had been changed. */
  readonly partition: number | undefined;
}

/** What the coordinator must know of a shard that has loaded its partitions. */
export interface ShardReport {
  /** The observed time of the last commit. */
  readonly observedMs: number;
  readonly nextDueMs: number;
  readonly sizes: readonly JobSize[];
  /** The families that its views show. */
  readonly families: readonly LayoutFamily[];
  /** As `job` and families that a rate has shown to be counters; and families that are none. */
  readonly inferred: readonly { readonly job: string; readonly families: readonly string[] }[];
  readonly marks: readonly Mark[];
  /** Which labels the keys of its groups have, each set once. */
  readonly nameSets: readonly (readonly string[])[];
  /** On which boundaries its histograms are added up: of one output those that it has now stand last. */
  readonly boundarySets: readonly BoundarySet[];
}

export interface Reply {
  readonly id: number;
  readonly refusal: Refusal | undefined;
}

export interface AskedQuestion {
  readonly id: number;
  readonly question: Question;
}
