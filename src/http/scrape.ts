import type { Handler } from "hono";
import type { View } from "../core/view/create-part.ts";
import { acceptsGzip } from "./accept-encoding.ts";
import { plainError } from "./errors.ts";
import type { Body, Relay } from "./relay.ts";

/** What a Pushgateway answers to a client that asks for nothing in particular. */
const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";

/** GET on the telemetry path: a view as text format 0.0.4. `?view=` chooses another than the operator did. */
export function scrapeHandler<B extends Body>(relay: Relay<B>, defaultView: View): Handler {
  return async function scrape(c) {
    const asked = c.req.query("view") ?? defaultView;
    if (asked !== "merged" && asked !== "raw") {
      return plainError(
        c,
        400,
        `there is no view ${JSON.stringify(asked.slice(0, 40))}: ask for merged or raw`,
      );
    }
    const text = streamOf(await relay.scrape(asked));
    const headers = { "Content-Type": CONTENT_TYPE };
    if (!acceptsGzip(c.req.header("Accept-Encoding"))) return new Response(text, { headers });
    const compressed = text.pipeThrough(new CompressionStream("gzip"));
    return new Response(compressed, { headers: { ...headers, "Content-Encoding": "gzip" } });
  };
}

/** Pulled piece by piece, so that a slow scraper holds no more than one of them in a socket's buffer. */
function streamOf(pieces: Iterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = pieces[Symbol.iterator]();
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const next = iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(new Uint8Array(next.value));
    },
  });
}
