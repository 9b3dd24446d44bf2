import type { RateLimit } from "./web-config.ts";

/** Takes a request out of the bucket: 0 if there is one, otherwise how long until there is, in milliseconds. */
export type TakeRequest = (limit: RateLimit, nowMs: number) => number;

/** A bucket of requests that begins full; a limit that changes takes effect with what is in it. */
export function createRateLimiter(): TakeRequest {
  let tokens = Number.POSITIVE_INFINITY;
  let lastMs = 0;
  return ({ intervalMs, burst }, nowMs) => {
    tokens = Math.min(burst, tokens + (nowMs - lastMs) / intervalMs);
    lastMs = nowMs;
    if (tokens < 1) return (1 - tokens) * intervalMs;
    tokens -= 1;
    return 0;
  };
}
