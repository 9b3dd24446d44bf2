import type { Hono } from "hono";
import { createApp } from "../http/app.ts";
import type { Platform } from "../http/relay.ts";
import { optionsOf } from "../platform/config/option.ts";
import { gzipStream, zstdStream } from "../platform/compressing.ts";
import { checkAccess } from "./access.ts";
import { configText } from "./config-text.ts";
import { createEdgeRelay } from "./edge-relay.ts";
import type { Env } from "./env.ts";
import { partitionStub, registryStub } from "./env.ts";
import type { EdgeConfig } from "./options.ts";
import { edgeOptions } from "./options.ts";
import type { ReadEnv } from "./read-env.ts";
import { readEnv } from "./read-env.ts";
import { version } from "./version.ts";

/** What is made of the variables of a Worker, which never change in its life. */
type Served = (Extract<ReadEnv, { ok: true }> & { readonly app: Hono }) | Extract<ReadEnv, { ok: false }>;

const made = new WeakMap<Env, Served>();

/** Answers a request to the site. */
export async function serveRequest(request: Request, env: Env): Promise<Response> {
  const served = servedBy(env);
  if (!served.ok) return new Response(`the site is set up wrongly: ${served.message}\n`, { status: 500 });
  const access = await checkAccess(request, served.config);
  if (!access.ok) return access.response;
  const response = await served.app.fetch(passedOn(request, access.url), env);
  return response.headers.has("Content-Encoding") ? asItIs(response) : response;
}

/** Whatever a client takes, the platform's request names gzip and br: what it does take stands beside it. */
function passedOn(
  request: Request & { readonly cf?: { readonly clientAcceptEncoding?: unknown } },
  url: string,
): Request {
  const taken = request.cf?.clientAcceptEncoding;
  if (typeof taken !== "string") return url === request.url ? request : new Request(url, request);
  const passed = new Request(url, request);
  passed.headers.set("Accept-Encoding", taken);
  return passed;
}

/** The platform would compress once more what says that it is compressed. */
function asItIs({ body, status, headers }: Response): Response {
  const init: ResponseInit & { readonly encodeBody: "manual" } = { status, headers, encodeBody: "manual" };
  return new Response(body, init);
}

function servedBy(env: Env): Served {
  let served = made.get(env);
  if (served === undefined) {
    const read = readEnv(env, configText);
    served = read.ok ? { ...read, app: appFor(env, read.config) } : read;
    made.set(env, served);
  }
  return served;
}

function appFor(env: Env, config: EdgeConfig): Hono {
  const relay = createEdgeRelay({
    partitions: config.partitions,
    lingerMs: config.rollupLingerMs,
    mostSources: config.allSources ? Number.POSITIVE_INFINITY : 1_000,
    partition: (number) => partitionStub(env, number),
    registry: () => registryStub(env),
  });
  const platform: Platform<Request> = {
    // The platform has resolved dot segments before anybody sees the request.
    target: (_env, request) => request.url,
    // Its partition reads the body.
    receive: (_env, request) => Promise.resolve({ ok: true, body: request }),
    admit:
      config.forwardUrl === "" ? undefined : (sender) => registryStub(env).admit(config.partitions, sender),
    gzip: gzipStream,
    zstd: zstdStream,
  };
  return createApp(relay, platform, {
    ...config,
    routePrefix: "",
    telemetryPath: "/metrics",
    linkBase: ".",
    about: aboutSite(config),
    // Who has no token for it has not come so far.
    adminApi: config.open || config.adminToken !== "",
    onBug: (error) => console.error("a bug in the relay", error.stack ?? error.message),
  });
}

function aboutSite(config: EdgeConfig): Parameters<typeof createApp>[2]["about"] {
  const values = new Map<string, unknown>(Object.entries(config));
  const flags = optionsOf(edgeOptions).map(([name, { flag, kind }]) => [
    flag.slice(2),
    kind.render(values.get(name)),
  ]);
  return {
    build: { branch: "", buildDate: "", buildUser: "", goVersion: "workerd", revision: "", version },
    flags: Object.fromEntries(flags),
    // A site has no start: isolates come and go.
    startTime: new Date(0).toISOString(),
  };
}
