import type { Context, Handler } from "hono";
import { renderGroupsPage } from "../ui/groups-page.ts";
import { STATIC_FILES } from "../ui/static-files.ts";
import { renderStatusPage } from "../ui/status-page.ts";
import type { About } from "./api/status.ts";
import { NO_SNIFFING, NOT_FOUND, plainError } from "./errors.ts";
import type { Body, Relay } from "./relay.ts";
import { pathOf } from "./target.ts";

/** `/`: the groups, a page of them at a time. */
export function groupsPageHandler<B extends Body>(
  relay: Relay<B>,
  options: { readonly base: string; readonly adminApi: boolean },
): Handler {
  return async function showGroups(c) {
    const answer = await relay.groups([]);
    if (!answer.ok) throw new Error(`BUG: all groups: ${answer.message}`);
    const page = Math.max(1, Math.trunc(Number(c.req.query("page") ?? 1)) || 1);
    const search = c.req.query("search") ?? "";
    return page200(c, renderGroupsPage({ ...options, groups: answer.groups, search, page }));
  };
}

/** `/status`. */
export function statusPageHandler(base: string, { startTime, build, flags }: About): Handler {
  return function showStatus(c) {
    return page200(c, renderStatusPage({ base, startTime, build: { ...build }, flags }));
  };
}

/** `/static/<file>`. */
export function staticHandler(target: (c: Context) => string): Handler {
  return function sendFile(c) {
    const path = pathOf(target(c));
    const file = STATIC_FILES.get(path.slice(path.lastIndexOf("/") + 1));
    if (file === undefined) return plainError(c, 404, NOT_FOUND);
    return c.body(file.text, 200, { "Content-Type": file.type, ...NO_SNIFFING });
  };
}

/** Label values are a stranger's text: even if one were not escaped, no script in the page would run. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

function page200(c: Context, text: string): Response {
  return c.body(text, 200, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    ...NO_SNIFFING,
  });
}
