import type { Context } from "hono";
import type { ScrapeAnswer } from "./relay.ts";

/** What an answer takes on its way, of the time that a scraper gives. */
const MARGIN_MS = 500;
/** Nobody means it, and a timer cannot be set to it. */
const LONGEST_TIMEOUT_SECONDS = 86_400;

/**
 * A scraper that waits no longer than it says is answered before it hangs up, so that it knows why. A Prometheus says
 * `X-Prometheus-Scrape-Timeout-Seconds`.
 */
export async function inTime(
  c: Context,
  scrape: (untilMs: number | undefined) => Promise<ScrapeAnswer>,
): Promise<ScrapeAnswer> {
  const seconds = Number(c.req.header("X-Prometheus-Scrape-Timeout-Seconds") ?? Number.NaN);
  if (!(seconds > 0 && seconds < LONGEST_TIMEOUT_SECONDS)) return await scrape(undefined);
  const withinMs = Math.max(seconds * 1000 - MARGIN_MS, seconds * 900);
  const { promise: timeUp, resolve } = Promise.withResolvers<ScrapeAnswer>();
  const message = `the view was not ready within the scrape's timeout of ${seconds} s`;
  const timer = setTimeout(() => resolve({ ok: false, code: "late", message }), withinMs);
  try {
    return await Promise.race([scrape(Date.now() + withinMs), timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
