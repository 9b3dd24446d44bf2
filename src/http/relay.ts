import type { BodyFormat } from "../core/exposition/parsed-body.ts";
import type { ViewFormat } from "../core/exposition/write/format.ts";
import type { GroupingKey } from "../core/grouping-key.ts";
import type { RefusedJob } from "../core/coordinator/refusals.ts";
import type { Refusal } from "../core/partition/commands.ts";
import type { Undoable } from "../core/partition/undo.ts";
import type { View } from "../core/view/create-part.ts";
import type { GroupSummary } from "../core/view/group-summary.ts";
import type { Explained } from "../core/view/merge-explained.ts";
import type { Coding } from "./accept-encoding.ts";
import type { Admission } from "./forwarded.ts";
import type { PermissionsOf } from "./permissions.ts";

/** The body of a push: bytes that have arrived whole, or what they are to be read from. The platform's business alone. */
export type Body = object;

/**
 * What the routes need of a relay.
 *
 * - `push` settles when the push is applied, committed and visible to the next scrape, or refused. It owns
 *   the body from the call on.
 * - Pushes and deletes of one grouping key are applied in the order of the calls.
 */
export interface Relay<B extends Body> {
  push(
    key: GroupingKey,
    method: "PUT" | "POST",
    body: B,
    format: BodyFormat,
  ): Promise<RefusedPush | undefined>;
  delete(key: GroupingKey): Promise<Refusal | undefined>;
  /** A push of the group was refused for load: its sources live. */
  sign(key: GroupingKey): void;
  /** A push was not taken, and its sender was told so. `key` is undefined where the path is none. */
  noteRefused(key: GroupingKey | undefined, reason: string, message: string): void;
  /** What was not taken since the relay started, by job. */
  refused(): readonly RefusedJob[] | Promise<readonly RefusedJob[]>;
  /** A view as it is to be written, in pieces of a size that suits a socket. */
  scrape(view: View, format: ViewFormat, asked?: ScrapeRequest): Promise<ScrapeAnswer>;
  /** Where the series of the merged view that a PromQL selector matches come from. */
  explain(selector: string): Promise<ExplainAnswer>;
  /**
   * Lets the counters of the merged view that one of the PromQL selectors matches begin anew, and takes back what
   * the relay has decided about those who feed them. Settles when every scrape shows it.
   */
  undo(selectors: readonly string[]): Promise<UndoAnswer>;
  /** The groups that one of the PromQL selectors matches, all where there is none, sorted by their keys. */
  groups(selectors: readonly string[]): Promise<GroupAnswer>;
  /** Those of the groups that are still there as JSON objects, in pieces; each holds some of them with commas between. */
  groupTexts(groups: readonly GroupSummary[]): AsyncIterable<Uint8Array<ArrayBuffer>>;
  deleteGroups(groups: readonly GroupSummary[]): Promise<void>;
  /** Forgets all that was pushed, and what has been counted. */
  wipe(): Promise<void>;
  health(): Health | Promise<Health>;
}

/** Why a push was not taken. */
export interface RefusedPush {
  /** Where the platform reads bodies late, its own reasons are among them. */
  readonly code: Refusal["code"] | ReceiveFailure;
  readonly message: string;
}

/** What of a view is asked for, and how soon it is needed. */
export interface ScrapeRequest {
  /** Empty lists ask for everything. */
  readonly names: readonly string[];
  readonly jobs: readonly string[];
  /** PromQL selectors. */
  readonly selectors: readonly string[];
  /** Of one partition only: a site may be too large for one scrape. */
  readonly partition: number | undefined;
  /** Unix time after which nobody waits for it. */
  readonly untilMs: number | undefined;
  /** How it will be compressed: a relay may do that better than who sends the answer. */
  readonly coding: Coding | undefined;
}

/**
 * Pieces in shared memory are lent: they change when the next one is asked for. `coding` says how they are compressed
 * already.
 *
 * `late`: time was up; `out`: a part of the relay does not answer. Otherwise `message` says what is wrong with a selector,
 * and where, or which partitions there are.
 */
export type ScrapeAnswer =
  | { readonly ok: true; readonly pieces: AsyncIterable<Uint8Array>; readonly coding?: Coding | undefined }
  | {
      readonly ok: false;
      readonly code: "late" | "out" | "bad_selector" | "no_partition";
      readonly message: string;
    };

/** What was done; `message` says which selector is wrong, and where. */
export type UndoAnswer =
  | ({ readonly ok: true } & Undoable)
  | { readonly ok: false; readonly message: string };

/** `message` says what is wrong with the selector, and where. */
export type ExplainAnswer =
  | ({ readonly ok: true } & Explained)
  | { readonly ok: false; readonly message: string };

/** `message` says what is wrong with a selector, and where. */
export type GroupAnswer =
  | { readonly ok: true; readonly groups: readonly GroupSummary[] }
  | { readonly ok: false; readonly message: string };

export interface Health {
  /** Why the relay cannot do its work, or undefined. */
  readonly unhealthy: string | undefined;
  /** Why it should not be sent pushes or scrapes just now, or undefined. */
  readonly unready: string | undefined;
}

/** What the routes need of the platform that speaks HTTP. `env` is what it knows of the request beside the Web's `Request`. */
export interface Platform<B extends Body> {
  /** The request target as it stood in the request line: `URL` resolves dot segments, which are label values here. */
  target(env: unknown, request: Request): string;
  /**
   * Reads the body of a push to that group and decodes what its `Content-Encoding` names. A client that stops half way
   * settles as `broken`.
   */
  receive(env: unknown, request: Request, key: GroupingKey): Promise<Received<B>>;
  /** Whether what another relay forwards is taken. Without it all of it is: what comes here goes no further. */
  readonly admit?: ((sender: string) => Admission | Promise<Admission>) | undefined;
  /** What the sender may do. Without it everybody may do everything. */
  readonly permissions?: PermissionsOf;
  readonly gzip: () => TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>;
  /**
   * Takes over a view that is to be sent behind the headers of the answer, whose body is null then. Where a platform
   * cannot, it is a stream.
   */
  readonly sendView?: (env: unknown, pieces: AsyncIterable<Uint8Array>) => void;
  /** Undefined where the platform cannot. */
  readonly zstd?: (() => TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>) | undefined;
}

/** `undecodable`: it is not compressed as its `Content-Encoding` says. */
type ReceiveFailure = "too_large" | "overloaded" | "broken" | "undecodable";

export type Received<B extends Body> =
  | { readonly ok: true; readonly body: B }
  | { readonly ok: false; readonly code: ReceiveFailure; readonly message: string };
