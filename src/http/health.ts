import type { Handler } from "hono";
import { plainError } from "./errors.ts";
import type { Body, Relay } from "./relay.ts";

/** `/-/healthy`: whether the process can still do its work, or had better be restarted. */
export function healthyHandler<B extends Body>(relay: Relay<B>): Handler {
  return function healthy(c) {
    const { unhealthy } = relay.health();
    return unhealthy === undefined ? c.text("OK") : plainError(c, 500, unhealthy);
  };
}

/** `/-/ready`: whether a push would be taken and a scrape answered now. */
export function readyHandler<B extends Body>(relay: Relay<B>): Handler {
  return function ready(c) {
    const { unhealthy, unready } = relay.health();
    const reason = unready ?? unhealthy;
    return reason === undefined ? c.text("OK") : plainError(c, 503, reason);
  };
}
