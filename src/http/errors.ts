import type { Context } from "hono";
import type { RefusalCode } from "../core/partition/commands.ts";
import type { Body, Received } from "./relay.ts";

type FailedReceive = Exclude<Received<Body>, { ok: true }>["code"];

const STATUS = {
  bad_exposition: 400,
  inconsistent: 400,
  too_many_series: 413,
  too_many_labels: 413,
  too_long: 413,
  job_full: 413,
  full: 503,
  too_many_sources: 503,
  deadly: 400,
  too_large: 413,
  broken: 400,
  undecodable: 400,
  overloaded: 503,
  restarting: 503,
  storage: 503,
  internal: 500,
} as const satisfies Record<RefusalCode | FailedReceive, number>;

/** Flink prints an error body into its log: one line, and no more than its reader takes in. Only a list has more lines. */
const LONGEST_MESSAGE = 299;

/** How long a client that pushes again on its own should wait, in seconds. */
const RETRY_AFTER_SECONDS = "5";

/** A refusal as Go's `http.Error` sends it, which is what clients of a Pushgateway know. */
export function refuse(c: Context, code: RefusalCode | FailedReceive, message: string): Response {
  const status = STATUS[code];
  const retry = status === 503 ? { "Retry-After": RETRY_AFTER_SECONDS } : {};
  return plainError(c, status, message, retry);
}

/** In the words of Go's router, which is a Pushgateway's. */
export const NOT_FOUND = "404 page not found";
export const NO_SNIFFING: Readonly<Record<string, string>> = { "X-Content-Type-Options": "nosniff" };
/** A Pushgateway has no admin API either where it is not enabled. */
export const NOT_ENABLED: string = `${NOT_FOUND}: it needs --web.enable-admin-api`;

/** What is wrong with a request below `/api/v1`, in the shape of Prometheus's own API. */
export function badData(c: Context, error: string): Response {
  return c.json({ status: "error", errorType: "bad_data", error }, 400, NO_SNIFFING);
}

export function plainError(
  c: Context,
  status: 400 | 403 | 404 | 405 | 413 | 500 | 503 | 508,
  message: string,
  headers: Record<string, string> = {},
): Response {
  const line = message.replaceAll(/\n(?!\* )/g, " ");
  const text = line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE - 1)}…` : line;
  return c.text(`${text}\n`, status, {
    "Content-Type": "text/plain; charset=utf-8",
    ...NO_SNIFFING,
    ...headers,
  });
}
