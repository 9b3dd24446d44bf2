import type { Context, Handler } from "hono";
import { parseGroupingKey } from "../core/grouping-key.ts";
import type { GroupingKey } from "../core/grouping-key.ts";
import { bodyFormat } from "./body-format.ts";
import { plainError, refuse } from "./errors.ts";
import type { Admission } from "./forwarded.ts";
import { RELAYS_HEADER, senderOf } from "./forwarded.ts";
import { forbid, pushForbidden } from "./permissions.ts";
import type { Body, Platform, Relay } from "./relay.ts";
import { pathOf } from "./target.ts";

/** How the paths of pushes are read. */
interface PushPaths {
  /** What stands before `/job`. */
  readonly metrics: string;
  readonly utf8Names: boolean;
}

/**
 * PUT and POST on `/metrics/job/<job>{/<label>/<value>}`: 200 (202 where nothing is
 * checked) with an empty body when the push is applied and visible to the next scrape.
 */
export function pushHandler<B extends Body>(
  relay: Relay<B>,
  platform: Platform<B>,
  paths: PushPaths,
  isUnchecked: boolean,
): Handler {
  const taken = isUnchecked ? 202 : 200;
  return async function push(c) {
    const { key, message } = readKey(c, platform, paths);
    if (key === undefined) {
      relay.noteRefused(undefined, "bad_grouping_key", message);
      return plainError(c, 400, message);
    }
    const forbidden = pushForbidden(c, platform.permissions?.(c.env), key);
    if (forbidden !== undefined) {
      relay.noteRefused(key, "forbidden", forbidden);
      return forbid(c, forbidden);
    }

    const admission = await admit(key, platform);
    if (admission?.refusal !== undefined) {
      relay.noteRefused(key, "loop", admission.refusal);
      return plainError(c, 508, admission.refusal);
    }

    const received = await platform.receive(c.env, c.req.raw, key);
    if (!received.ok) {
      if (received.code === "overloaded") relay.sign(key);
      relay.noteRefused(key, received.code, received.message);
      return refuse(c, received.code, received.message);
    }
    const method = c.req.method === "PUT" ? "PUT" : "POST";
    const format = bodyFormat(c.req.header("Content-Type"));
    const refusal = await relay.push(key, method, received.body, format);
    if (refusal === undefined) return done(taken, admission);
    relay.noteRefused(key, refusal.code, refusal.message);
    // A Pushgateway that checks nothing has answered before it finds that out. The group says that it failed.
    if (isUnchecked && refusal.code === "inconsistent") return done(taken);
    return refuse(c, refusal.code, refusal.message);
  };
}

/**
 * The handler of a request that needs no body. As on a Pushgateway one that is said to be compressed, and is not there,
 * is refused: something between the client and the relay has lost it.
 */
export function refusingLostBodies(handler: Handler): Handler {
  return function handle(c, next) {
    const isEncoded = COMPRESSED.has(c.req.header("Content-Encoding")?.toLowerCase() ?? "");
    const isEmpty =
      Number(c.req.header("Content-Length") ?? 0) === 0 && c.req.header("Transfer-Encoding") === undefined;
    return isEncoded && isEmpty ? plainError(c, 400, "EOF") : handler(c, next);
  };
}

const COMPRESSED: ReadonlySet<string> = new Set(["gzip", "snappy"]);

/** DELETE: 202 whether the group was there or not. Flink halts a JVM that waits five seconds for it. */
export function deleteHandler<B extends Body>(
  relay: Relay<B>,
  platform: Platform<B>,
  paths: PushPaths,
): Handler {
  return async function deleteGroup(c) {
    const { key, message } = readKey(c, platform, paths);
    if (key === undefined) return plainError(c, 400, message);
    const forbidden = pushForbidden(c, platform.permissions?.(c.env), key);
    if (forbidden !== undefined) return forbid(c, forbidden);
    const refusal = await relay.delete(key);
    return refusal === undefined ? done(202) : refuse(c, refusal.code, refusal.message);
  };
}

function readKey<B extends Body>(
  c: Context,
  platform: Platform<B>,
  { metrics, utf8Names }: PushPaths,
): { readonly key: GroupingKey | undefined; readonly message: string } {
  const path = pathOf(platform.target(c.env, c.req.raw));
  const parsed = parseGroupingKey(path.slice(metrics.length), utf8Names);
  return parsed.ok ? { key: parsed.key, message: "" } : { key: undefined, message: parsed.message };
}

/** Asked of what another relay forwards, where this one forwards too. */
async function admit<B extends Body>(
  { labels }: GroupingKey,
  { admit: ask }: Platform<B>,
): Promise<Admission | undefined> {
  const sender = senderOf(labels);
  return sender === undefined ? undefined : await ask?.(sender);
}

function done(status: 200 | 202, admission?: Admission): Response {
  const relays = admission === undefined ? {} : { [RELAYS_HEADER]: admission.relays.join(",") };
  return new Response(null, { status, headers: { "Content-Length": "0", ...relays } });
}
