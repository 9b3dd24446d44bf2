import { Hono } from "hono";
import type { Handler } from "hono";
import type { View } from "../core/view/create-part.ts";
import { plainError } from "./errors.ts";
import { explainHandler } from "./explain.ts";
import { healthyHandler, readyHandler } from "./health.ts";
import { undoHandler } from "./outputs.ts";
import { deleteHandler, pushHandler } from "./push.ts";
import type { Body, Platform, Relay } from "./relay.ts";
import type { Reload } from "./reload.ts";
import { reloadHandler } from "./reload.ts";
import { scrapeHandler } from "./scrape.ts";
import { pathOf } from "./target.ts";

export interface AppOptions {
  /** Empty, or with a leading and without a trailing slash. */
  readonly routePrefix: string;
  /** Where scrapes go, below the prefix. */
  readonly telemetryPath: string;
  readonly view: View;
  /** Whether requests may undo what has been counted. */
  readonly adminApi: boolean;
  /** Undefined where requests may not do that. */
  readonly reload?: Reload | undefined;
  /** Told of every answer to a request of a known resource. */
  readonly onAnswer?: (answer: Answer) => void;
  /** Told of what no answer can tell a client. */
  readonly onBug?: (error: Error) => void;
}

/** One answer, by a closed set of labels. */
export interface Answer {
  readonly handler: "push" | "delete" | "scrape" | "healthy" | "ready" | "reload" | "explain" | "outputs";
  readonly method: string;
  readonly status: number;
}

/** Every route of the relay. What none of them takes is answered as a Pushgateway's router does. */
export function createApp<B extends Body>(relay: Relay<B>, platform: Platform<B>, options: AppOptions): Hono {
  const prefix = options.routePrefix;
  const metrics = `${prefix}/metrics`;
  const app = new Hono({
    // Label values stand in the path, so it is routed as it was sent.
    getPath: (request, given) => pathOf(platform.target(given?.env, request)),
  });

  // Before the routes below, whose wildcard takes it too. Below `/job/` an empty job has an error of its own.
  app.all(`${metrics}/job`, (c) => plainError(c, 404, NOT_FOUND));
  const push = told("push", pushHandler(relay, platform, metrics), options);
  const remove = told("delete", deleteHandler(relay, platform, metrics), options);
  for (const path of [`${metrics}/job/*`, `${metrics}/job@base64/*`]) {
    route(app, path, { DELETE: remove, POST: push, PUT: push });
  }
  const scrape = told("scrape", scrapeHandler(relay, options.view), options);
  route(app, prefix + options.telemetryPath, { GET: scrape });
  route(app, `${prefix}/-/healthy`, { GET: told("healthy", healthyHandler(relay), options) });
  route(app, `${prefix}/-/ready`, { GET: told("ready", readyHandler(relay), options) });
  route(app, `${prefix}/api/v1/explain`, { GET: told("explain", explainHandler(relay), options) });
  const undo = told("outputs", undoHandler(relay, options.adminApi), options);
  route(app, `${prefix}/api/v1/outputs`, { DELETE: undo });
  const reload = told("reload", reloadHandler(options.reload), options);
  route(app, `${prefix}/-/reload`, { POST: reload, PUT: reload });

  app.notFound((c) => {
    const hint = PUSHES.has(c.req.method) ? `: push to ${metrics}/job/<job>{/<label>/<value>}` : "";
    return plainError(c, 404, NOT_FOUND + hint);
  });
  app.onError((error, c) => {
    options.onBug?.(error);
    return plainError(c, 500, `the relay has a bug, its log says more: ${error.message}`);
  });
  return app;
}

const NOT_FOUND = "404 page not found";
const PUSHES: ReadonlySet<string> = new Set(["PUT", "POST", "DELETE"]);

/** The handler, with an ear to what it answers. */
function told(name: Answer["handler"], handler: Handler, { onAnswer }: AppOptions): Handler {
  if (onAnswer === undefined) return handler;
  return async (c, next) => {
    let status = 500;
    try {
      const response = await handler(c, next);
      if (response instanceof Response) ({ status } = response);
      return response;
    } finally {
      onAnswer({ handler: name, method: c.req.method, status });
    }
  };
}

/** One resource with its methods. Others get 405, HEAD among them: no Pushgateway takes it for a GET. */
function route(app: Hono, path: string, methods: Readonly<Record<string, Handler>>): void {
  const allow = [...Object.keys(methods), "OPTIONS"].toSorted().join(", ");
  app.all(path, (c, next) => {
    // Hono would answer HEAD by the handler of GET; its own record of the method is GET then.
    const handler = methods[c.req.raw.method];
    if (handler !== undefined) return handler(c, next);
    if (c.req.raw.method === "OPTIONS") return c.body(null, 200, { Allow: allow, "Content-Length": "0" });
    return plainError(c, 405, "Method Not Allowed", { Allow: allow });
  });
}
