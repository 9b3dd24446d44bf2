import { createFamilyRegistry } from "../core/coordinator/family-registry.ts";
import { createApp } from "../http/app.ts";
import type { Platform } from "../http/relay.ts";
import { about } from "./about.ts";
import { createAnswerRequest, nodeEnv } from "./answer-requests.ts";
import type { PooledBody } from "./body-pool.ts";
import { createBodyPool } from "./body-pool.ts";
import { version } from "./cli/version.ts";
import type { Config } from "./config/config.ts";
import type { ReadConfig } from "./config/read-config.ts";
import type { Closable, ListenPlace } from "./listen.ts";
import { createGarbageCollection } from "./garbage.ts";
import { createIntake } from "./limits/intake.ts";
import { createServerBounds } from "./limits/server-bounds.ts";
import { addressOf, close, listen } from "./listen.ts";
import type { Logger } from "./logging.ts";
import type { NodeRelay } from "./node-relay.ts";
import { createNodeRelay } from "./node-relay.ts";
import { createObservedClock } from "./observed-clock.ts";
import { createOwnMetrics } from "./own-metrics/own-metrics.ts";
import { createPushgatewayMetrics } from "./pushgateway-metrics.ts";
import { createSentViews } from "./send-view.ts";
import { settingsOf } from "./settings-of.ts";
import { createConfigReload } from "./reload-config.ts";
import { PARTITIONS } from "./shard-threads.ts";
import { startThreads, type StartingThreads } from "./starting-threads.ts";
import { systemdSockets } from "./systemd-sockets.ts";
import { createTee, type Tee, type TeeDeps } from "./tee/tee.ts";
import { createForwarding } from "./forwarding/forwarding.ts";
import { forwardFamilies } from "../platform/forward/forward-families.ts";
import type { FileWatch } from "./watch-file.ts";
import { watchFile } from "./watch-file.ts";
import { openWeb } from "./web-config/web.ts";
import { gzipStream, zstdStream } from "../platform/compressing.ts";

const TICK_MS = 1_000;
const HOUSEKEEPING_MS = 60_000;

export interface RunningRelay {
  /** `host:port` of each listener, as the system gave it. */
  readonly addresses: readonly string[];
  /** Whether they speak TLS. */
  readonly isSecure: boolean;
  /** Reads the configuration file again. What is wrong with it is logged. */
  reload(cause: string): Promise<readonly string[]>;
  /** Settles when a request has asked for the end of the process. */
  readonly quitAsked: Promise<void>;
  /** Finishes what is in flight and lets go of everything. */
  stop(): Promise<void>;
}

/**
 * Starts the relay: its threads, its clock, its listeners. Rejects with Node's own error where it cannot listen,
 * with a `StorageError` where it cannot use the folder that it is to store in.
 * `read` reads the configuration again; `starting` are the threads, where they have been started before;
 * `monotonicMs` is what the time of silence is measured by.
 */
export async function serve(
  config: Config,
  log: Logger,
  read: () => ReadConfig = () => ({ kind: "config", config, warnings: [] }),
  starting: StartingThreads = startThreads(config),
  monotonicMs: () => number = () => performance.now(),
): Promise<RunningRelay> {
  const pool = createBodyPool(config);
  const own = createOwnMetrics({
    version,
    inflightBytes: () => pool.inflightBytes(),
    isReady: () => {
      const { unready, unhealthy } = relay.health();
      return (unready ?? unhealthy) === undefined;
    },
    storage: config.storageFolder === "" ? undefined : () => shards.storage(),
    hasConfigFile: config.configFile !== "",
    hasWebConfigFile: config.webConfigFile !== "",
    teeBytes: config.teeUrl === "" ? undefined : () => tee?.bytes() ?? 0,
    mostSources: mostSourcesOf(config),
  });
  const pushgateway = createPushgatewayMetrics(version);
  own.noteReload(true);
  const onRefused = (method: string, code: number): void =>
    own.requests.inc({ handler: "refused", method, code });
  const web = await openWeb({
    config,
    bounds: createServerBounds({ limits: config, onRefused, onEvicted: () => own.evictedConnections.inc() }),
    log,
    onReload: own.noteWebReload,
    onRefused,
  }).catch(async (error: unknown) => {
    await starting.giveUp();
    throw error;
  });
  const shards = await starting.started.catch(async (error: unknown) => {
    await web.close();
    throw error;
  });
  starting.tell({
    onResult: (thread, result) => relay.onResult(thread, result),
    onRestart(thread, cause, loaded) {
      own.threadRestarts.inc();
      relay.onRestart(thread, cause, loaded);
    },
  });
  const intake = createIntake({ bounds: config, pool, threads: shards.threads, partitions: PARTITIONS });
  const clock = createObservedClock(monotonicMs, shards.committedMs);
  const relay: NodeRelay = createNodeRelay({
    threads: shards.threads,
    partitions: PARTITIONS,
    registry: createFamilyRegistry([...own.families, ...pushgateway.families, ...forwardFamilies]),
    bodies: intake,
    clock,
    wallMs: () => performance.timeOrigin + performance.now(),
    lingerMs: config.rollupLingerMs,
    log,
    keeps: config.storageFolder !== "",
    ownFamilies: async (statuses, refused) => [
      ...(await own.render(statuses, refused)),
      ...(await pushgateway.render()),
      ...(forwarding?.families() ?? []),
    ],
    mostSources: mostSourcesOf(config),
    onBody: (bytes) => own.pushBytes.observe(bytes),
    onScrape: own.noteScrape,
    onCollisions: (metrics) => own.nameCollisions.inc(metrics),
  });
  const tee = teeOf(config, log, own.noteTee);
  const forwarding =
    config.forwardUrl === "" ? undefined : createForwarding(config, () => relay.familiesToForward(), log);
  const sentViews = createSentViews((error) =>
    log.warn("a view broke off while it was sent", { error: String(error) }),
  );
  const platform: Platform<PooledBody> = {
    target: (env) => nodeEnv(env).incoming.url ?? "/",
    receive(env, _request, key) {
      const { incoming } = nodeEnv(env);
      // Before the listeners of the relay: they free what they have read.
      tee?.follow(incoming);
      return intake.receive(incoming, key);
    },
    permissions: (env) => web.permissionsOf(nodeEnv(env).incoming),
    admit: forwarding?.admit,
    sendView: (env, pieces) => sentViews.take(nodeEnv(env).outgoing, pieces),
    gzip: gzipStream,
    zstd: zstdStream,
  };
  const reload = createConfigReload({
    config,
    read,
    apply(changed) {
      web.permit(changed.permissions);
      const settings = settingsOf(changed);
      starting.configure(settings);
      return relay.configure(settings);
    },
    onOutcome: own.noteReload,
    log,
  });
  const quit = Promise.withResolvers<void>();
  const app = createApp(relay, platform, {
    ...config,
    linkBase: linkBaseOf(config),
    about: about(config, Date.now()),
    quit: config.lifecycle ? quit.resolve : undefined,
    reload: config.lifecycle ? () => reload("a request") : undefined,
    onAnswer(answer, env) {
      const { handler, method, status, seconds } = answer;
      own.requests.inc({ handler, method, code: status });
      pushgateway.noteAnswer(answer, nodeEnv(env).incoming);
      if (handler === "push") own.pushSeconds.observe(seconds);
      if (handler === "delete" && status === 202) tee?.copy(nodeEnv(env).incoming);
    },
    onBug: (error) => log.error("a bug in the relay", { error: error.stack ?? error.message }),
  });
  let isStopping = false;
  const answerRequest = createAnswerRequest(app, sentViews, () => isStopping);
  const servers: Closable[] = [];
  const watching = await watchConfig(config, log, () => void reload("a change of the file"));
  async function stop(): Promise<void> {
    isStopping = true;
    watching?.close();
    relay.drain();
    await Promise.all(servers.map(close));
    tee?.close();
    await forwarding?.stop();
    await web.close();
    await shards.close(clock.nowMs());
  }
  try {
    for (const place of placesOf(config)) {
      const started = web.createServer((incoming, outgoing) => void answerRequest(incoming, outgoing));
      await listen(started.server, place);
      servers.push(started);
    }
  } catch (error) {
    await stop();
    throw error;
  }

  forwarding?.start();
  relay.tick();
  const ticking = setInterval(() => relay.tick(), TICK_MS);
  const collectGarbage = createGarbageCollection();
  const keeping = setInterval(() => {
    pool.trim();
    collectGarbage();
    for (const thread of shards.threads) void thread.ask({ kind: "collect-garbage" }).catch(() => {});
    relay
      .forgetIdleOutputs()
      .catch((error: unknown) => log.warn("could not look for idle outputs", { error: String(error) }));
  }, HOUSEKEEPING_MS);

  return {
    addresses: servers.map(({ server }) => addressOf(server)),
    isSecure: web.isSecure,
    reload,
    quitAsked: quit.promise,
    stop() {
      clearInterval(ticking);
      clearInterval(keeping);
      return stop();
    },
  };
}

function placesOf({ systemdSocket, listenAddresses }: Config): readonly ListenPlace[] {
  return systemdSocket ? systemdSockets(process.env, process.pid).map((fd) => ({ fd })) : listenAddresses;
}

/** Where nobody says how the relay is reached, links begin at the page: a proxy may stand before its path, or a secret. */
function linkBaseOf({ externalUrl, pathToken, pathTokenFile }: Config): string {
  if (externalUrl === "" || pathToken !== "" || pathTokenFile !== "") return ".";
  return new URL(externalUrl, "http://relay").pathname.replace(/\/+$/, "");
}

function teeOf(
  { teeUrl, routePrefix, maxBodyBytes }: Config,
  log: Logger,
  onOutcome: TeeDeps["onOutcome"],
): Tee | undefined {
  return teeUrl === ""
    ? undefined
    : createTee({ url: new URL(teeUrl), routePrefix, maxBodyBytes, log, onOutcome });
}

/** So many series of the relay's own are nobody's trouble. */
function mostSourcesOf({ allSources }: Config): number {
  return allSources ? Number.POSITIVE_INFINITY : 1_000;
}

/** Where a folder cannot be watched, a signal and a request still do. */
async function watchConfig(
  { configFile }: Config,
  log: Logger,
  onChange: () => void,
): Promise<FileWatch | undefined> {
  if (configFile === "") return undefined;
  const warn = (error: unknown): void =>
    log.warn("changes of the configuration file go unnoticed", { file: configFile, error: String(error) });
  try {
    return await watchFile(configFile, onChange, warn);
  } catch (error) {
    warn(error);
    return undefined;
  }
}
