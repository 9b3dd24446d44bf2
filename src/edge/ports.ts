import type { Telling } from "../core/coordinator/common-knowledge.ts";
import type { RefusedJob } from "../core/coordinator/refusals.ts";
import type { ViewFormat } from "../core/exposition/write/format.ts";
import type { BodyFormat } from "../core/exposition/parsed-body.ts";
import type { GroupingKey } from "../core/grouping-key.ts";
import type { Refusal, UntimedCommand } from "../core/partition/commands.ts";
import type { Mark } from "../core/partition/marks.ts";
import type { Question, Verdict } from "../core/partition/partition.ts";
import type { Suspect } from "../core/partition/twins.ts";
import type { Undoable } from "../core/partition/undo.ts";
import type { Selector } from "../core/selector/selector.ts";
import type { ShardReport } from "../core/shard/messages.ts";
import type { View } from "../core/view/create-part.ts";
import type { ExplainPart } from "../core/view/explain-part.ts";
import type { GroupSummary } from "../core/view/group-summary.ts";
import type { ViewFilter } from "../core/view/view-filter.ts";
import type { Admission } from "../http/forwarded.ts";
import type { ForwardStatus } from "../platform/forward/forward-families.ts";
import type { ScrapeCount, ScrapeOutcome } from "./scrape-counts.ts";
import type { SiteClock } from "./site-clock.ts";

/*
 * What the objects of a site are asked, by RPC: plain data there and back, 32 MB at most unless it is a stream.
 * An object does not know its own name, so each call to a partition says which one it is.
 */

/** A push without its body. */
export interface SentPush {
  readonly place: Place;
  readonly key: GroupingKey;
  readonly method: "PUT" | "POST";
  readonly format: BodyFormat;
}

/** Where a `SentPush` stands in the request to a partition, as percent-encoded JSON. */
export const PUSH_HEADER = "Sluice-Push";
/** The status of the answer to a push that was taken. Another answer is a `RefusedPush`. */
export const TAKEN = 204;

/** What a partition is in: of how many, which are never more or fewer. */
export interface Place {
  readonly partition: number;
  readonly partitions: number;
}

export interface ViewRequest {
  readonly view: View;
  readonly format: ViewFormat;
  readonly observedMs: number;
  readonly filter: ViewFilter | undefined;
  readonly mostSources: number;
}

/** What the registry must know of a partition as it is now. */
export interface PartitionReport extends ShardReport {
  /** Which labels the keys of its groups have. */
  readonly nameSets: readonly (readonly string[])[];
}

/** One Durable Object for each partition: its only writer. */
export interface PartitionPort {
  /**
   * A push: the body of the request is the client's, which flows through the Worker without being copied (an
   * argument would be, twice: 0.9 ms for 725 KB). Answered with JSON, null or why it was not taken.
   */
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Gives the command its time, and follows it. */
  follow(place: Place, command: UntimedCommand): Promise<Refusal | undefined>;
  noteRefused(place: Place, key: GroupingKey | undefined, reason: string, message: string): Promise<void>;
  refused(place: Place): Promise<RefusedJob[]>;
  /** To be read by `receiveView`. */
  view(place: Place, request: ViewRequest): Promise<ReadableStream<Uint8Array>>;
  explain(place: Place, selector: Selector, observedMs: number, most: number): Promise<ExplainPart[]>;
  undoables(place: Place, selectors: readonly Selector[]): Promise<Undoable[]>;
  groups(place: Place, observedMs: number): Promise<GroupSummary[]>;
  /** In one call: a request to a site may make so many calls and no more. */
  deleteGroups(place: Place, keys: readonly GroupingKey[]): Promise<void>;
  groupTexts(place: Place, groups: readonly GroupSummary[]): Promise<ReadableStream<Uint8Array>>;
  suspects(place: Place, id: number, nameSets: readonly (readonly string[])[]): Promise<Suspect[]>;
  twins(place: Place, suspects: readonly Suspect[]): Promise<Verdict["conflicts"]>;
  idleOutputs(place: Place, beforeMs: number): Promise<string[]>;
  busyOutputs(place: Place, ids: readonly string[], beforeMs: number): Promise<string[]>;
  /** A registry that begins anew asks; what one before it has said and has not arrived yet is void. */
  report(place: Place, life: string, clock: SiteClock): Promise<PartitionReport>;
}

interface Welcome {
  /** Of the registry: another one knows nothing of what this one has been asked. */
  readonly life: string;
  readonly clock: SiteClock;
  /** What the partition must hear. */
  readonly tellings: readonly Telling[];
}

export interface Decision {
  readonly life: string;
  readonly verdict: Verdict;
  /** To be followed before the verdict. */
  readonly tellings: readonly Telling[];
}

export interface SiteContext {
  /** Another text whenever something has changed that all parts of a view must agree on. */
  readonly version: string;
  readonly observedMs: number;
  /** HELP of the families that somebody pushes. */
  readonly families: ReadonlyMap<string, string | undefined>;
  readonly scrapes: readonly ScrapeCount[];
  /** Undefined where nothing is forwarded. */
  readonly forwarded: ForwardStatus | undefined;
}

/** The one object that decides what concerns all partitions. */
export interface RegistryPort {
  hello(place: Place, report: PartitionReport): Promise<Welcome>;
  decide(place: Place, id: number, question: Question): Promise<Decision>;
  /** The push that had asked is answered. */
  settled(place: Place, id: number): Promise<void>;
  note(place: Place, released: readonly string[], marks: readonly Mark[]): Promise<void>;
  /** Settles when no change is under way. */
  context(partitions: number): Promise<SiteContext>;
  noteScrape(partitions: number, outcome: ScrapeOutcome): Promise<void>;
  undo(partitions: number, selectors: readonly Selector[]): Promise<Undoable>;
  wipe(partitions: number): Promise<void>;
  /** Whether what that relay forwards is taken, where the site forwards too. */
  admit(partitions: number, sender: string): Promise<Admission>;
}
