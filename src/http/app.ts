import { Hono } from "hono";
import type { Handler } from "hono";
import type { View } from "../core/view/create-part.ts";
import { deleteGroupsHandler, wipeHandler } from "./api/admin.ts";
import { preflight } from "./api/cors.ts";
import { metricsHandler } from "./api/metrics.ts";
import type { About } from "./api/status.ts";
import { statusHandler } from "./api/status.ts";
import { NOT_ENABLED, NOT_FOUND, plainError } from "./errors.ts";
import { explainHandler } from "./explain.ts";
import { healthyHandler, readyHandler } from "./health.ts";
import { undoHandler } from "./outputs.ts";
import { groupsPageHandler, staticHandler, statusPageHandler } from "./pages.ts";
import { only } from "./permissions.ts";
import { deleteHandler, pushHandler, refusingLostBodies } from "./push.ts";
import { quitHandler, refuseToQuit } from "./quit.ts";
import { likelyPath } from "./redirect.ts";
import type { Body, Platform, Relay } from "./relay.ts";
import type { Reload } from "./reload.ts";
import { reloadHandler } from "./reload.ts";
import { scrapeHandler } from "./scrape.ts";
import { pathOf, queryOf } from "./target.ts";

export interface AppOptions {
  /** Empty, or with a leading and without a trailing slash. */
  readonly routePrefix: string;
  /** Where scrapes go, below the prefix. */
  readonly telemetryPath: string;
  readonly view: View;
  /** Whether scrapes may have OpenMetrics. */
  readonly openMetrics: boolean;
  /** Whether label names in the path may be any UTF-8, and escaped. */
  readonly utf8Names: boolean;
  /** What the links of pages begin with: the path as it is seen from outside, or a dot for where the page is. */
  readonly linkBase: string;
  readonly about: About;
  /** Whether pushes are answered 202, whatever others push. */
  readonly uncheckedPushes: boolean;
  /** Whether requests may delete what many have pushed. */
  readonly adminApi: boolean;
  /** Ends the process. Undefined where requests may not do that. */
  readonly quit?: (() => void) | undefined;
  /** Undefined where requests may not do that. */
  readonly reload?: Reload | undefined;
  /** Told of every answer to a request of a known resource, with what the platform knows of the request. */
  readonly onAnswer?: (answer: Answer, env: unknown) => void;
  /** Told of what no answer can tell a client. */
  readonly onBug?: (error: Error) => void;
}

/** One answer, by a closed set of labels. Where a Pushgateway has the same resource, by its name for it. */
export interface Answer {
  readonly handler:
    | "push"
    | "delete"
    | "scrape"
    | "healthy"
    | "ready"
    | "reload"
    | "quit"
    | "explain"
    | "outputs"
    | "status"
    | "static"
    | "wipe"
    | "groups"
    | "api/v1/status"
    | "api/v1/metrics"
    | "api/v1/options";
  readonly method: string;
  readonly status: number;
  /** From the request until its answer began. */
  readonly seconds: number;
}

/** Every route of the relay. What none of them takes is answered as a Pushgateway's router does. */
export function createApp<B extends Body>(relay: Relay<B>, platform: Platform<B>, options: AppOptions): Hono {
  const prefix = options.routePrefix;
  const metrics = `${prefix}/metrics`;
  const app = new Hono({
    // Label values stand in the path, so it is routed as it was sent.
    getPath: (request, given) => pathOf(platform.target(given?.env, request)),
  });

  const { linkBase, adminApi } = options;
  const reading = (name: Answer["handler"], handler: Handler): Handler =>
    told(name, only("read", handler, platform.permissions), options);
  const administering = (name: Answer["handler"], handler: Handler): Handler =>
    told(name, only("admin", handler, platform.permissions), options);
  const known: string[] = [];
  const route = (path: string, methods: Readonly<Record<string, Handler>>): void => {
    known.push(path);
    addRoute(app, path, methods);
  };

  // Before the routes below, whose wildcard takes it too. Below `/job/` an empty job has an error of its own.
  for (const path of [`${metrics}/job`, `${metrics}/job@base64/`]) {
    app.all(path, (c) => plainError(c, 404, NOT_FOUND));
  }
  const paths = { metrics, utf8Names: options.utf8Names };
  const push = told("push", pushHandler(relay, platform, paths, options.uncheckedPushes), options);
  const remove = told("delete", refusingLostBodies(deleteHandler(relay, platform, paths)), options);
  const pushPaths = [`${metrics}/job/`, `${metrics}/job@base64/`];
  for (const path of pushPaths) addRoute(app, `${path}*`, { DELETE: remove, POST: push, PUT: push });
  route(prefix + options.telemetryPath, {
    GET: reading("scrape", refusingLostBodies(scrapeHandler(relay, platform, options))),
  });

  route(`${prefix}/-/healthy`, { GET: told("healthy", healthyHandler(relay), options) });
  route(`${prefix}/-/ready`, { GET: told("ready", readyHandler(relay), options) });
  const reload = administering("reload", reloadHandler(options.reload));
  route(`${prefix}/-/reload`, { POST: reload, PUT: reload });
  const quit = administering("quit", quitHandler(options.quit));
  if (prefix !== "") addRoute(app, "/-/quit", { GET: refuseToQuit });
  route(`${prefix}/-/quit`, { ...(prefix === "" ? { GET: refuseToQuit } : {}), POST: quit, PUT: quit });

  app.options(`${prefix}/api/v1/*`, told("api/v1/options", preflight, options));
  route(`${prefix}/api/v1/status`, {
    GET: reading("api/v1/status", statusHandler(options.about, relay)),
  });
  route(`${prefix}/api/v1/metrics`, { GET: reading("api/v1/metrics", metricsHandler(relay)) });
  route(`${prefix}/api/v1/explain`, { GET: reading("explain", explainHandler(relay)) });
  const undo = administering("outputs", undoHandler(relay, adminApi));
  route(`${prefix}/api/v1/outputs`, { DELETE: undo });
  route(`${prefix}/api/v1/groups`, {
    DELETE: administering("groups", deleteGroupsHandler(relay, adminApi)),
  });
  const wiping = `${prefix}/api/v1/admin/wipe`;
  if (adminApi) route(wiping, { PUT: administering("wipe", wipeHandler(relay)) });
  else app.all(wiping, (c) => plainError(c, 404, NOT_ENABLED));

  route(`${prefix}/`, {
    GET: reading("status", groupsPageHandler(relay, { base: linkBase, adminApi })),
  });
  route(`${prefix}/status`, { GET: reading("status", statusPageHandler(linkBase, options.about)) });
  const sendStatic = staticHandler((c) => platform.target(c.env, c.req.raw));
  addRoute(app, `${prefix}/static/*`, { GET: reading("static", sendStatic) });

  app.notFound((c) => {
    const target = platform.target(c.env, c.req.raw);
    const path = pathOf(target);
    const likely = likelyPath(path, known, pushPaths);
    // A client that pushes and does not follow has at least stored nothing in a wrong group.
    if (likely !== undefined && likely !== path) {
      return c.redirect(likely + queryOf(target), c.req.raw.method === "GET" ? 301 : 307);
    }
    const hint = PUSHES.has(c.req.method) ? `: push to ${metrics}/job/<job>{/<label>/<value>}` : "";
    return plainError(c, 404, NOT_FOUND + hint);
  });
  app.onError((error, c) => {
    options.onBug?.(error);
    return plainError(c, 500, `the relay has a bug, its log says more: ${error.message}`);
  });
  return app;
}

const PUSHES: ReadonlySet<string> = new Set(["PUT", "POST", "DELETE"]);

/** The handler, with an ear to what it answers. */
function told(name: Answer["handler"], handler: Handler, { onAnswer }: AppOptions): Handler {
  if (onAnswer === undefined) return handler;
  return async (c, next) => {
    let status = 500;
    const startMs = performance.now();
    try {
      const response = await handler(c, next);
      if (response instanceof Response) ({ status } = response);
      return response;
    } finally {
      const seconds = (performance.now() - startMs) / 1_000;
      onAnswer({ handler: name, method: c.req.method, status, seconds }, c.env);
    }
  };
}

/** One resource with its methods. Others get 405, HEAD among them: no Pushgateway takes it for a GET. */
function addRoute(app: Hono, path: string, methods: Readonly<Record<string, Handler>>): void {
  const allow = [...Object.keys(methods), "OPTIONS"].toSorted().join(", ");
  app.all(path, (c, next) => {
    // Hono would answer HEAD by the handler of GET; its own record of the method is GET then.
    const handler = methods[c.req.raw.method];
    if (handler !== undefined) return handler(c, next);
    if (c.req.raw.method === "OPTIONS") return c.body(null, 200, { Allow: allow, "Content-Length": "0" });
    return plainError(c, 405, "Method Not Allowed", { Allow: allow });
  });
}
