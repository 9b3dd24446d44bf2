import type { Context, Handler } from "hono";
import { plainError } from "./errors.ts";
import type { Body, Relay } from "./relay.ts";

/** `/-/healthy`: whether the process can still do its work, or had better be restarted. */
export function healthyHandler<B extends Body>(relay: Relay<B>): Handler {
  return async function healthy(c) {
    const { unhealthy } = await relay.health();
    return unhealthy === undefined ? ok(c) : plainError(c, 500, unhealthy);
  };
}

/** `/-/ready`: whether a push would be taken and a scrape answered now. */
export function readyHandler<B extends Body>(relay: Relay<B>): Handler {
  return async function ready(c) {
    const { unhealthy, unready } = await relay.health();
    const reason = unready ?? unhealthy;
    return reason === undefined ? ok(c) : plainError(c, 503, reason);
  };
}

/** `c.text` alone writes a charset in capitals, which no Pushgateway does. */
function ok(c: Context): Response {
  return c.text("OK", 200, { "Content-Type": "text/plain; charset=utf-8" });
}
