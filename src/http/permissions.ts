import type { Context, Handler } from "hono";
import type { GroupingKey } from "../core/grouping-key.ts";
import type { Labels } from "../core/exposition/label-block.ts";
import { plainError } from "./errors.ts";

/** What whoever sends a request may do, by the user or the token that it came with. */
export interface Permissions {
  /** As an operator writes them: `read, push{job="shop"}`. */
  readonly shown: string;
  /** Scrapes, pages, and the API as far as it only tells. */
  readonly read: boolean;
  /** Whether groups with these labels may be pushed and deleted. Undefined where none may. */
  readonly push: ((groupingLabels: Labels) => boolean) | undefined;
  /** What concerns everybody: wipe, quit, reload, undo, to delete by selectors. */
  readonly admin: boolean;
}

/** Permissions of the sender of a request, by what the platform knows of it. Undefined for one who may do everything. */
export type PermissionsOf = (env: unknown) => Permissions | undefined;

/** The handler, for those who have the permission. */
export function only(
  permission: "read" | "admin",
  handler: Handler,
  permissionsOf: PermissionsOf | undefined,
): Handler {
  return function check(c, next) {
    const has = permissionsOf?.(c.env);
    if (has !== undefined && !has[permission]) return forbid(c, lacks(permission, has));
    return permission === "admin" && isOfAnotherSite(c) ? forbid(c, OTHER_SITE) : handler(c, next);
  };
}

/** Why the group may not be pushed or deleted; undefined where it may. */
export function pushForbidden(
  c: Context,
  has: Permissions | undefined,
  { labels, canonical }: GroupingKey,
): string | undefined {
  if (isOfAnotherSite(c)) return OTHER_SITE;
  if (has === undefined) return undefined;
  if (has.push === undefined) return lacks("push", has);
  return has.push(labels) ? undefined : `forbidden: you have ${has.shown}, which does not cover ${canonical}`;
}

/** 403 with the reason. */
export function forbid(c: Context, reason: string): Response {
  return plainError(c, 403, reason);
}

function lacks(permission: string, { shown }: Permissions): string {
  return `forbidden: it takes the permission ${permission}, and you have ${shown}`;
}

const OTHER_SITE =
  "forbidden: a page of another site has sent it, with the password or the network of who looks at it";

/** Browsers say so of each request, if not over plain HTTP; nothing else that pushes does. */
function isOfAnotherSite(c: Context): boolean {
  const site = c.req.header("Sec-Fetch-Site");
  return site === "cross-site" || site === "same-site";
}
