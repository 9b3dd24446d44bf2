import { createHash, timingSafeEqual } from "node:crypto";
import type { Permissions } from "../../http/permissions.ts";

/** What stands for itself in a URL, whoever normalises it; long enough that nobody guesses it. */
const TOKEN = /^[A-Za-z0-9_~-][A-Za-z0-9_.~-]{15,255}$/;

/** A secret segment, and what it permits; undefined means everything. */
export interface PathToken {
  readonly text: string;
  readonly permissions: Permissions | undefined;
}

/** Takes the secret segment out of a request target: what is left, or undefined where there is none. */
export type TakeToken = (
  target: string,
) => { readonly rest: string; readonly permissions: Permissions | undefined } | undefined;

/** Completes "expected …". */
export const TOKEN_FORM = "16 to 256 of the characters A-Z a-z 0-9 - _ . ~, no dot first";

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * Finds one of the tokens as the first segment of a path, or as the first below the route prefix: a proxy may
 * choose by the prefix. All tokens are compared, by their digests, so the time tells nothing of them.
 */
export function createTakeToken(tokens: readonly PathToken[], routePrefix: string): TakeToken {
  const known = tokens.map(({ text, permissions }) => ({ digest: digestOf(text), permissions }));
  function find(segment: string): Pick<PathToken, "permissions"> | undefined {
    const digest = digestOf(segment);
    let found: Pick<PathToken, "permissions"> | undefined;
    for (const each of known) if (timingSafeEqual(each.digest, digest)) found = each;
    return found;
  }
  return (given) => {
    const target = originForm(given);
    for (const before of new Set(["", routePrefix])) {
      if (!target.startsWith(`${before}/`)) continue;
      const start = before.length + 1;
      const length = target.slice(start).search(/[/?]|$/);
      const found = find(target.slice(start, start + length));
      if (found === undefined) continue;
      const rest = target.slice(start + length);
      return { rest: before + (rest.startsWith("/") ? rest : `/${rest}`), permissions: found.permissions };
    }
    return undefined;
  };
}

/** A target without the scheme and host that a proxy's client may send. */
function originForm(target: string): string {
  return target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "");
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
