import type { IncomingMessage, ServerResponse } from "node:http";
import type { Permissions } from "../../http/permissions.ts";
import { readToEnd } from "../receive.ts";
import type { TakeToken } from "../path-token/path-tokens.ts";
import { type CheckPassword, readBasic, type Verdict } from "./passwords.ts";
import type { TakeRequest } from "./rate-limiter.ts";
import type { WebConfig } from "./web-config.ts";

/** Lets a request through, at once or later, with what its sender may do, or answers it. Undefined means everything. */
export type Gate = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  proceed: (permissions: Permissions | undefined) => void,
) => void;

export interface GateDeps {
  readonly config: () => WebConfig;
  /** Undefined where paths need no token. */
  readonly takeToken: () => TakeToken | undefined;
  /** What a user may do; undefined for one who may do everything. */
  readonly permissionsOf: (user: string) => Permissions | undefined;
  readonly routePrefix: string;
  readonly checkPassword: CheckPassword;
  readonly takeRequest: TakeRequest;
  readonly nowMs: () => number;
  readonly onRefused: (method: string, status: number) => void;
}

/**
 * What is asked of every request, in exporter-toolkit's order: rate, headers, user. A path token stands for a user:
 * who has one needs no other. Without either, probes are answered and nothing else is there.
 */
export function createGate(deps: GateDeps): Gate {
  const { config, takeToken, permissionsOf, routePrefix, checkPassword, takeRequest, nowMs, onRefused } =
    deps;
  const probes = new Set([`${routePrefix}/-/healthy`, `${routePrefix}/-/ready`]);

  async function refuse(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    refusal: Refusal,
  ): Promise<void> {
    onRefused(incoming.method ?? "", refusal.status);
    // Who still writes would not see the answer.
    await readToEnd(incoming);
    outgoing.writeHead(refusal.status, {
      ...PLAIN,
      ...refusal.headers,
      "Content-Length": refusal.text.length,
    });
    outgoing.end(refusal.text);
  }

  return (incoming, outgoing, proceed) => {
    const { headers, users, rateLimit } = config();
    const waitMs = rateLimit === undefined ? 0 : takeRequest(rateLimit, nowMs());
    if (waitMs > 0) {
      void refuse(incoming, outgoing, tooMany(waitMs));
      return;
    }
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    const take = takeToken();
    const taken = take?.(incoming.url ?? "");
    // From here on nobody sees the token.
    if (taken !== undefined) incoming.url = taken.rest;
    if (taken !== undefined || (users.size === 0 && take === undefined)) {
      proceed(taken?.permissions);
      return;
    }
    if (users.size === 0) {
      if (incoming.method === "GET" && probes.has(incoming.url ?? "")) proceed(undefined);
      else void refuse(incoming, outgoing, NOT_FOUND);
      return;
    }
    const { authorization } = incoming.headers;
    const decide = (verdict: Verdict): void => {
      if (verdict === "known") proceed(permissionsOf(readBasic(authorization)?.user ?? ""));
      else void refuse(incoming, outgoing, verdict === "busy" ? BUSY : UNAUTHORIZED);
    };
    const verdict = checkPassword(users, authorization);
    if (typeof verdict === "string") decide(verdict);
    else verdict.then(decide, () => decide("busy"));
  };
}

interface Refusal {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** As Go's `http.Error` sends them. */
const PLAIN = { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" };
const UNAUTHORIZED: Refusal = {
  status: 401,
  text: "Unauthorized\n",
  headers: { "WWW-Authenticate": "Basic" },
};
/** As of any path that nobody knows. */
const NOT_FOUND: Refusal = { status: 404, text: "404 page not found\n", headers: {} };
const BUSY: Refusal = {
  status: 503,
  text: "too many passwords wait to be checked: try again\n",
  headers: { "Retry-After": "5" },
};

function tooMany(waitMs: number): Refusal {
  const headers = Number.isFinite(waitMs) ? { "Retry-After": String(Math.ceil(waitMs / 1000)) } : {};
  return { status: 429, text: "Too Many Requests\n", headers };
}
