import type { Context, Handler } from "hono";
import type { View } from "../core/view/create-part.ts";
import type { Coding } from "./accept-encoding.ts";
import { chooseCoding } from "./accept-encoding.ts";
import { negotiate } from "./accept.ts";
import { NO_SNIFFING, plainError } from "./errors.ts";
import type { Body, Platform, Relay, ScrapeAnswer, ScrapeRequest } from "./relay.ts";
import { inTime } from "./scrape-timeout.ts";
import { streamOf } from "./stream-of.ts";

interface ScrapeOptions {
  /** The view of a scrape that asks for none. */
  readonly view: View;
  readonly openMetrics: boolean;
}

/** GET on the telemetry path: a view in the format that the scraper likes best. `?view=` chooses another than the operator did; `name[]`, `match[]` and `job` a part of it, `partition` what one of the partitions holds. */
export function scrapeHandler<B extends Body>(
  relay: Relay<B>,
  platform: Platform<B>,
  options: ScrapeOptions,
): Handler {
  return async function scrape(c) {
    const partition = c.req.query("partition");
    if (partition !== undefined && !/^\d{1,6}$/.test(partition)) {
      return plainError(
        c,
        400,
        `there is no partition ${JSON.stringify(partition.slice(0, 40))}: they are numbers`,
      );
    }
    const asked = c.req.query("view") ?? options.view;
    if (asked !== "merged" && asked !== "raw") {
      return plainError(
        c,
        400,
        `there is no view ${JSON.stringify(asked.slice(0, 40))}: ask for merged or raw`,
      );
    }
    const { format, contentType } = negotiate(c.req.header("Accept"), options.openMetrics);
    const coding = chooseCoding(c.req.header("Accept-Encoding"));
    const answer = await inTime(c, (untilMs) => relay.scrape(asked, format, requestOf(c, untilMs, coding)));
    if (!answer.ok) return refuseScrape(c, answer);
    const { pieces } = answer;
    const compress = answer.coding === undefined ? compressorOf(platform, coding) : undefined;
    const headers = new Headers({ ...NO_SNIFFING, "Content-Type": contentType });
    if (coding !== undefined && (answer.coding ?? compress) !== undefined)
      headers.set("Content-Encoding", coding);
    if (compress !== undefined) return new Response(streamOf(pieces).pipeThrough(compress), { headers });
    if (platform.sendView === undefined) return new Response(streamOf(pieces), { headers });
    platform.sendView(c.env, pieces);
    return new Response(null, { headers });
  };
}

function compressorOf<B extends Body>(
  { gzip, zstd }: Platform<B>,
  coding: Coding | undefined,
): ReturnType<Platform<B>["gzip"]> | undefined {
  if (coding === undefined) return undefined;
  return coding === "gzip" ? gzip() : zstd?.();
}

function refuseScrape(c: Context, { code, message }: Exclude<ScrapeAnswer, { ok: true }>): Response {
  switch (code) {
    case "late":
      return plainError(
        c,
        503,
        `${message}: raise scrape_timeout, or ask for less by name[], match[] or job`,
      );
    case "out":
      return plainError(c, 503, message);
    case "bad_selector":
      return plainError(c, 400, `match[]: ${message}`);
    case "no_partition":
      return plainError(c, 400, message);
  }
}

function requestOf(c: Context, untilMs: number | undefined, coding: Coding | undefined): ScrapeRequest {
  const all = (name: string): string[] => (c.req.queries(name) ?? []).filter((text) => text !== "");
  const partition = c.req.query("partition");
  return {
    names: all("name[]"),
    jobs: all("job"),
    selectors: all("match[]"),
    partition: partition === undefined ? undefined : Number(partition),
    untilMs,
    coding,
  };
}
