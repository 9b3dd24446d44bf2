import type { Hono } from "hono";
import { createFamilyRegistry } from "../../src/core/coordinator/family-registry.ts";
import { TEXT } from "../../src/core/exposition/write/format.ts";
import type { Settings } from "../../src/core/partition/settings.ts";
import { createShard } from "../../src/core/shard/shard.ts";
import type { View } from "../../src/core/view/create-part.ts";
import { createRollupIndex } from "../../src/core/view/rollup-index.ts";
import type { PartitionStatus } from "../../src/core/view/part.ts";
import { createApp } from "../../src/http/app.ts";
import type { Platform, Received } from "../../src/http/relay.ts";
import type { BodyPool, PooledBody } from "../../src/node/body-pool.ts";
import { createBodyPool } from "../../src/node/body-pool.ts";
import { createLogger } from "../../src/node/logging.ts";
import type { NodeRelay } from "../../src/node/node-relay.ts";
import { createNodeRelay } from "../../src/node/node-relay.ts";
import { createObservedClock } from "../../src/node/observed-clock.ts";
import type { ScrapeDeps } from "../../src/node/scrape-threads.ts";
import { scrapeThreads } from "../../src/node/scrape-threads.ts";
import type { ShardThread } from "../../src/node/shard-thread.ts";
import { startShardThread } from "../../src/node/shard-thread.ts";
import type { ThreadTask } from "../../src/node/thread-handler.ts";
import type { StartThreadPool } from "../../src/node/thread-pool.ts";
import { createWasmKeeper } from "../../src/core/layout-text/wasm-keeper.ts";
import { loadLayoutTextModule } from "../../src/node/layout-text-module.ts";
import { nodeBytes } from "../../src/platform/bytes.ts";
import { gzipStream } from "../../src/platform/compressing.ts";
import { createPartsReceiver } from "../../src/platform/pack-parts.ts";
import { compileRegex } from "../../src/platform/promql/regex.ts";
import { defaultSettings, START_WALL_MS } from "../support/in-memory-relay.ts";
import type { Disk } from "./disk.ts";
import type { Action } from "./scheduler.ts";
import { settle } from "./scheduler.ts";
import type { SimulatedThread } from "./simulated-thread.ts";
import { createSimulatedThread } from "./simulated-thread.ts";

/** Of all relays: WebAssembly has no room for the memories of thousands. */
const texts = createWasmKeeper(loadLayoutTextModule(), nodeBytes);

const PARTITIONS = 4;
/** In the place of a status: the answer began and did not end. */
export const CUT_OFF = 0;

/** One life of the process: the routes, the coordinator and the threads as they are, on a disk that outlives them. */
export interface SimulatedRelay {
  /** The status of the answer; it never comes where the process ends before. */
  request(method: string, target: string, body?: Uint8Array): Promise<{ status: number; text: string }>;
  /** What its threads could do next. */
  actions(): Action[];
  readonly threads: readonly SimulatedThread[];
  readonly relay: NodeRelay;
  /** A view of what is committed, behind the scheduler's back. Undefined while a thread cannot tell. */
  peek(view: View): Promise<string | undefined>;
  peekStatuses(): readonly PartitionStatus[] | undefined;
  observedMs(): number;
  /** Of bodies that nobody has given back. */
  inflightBytes(): number;
}

export interface RelayOptions {
  readonly disk: Disk;
  readonly threads: number;
  readonly settings: Partial<Settings>;
  /** Never falls. */
  monotonicMs(this: void): number;
  /** For planted bugs. */
  readonly changePool?: (start: StartThreadPool) => StartThreadPool;
}

/** What the simulator's sockets know of a request. */
interface Env {
  readonly target: string;
  readonly body: Uint8Array;
}

/** Starts the process; nothing else happens meanwhile. */
export async function startSimulatedRelay(options: RelayOptions): Promise<SimulatedRelay> {
  const { disk, monotonicMs, changePool = (start) => start } = options;
  const settings = { ...defaultSettings, ...options.settings };
  const current: SimulatedThread[] = [];
  const pauses: (() => void)[] = [];
  const wallMs = (): number => START_WALL_MS + monotonicMs();

  const actions = (): Action[] => [
    ...current.flatMap((thread) => thread.actions()),
    ...pauses.map((resolve, i) => ({
      what: "a thread is tried again",
      weight: 2,
      do() {
        pauses.splice(i, 1);
        resolve();
      },
    })),
  ];

  function startOne(at: number): Promise<ShardThread> {
    const partitions = Array.from({ length: PARTITIONS }, (_, i) => i).filter(
      (partition) => partition % options.threads === at,
    );
    const start: StartThreadPool = (onDeath) => {
      const thread = createSimulatedThread(
        `thread ${at}`,
        () => createShard(partitions, disk.open(), nodeBytes, compileRegex, settings, texts, wallMs()),
        onDeath,
      );
      current[at] = thread;
      return thread;
    };
    return startShardThread(
      changePool(start),
      {
        onResult: (result) => relay.onResult(at, result),
        onRestart: (cause, loaded) => relay.onRestart(at, cause, loaded),
      },
      () =>
        new Promise((resolve) => {
          pauses.push(resolve);
        }),
    );
  }

  const starting = Promise.all(Array.from({ length: options.threads }, (_, at) => startOne(at)));
  for (let next = actions(); next.length > 0; next = actions()) {
    await next[0]?.do();
    await settle();
  }
  const threads = await starting;
  const clock = createObservedClock(monotonicMs, Math.max(...threads.map(({ loaded }) => loaded.observedMs)));
  const bodies = createBodyPool({ maxInflightBytes: 10_000_000, maxInflightRequests: 8 });
  const scrape: ScrapeDeps = {
    registry: createFamilyRegistry([]),
    lingerMs: 15 * 60_000,
    partitions: PARTITIONS,
    mostSources: 1_000,
    ownFamilies: async () => [],
    onScrape() {},
    onCollisions() {},
  };
  const relay: NodeRelay = createNodeRelay({
    ...scrape,
    threads,
    partitions: PARTITIONS,
    bodies,
    clock,
    wallMs,
    log: createLogger({ level: "error", format: "json", write() {} }),
    keeps: true,
    onBody() {},
  });
  const app = openApp(relay, bodies);
  /** Scrapes of the relay are numbered upwards. */
  let peeks = 0;
  relay.tick();

  /** Undefined while a thread cannot tell. */
  function ask(task: ThreadTask): unknown[] | undefined {
    const answers = current.map((thread) => thread.peek(task));
    return answers.includes(undefined) ? undefined : answers;
  }

  return {
    async request(method, target, body = new Uint8Array()) {
      const env: Env = { target, body };
      const response = await app.request(`http://relay${target}`, { method }, env);
      // A view is cut off where a thread dies that still has to tell a part of it.
      const text = await response.text().catch(() => undefined);
      return { status: text === undefined ? CUT_OFF : response.status, text: text ?? "" };
    },
    actions,
    threads: current,
    relay,
    async peek(view) {
      if (ask({ kind: "groups", observedMs: 0 }) === undefined) return undefined;
      peeks -= 1;
      // As many threads that answer at once.
      const peeked = current.map((thread) => ({
        ask: <T>(task: ThreadTask): Promise<T> => Promise.resolve(thread.peek(task) as T),
      })) as ShardThread[];
      const gather = <T>(each: (thread: ShardThread) => Promise<T>): Promise<T[]> =>
        Promise.all(peeked.map(each));
      const answer = await scrapeThreads(
        { gather, gatherParts: async (each) => (await gather(each)).flat() },
        { scrape: peeks, view, format: TEXT, observedMs: clock.nowMs(), asked: undefined },
        () => [],
        { received: createPartsReceiver(), index: createRollupIndex() },
        scrape,
      );
      if (!answer.ok) return undefined;
      const pieces: Uint8Array[] = [];
      for await (const piece of answer.pieces) pieces.push(Uint8Array.from(piece));
      return Buffer.concat(pieces).toString();
    },
    peekStatuses: () =>
      ask({ kind: "statuses", mostSources: 0 })?.flat() as readonly PartitionStatus[] | undefined,
    observedMs: () => clock.nowMs(),
    inflightBytes: () => bodies.inflightBytes(),
  };
}

function openApp(relay: NodeRelay, bodies: BodyPool): Hono {
  const platform: Platform<PooledBody> = {
    target: (env) => (env as Env).target,
    receive: async (env) => receive((env as Env).body, bodies),
    gzip: gzipStream,
  };
  return createApp(relay, platform, {
    routePrefix: "",
    telemetryPath: "/metrics",
    view: "merged",
    openMetrics: false,
    utf8Names: false,
    linkBase: ".",
    about: {} as Parameters<typeof createApp>[2]["about"],
    uncheckedPushes: false,
    adminApi: true,
  });
}

function receive(body: Uint8Array, bodies: BodyPool): Received<PooledBody> {
  const memory = bodies.take(body.length);
  if (typeof memory === "string")
    return { ok: false, code: "overloaded", message: `too much, see ${memory}` };
  const bytes = new Uint8Array(memory, 0, body.length);
  bytes.set(body);
  return { ok: true, body: { bytes, memory } };
}
