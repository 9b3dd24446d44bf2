import type { Context, Handler } from "hono";
import { parseGroupingKey } from "../../core/grouping-key.ts";
import type { GroupSummary } from "../../core/view/group-summary.ts";
import { badData } from "../errors.ts";
import type { Body, GroupAnswer, Relay } from "../relay.ts";
import { streamOf } from "../stream-of.ts";
import { CORS } from "./cors.ts";

/**
 * GET `/api/v1/metrics`: all groups with their families, as a Pushgateway shows them, whatever the view. `match[]`
 * and `group` choose some of them.
 */
export function metricsHandler<B extends Body>(relay: Relay<B>): Handler {
  return async function listGroups(c) {
    const answer = await askedGroups(c, relay);
    if (!answer.ok) return badData(c, answer.message);
    const headers = { ...CORS, "Content-Type": "application/json" };
    return new Response(streamOf(documentOf(relay.groupTexts(answer.groups))), { headers });
  };
}

/**
 * The groups that a request names: by `match[]`, PromQL selectors on the labels of their keys, and by `group`, the
 * path behind `/metrics` that a push to one of them has.
 */
async function askedGroups<B extends Body>(c: Context, relay: Relay<B>): Promise<GroupAnswer> {
  const answer = await relay.groups(c.req.queries("match[]") ?? []);
  if (!answer.ok) return { ok: false, message: `match[]: ${answer.message}` };
  const path = c.req.query("group");
  if (path === undefined) return answer;
  // The path is percent-encoded once more in a query, and has been decoded once.
  const parsed = parseGroupingKey(path);
  if (!parsed.ok) return { ok: false, message: `group: ${parsed.message}` };
  const isIt = ({ canonicalKey }: GroupSummary): boolean => canonicalKey === parsed.key.canonical;
  return { ok: true, groups: answer.groups.filter(isIt) };
}

async function* documentOf(
  pieces: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  yield encoder.encode('{"status":"success","data":[');
  let isFirst = true;
  for await (const piece of pieces) {
    if (!isFirst) yield encoder.encode(",");
    isFirst = false;
    yield piece;
  }
  yield encoder.encode("]}");
}
