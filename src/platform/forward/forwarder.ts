import { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { createDownstream } from "../../core/forwarding/downstream.ts";
import { forwardPath } from "../../core/forwarding/forward-path.ts";
import type { ForwardedGroup, SplitView } from "../../core/forwarding/split-view.ts";
import { createViewSplit, FORWARD_FORMAT } from "../../core/forwarding/split-view.ts";
import { writeFamilies } from "../../core/exposition/write/write-families.ts";
import type { WrittenFamily } from "../../core/exposition/write/writer.ts";
import { createTurns } from "../turns.ts";
import { piecesOf } from "../view-pieces.ts";
import type { Admission } from "../../http/forwarded.ts";
import type { ForwardStatus } from "./forward-families.ts";
import type { ForwardTarget } from "./forward-target.ts";

export interface ForwarderDeps {
  readonly target: ForwardTarget;
  /** The name of this relay there. */
  readonly relay: string;
  readonly intervalMs: number;
  /** The merged view in `FORWARD_FORMAT`, without what the relay tells of itself. */
  view(this: void): Promise<readonly WrittenFamily[]>;
  /** Told once when it begins to fail, and once when it no longer does. */
  readonly log: ForwardLog;
  /** From 0 to 1. */
  random?(this: void): number;
}

export interface ForwardLog {
  info(message: string, fields: Readonly<Record<string, string>>): void;
  warn(message: string, fields: Readonly<Record<string, string>>): void;
}

/** Forwards the merged view to another relay, whole each time: what gets lost, or comes twice, makes no difference. */
export interface Forwarder {
  /**
   * Sends it once, and answers after how many milliseconds it is time to do so again. Never rejects. Must not be called
   * before the call before it has settled; `stop` ends it, and so does the time that it may take.
   */
  forward(stop?: AbortSignal, longestMs?: number): Promise<number>;
  status(): ForwardStatus;
  /** Whether something is taken from a relay that forwards to this one. */
  admit(this: void, sender: string): Admission;
}

/** By then all groups have been sent, or it has failed: well before a receiver takes the relay for gone. */
const LONGEST_MS = 25_000;
const LONGEST_WAIT_MS = 60_000;
const CONNECTIONS = 4;
/** What is wrong with one group alone: the others are sent all the same. */
const OF_A_GROUP: ReadonlySet<number> = new Set([400, 403, 413, 422]);

const compress = promisify(gzip);

export function createForwarder(deps: ForwarderDeps): Forwarder {
  const { target, log, random = Math.random } = deps;
  const downstream = createDownstream(deps.relay);
  const counts = { sent: 0, refused: 0, failed: 0, bytes: 0, lastSuccessSeconds: 0, jobless: 0 };
  /** The paths of groups that the receiver holds. */
  const held = new Set<string>();
  let failures = 0;
  let isFailing = false;

  /** Why the receiver does not take the group; undefined where it does. Throws where it would take none. */
  async function send(path: string, group: ForwardedGroup | undefined, signal: AbortSignal) {
    const body = group && (await bodyOf(group));
    const method = body === undefined ? "DELETE" : "PUT";
    const { status, message, relays } = await target.send(method, path, body, signal);
    const refusal = `${method} ${path} was answered ${status}: ${message}`;
    if (OF_A_GROUP.has(status)) {
      counts.refused += 1;
      return refusal;
    }
    if (status < 200 || status > 299) throw new Error(refusal);
    downstream.note(relays);
    counts.sent += 1;
    counts.bytes += body?.length ?? 0;
    if (body === undefined) held.delete(path);
    else held.add(path);
    return undefined;
  }

  /** Pushes have a turn of the event loop between families. */
  async function split(families: readonly WrittenFamily[]): Promise<SplitView> {
    const view = createViewSplit(deps.relay);
    const giveTurn = createTurns();
    for (const family of families) {
      view.add(family);
      await giveTurn();
    }
    return view.done();
  }

  async function sendAll(signal: AbortSignal): Promise<string | undefined> {
    const { groups, jobless } = await split(await deps.view());
    counts.jobless = jobless;
    const byPath = new Map<string, ForwardedGroup | undefined>(
      groups.map((group) => [forwardPath(group), group]),
    );
    // A job that has left the view leaves the receiver's now, and not when it has been silent there for long.
    for (const path of held) if (!byPath.has(path)) byPath.set(path, undefined);
    let refusal: string | undefined;
    const waiting = byPath.entries();
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        for (const [path, group] of waiting) {
          // The others fail for the same reason.
          if (isGivenUp) return;
          try {
            refusal = (await send(path, group, signal)) ?? refusal;
          } catch (error) {
            isGivenUp = true;
            throw error;
          }
        }
      }),
    );
    return refusal;
  }

  function tell(reason: string | undefined): void {
    const to = target.shown;
    if (reason !== undefined && !isFailing) {
      log.warn("the merged view is not forwarded, or not all of it", { to, error: reason });
    } else if (reason === undefined && isFailing) log.info("the merged view is forwarded again", { to });
    isFailing = reason !== undefined;
  }

  let isGivenUp = false;
  return {
    async forward(stop, longestMs = LONGEST_MS) {
      const startMs = performance.now();
      isGivenUp = false;
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(new Error(`not done in ${longestMs / 1000} s`)), longestMs);
      const signal = stop === undefined ? late.signal : AbortSignal.any([stop, late.signal]);
      try {
        const refusal = await sendAll(signal);
        failures = 0;
        if (refusal === undefined) counts.lastSuccessSeconds = Date.now() / 1000;
        tell(refusal);
        return Math.max(0, deps.intervalMs - (performance.now() - startMs));
      } catch (error) {
        counts.failed += 1;
        failures += 1;
        tell(reasonOf(error));
        const mostMs = Math.max(LONGEST_WAIT_MS, deps.intervalMs);
        // Relays that have failed together do not come back together.
        return Math.min(deps.intervalMs * 2 ** failures, mostMs) * (0.5 + random() / 2);
      } finally {
        // An object on the edge is not idle while a timer runs.
        clearTimeout(timer);
      }
    },
    status: () => counts,
    admit: (sender) => ({ relays: downstream.relays(), refusal: downstream.refuse(sender) }),
  };
}

async function bodyOf({ families }: ForwardedGroup): Promise<Uint8Array<ArrayBuffer>> {
  return await compress(Buffer.concat([...piecesOf(writeFamilies(families, FORWARD_FORMAT, () => []))]));
}

/** What `fetch` throws says only by its cause what has happened. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, message } = error;
  return cause instanceof Error && cause.message !== "" ? `${message}: ${cause.message}` : message;
}
