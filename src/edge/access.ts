import type { EdgeConfig } from "./options.ts";

/** What a request does, as far as tokens tell apart. */
type Deed = "push" | "read" | "admin";

export type Access =
  /** `url` without a token in its path. */
  { readonly ok: true; readonly url: string } | { readonly ok: false; readonly response: Response };

type Tokens = Pick<EdgeConfig, "pushToken" | "readToken" | "adminToken" | "open">;

const PROBES: ReadonlySet<string> = new Set(["/-/healthy", "/-/ready"]);

/**
 * Lets a request through that bears a token for what it does: as a bearer, as the password of any user, or, for
 * clients that can send no header (Flink), as the first segment of its path. Without a token nobody may do anything.
 */
export async function checkAccess(request: Request, tokens: Tokens): Promise<Access> {
  const url = new URL(request.url);
  if (tokens.open || PROBES.has(url.pathname)) return { ok: true, url: request.url };
  const inHeader = headerToken(request.headers.get("Authorization"));
  const segment = url.pathname.split("/", 2)[1] ?? "";
  const given = inHeader ?? segment;
  const path = inHeader === undefined ? url.pathname.slice(segment.length + 1) || "/" : url.pathname;
  const deed = deedOf(request.method, path);
  if (!(await isOneOf(given, tokensFor(deed, tokens)))) {
    // A path that has no token before it is one all the same.
    const meant = inHeader === undefined && url.pathname.startsWith("/metrics") ? url.pathname : path;
    return { ok: false, response: refuse(deedOf(request.method, meant), tokens) };
  }
  return { ok: true, url: url.origin + path + url.search };
}

function deedOf(method: string, path: string): Deed {
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return "read";
  return path.startsWith("/metrics/job") ? "push" : "admin";
}

function tokensFor(deed: Deed, { pushToken, readToken, adminToken }: Tokens): string[] {
  const own = { push: pushToken, read: readToken, admin: adminToken }[deed];
  return [own, adminToken].filter((token) => token !== "");
}

function headerToken(header: string | null): string | undefined {
  const [scheme = "", rest = ""] = header?.split(" ", 2) ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
      return rest;
    case "basic":
      return passwordIn(rest);
    default:
      return undefined;
  }
}

function passwordIn(encoded: string): string {
  try {
    const pair = atob(encoded);
    return pair.slice(pair.indexOf(":") + 1);
  } catch {
    return "";
  }
}

/** By their digests: the time tells nothing of a token. */
async function isOneOf(given: string, tokens: readonly string[]): Promise<boolean> {
  const digest = await digestOf(given);
  let isKnown = false;
  for (const token of tokens) isKnown = isEqual(await digestOf(token), digest) || isKnown;
  return isKnown;
}

async function digestOf(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0);
  return difference === 0;
}

function refuse(deed: Deed, tokens: Tokens): Response {
  const secret = `SLUICE_${deed.toUpperCase()}_TOKEN`;
  const isShut = tokensFor(deed, tokens).length === 0;
  const message = isShut
    ? `nobody may ${VERB[deed]} here: set the secret ${secret} (npx wrangler secret put ${secret})`
    : `a token is needed to ${VERB[deed]}: send ${secret} as a bearer, as a password, or as the first segment of the path`;
  return new Response(`${message}\n`, {
    status: isShut ? 403 : 401,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      ...(isShut ? {} : { "WWW-Authenticate": 'Basic realm="sluice"' }),
    },
  });
}

const VERB: { readonly [D in Deed]: string } = { push: "push", read: "read", admin: "delete what many push" };
