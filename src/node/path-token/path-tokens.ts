import { createHash, timingSafeEqual } from "node:crypto";

/** What stands for itself in a URL, whoever normalises it; long enough that nobody guesses it. */
const TOKEN = /^[A-Za-z0-9_~-][A-Za-z0-9_.~-]{15,255}$/;

/** Takes the secret segment out of a request target: what is left, or undefined where there is none. */
export type TakeToken = (target: string) => string | undefined;

/** Completes "expected …". */
export const TOKEN_FORM = "16 to 256 of the characters A-Z a-z 0-9 - _ . ~, no dot first";

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * Finds one of the tokens as the first segment of a path, or as the first below the route prefix: a proxy may
 * choose by the prefix. All tokens are compared, by their digests, so the time tells nothing of them.
 */
export function createTakeToken(tokens: readonly string[], routePrefix: string): TakeToken {
  const digests = tokens.map(digestOf);
  function isOneOf(segment: string): boolean {
    const digest = digestOf(segment);
    let isKnown = false;
    for (const each of digests) isKnown = timingSafeEqual(each, digest) || isKnown;
    return isKnown;
  }
  return (given) => {
    const target = originForm(given);
    for (const before of new Set(["", routePrefix])) {
      if (!target.startsWith(`${before}/`)) continue;
      const start = before.length + 1;
      const length = target.slice(start).search(/[/?]|$/);
      if (!isOneOf(target.slice(start, start + length))) continue;
      const rest = target.slice(start + length);
      return before + (rest.startsWith("/") ? rest : `/${rest}`);
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
