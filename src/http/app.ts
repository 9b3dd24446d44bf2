import { Hono } from "hono";
import type { Handler } from "hono";
import type { View } from "../core/view/create-part.ts";
import { plainError } from "./errors.ts";
import { healthyHandler, readyHandler } from "./health.ts";
import { deleteHandler, pushHandler } from "./push.ts";
import type { Body, Platform, Relay } from "./relay.ts";
import { scrapeHandler } from "./scrape.ts";
import { pathOf } from "./target.ts";

export interface AppOptions {
  /** Empty, or with a leading and without a trailing slash. */
  readonly routePrefix: string;
  /** Where scrapes go, below the prefix. */
  readonly telemetryPath: string;
  readonly view: View;
}

/** Every route of the relay. What none of them takes is answered as a Pushgateway's router does. */
export function createApp<B extends Body, E extends object>(
  relay: Relay<B>,
  platform: Platform<B, E>,
  options: AppOptions,
): Hono<{ Bindings: E }> {
  const prefix = options.routePrefix;
  const metrics = `${prefix}/metrics`;
  const app = new Hono<{ Bindings: E }>({
    // Label values stand in the path, so it is routed as it was sent.
    getPath: (request, given) => pathOf(platform.target(given?.env as E | undefined, request)),
  });

  for (const path of [`${metrics}/job/*`, `${metrics}/job@base64/*`]) {
    route(app, path, {
      DELETE: deleteHandler(relay, platform, metrics),
      POST: pushHandler(relay, platform, metrics),
      PUT: pushHandler(relay, platform, metrics),
    });
  }
  route(app, prefix + options.telemetryPath, { GET: scrapeHandler(relay, options.view) });
  route(app, `${prefix}/-/healthy`, { GET: healthyHandler(relay) });
  route(app, `${prefix}/-/ready`, { GET: readyHandler(relay) });

  app.all(`${metrics}/job`, (c) => plainError(c, 404, NOT_FOUND));
  app.notFound((c) => {
    const hint = PUSHES.has(c.req.method) ? `: push to ${metrics}/job/<job>{/<label>/<value>}` : "";
    return plainError(c, 404, NOT_FOUND + hint);
  });
  app.onError((error, c) => {
    console.error(error);
    return plainError(c, 500, `the relay has a bug, its log says more: ${error.message}`);
  });
  return app;
}

const NOT_FOUND = "404 page not found";
const PUSHES: ReadonlySet<string> = new Set(["PUT", "POST", "DELETE"]);

/** One resource with its methods. Others get 405, HEAD among them: no Pushgateway takes it for a GET. */
function route<E extends object>(
  app: Hono<{ Bindings: E }>,
  path: string,
  methods: Readonly<Record<string, Handler<{ Bindings: E }>>>,
): void {
  const allow = [...Object.keys(methods), "OPTIONS"].toSorted().join(", ");
  app.all(path, (c, next) => {
    // Hono would answer HEAD by the handler of GET; its own record of the method is GET then.
    const handler = methods[c.req.raw.method];
    if (handler !== undefined) return handler(c, next);
    if (c.req.raw.method === "OPTIONS") return c.body(null, 200, { Allow: allow, "Content-Length": "0" });
    return plainError(c, 405, "Method Not Allowed", { Allow: allow });
  });
}
