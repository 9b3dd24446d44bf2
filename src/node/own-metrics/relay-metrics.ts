import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { View } from "../../core/view/create-part.ts";
import type { FamilyText } from "../../core/view/own-families.ts";
import type { TeeOutcome } from "../tee/tee.ts";
import { createTeeMetrics } from "./tee-metrics.ts";
import type { StorageFacts } from "./storage-metrics.ts";
import { renderStorageFamilies, storageFamilies } from "./storage-metrics.ts";

/** What the process tells about itself, with closed sets of labels: prom-client keeps and renders it. */
export interface RelayMetrics {
  readonly requests: Counter<"handler" | "method" | "code">;
  readonly threadRestarts: Counter;
  readonly nameCollisions: Counter;
  readonly evictedConnections: Counter;
  /** Notes how reading the configuration file ended. */
  readonly noteReload: (succeeded: boolean) => void;
  /** The same for the web configuration file. */
  readonly noteWebReload: (succeeded: boolean) => void;
  readonly noteTee: (outcome: TeeOutcome, copies: number) => void;
  readonly pushSeconds: Histogram;
  readonly pushBytes: Histogram;
  noteScrape(view: View, seconds: number, bytes: number): void;
  readonly families: readonly { readonly name: string; readonly type: string; readonly help: string }[];
  render(): Promise<FamilyText[]>;
}

export interface RelayMetricsDeps {
  readonly version: string;
  inflightBytes(): number;
  /** What `/-/ready` answers. */
  isReady(): boolean;
  /** Undefined where all is kept in memory. */
  readonly storage: (() => Promise<StorageFacts | undefined>) | undefined;
  /** Whether there is a configuration file. */
  readonly hasConfigFile: boolean;
  /** Whether there is a web configuration file. */
  readonly hasWebConfigFile: boolean;
  /** What is held for copies; undefined where nothing is copied. */
  readonly teeBytes: (() => number) | undefined;
}

const PUSH_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SCRAPE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Each four times as large as the one before. */
const PUSH_BYTES = Array.from({ length: 8 }, (_, i) => 1024 * 4 ** i);
const SCRAPE_BYTES = Array.from({ length: 8 }, (_, i) => 65_536 * 4 ** i);

export function createRelayMetrics(deps: RelayMetricsDeps): RelayMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: "sluice_build_info",
    help: "The version of the relay and of the Node it runs on.",
    labelNames: ["version", "node"],
    registers,
  }).set({ version: deps.version, node: process.versions.node }, 1);
  const ready = new Gauge({
    name: "sluice_ready",
    help: "Whether pushes are taken, as /-/ready says. 0: the store or a thread is out, or the relay is stopping; the log says why.",
    registers,
    collect() {
      ready.set(deps.isReady() ? 1 : 0);
    },
  });
  const inflight = new Gauge({
    name: "sluice_inflight_body_bytes",
    help: "Memory held by bodies that are being received or wait for their thread; --limit.inflight-bytes bounds it.",
    registers,
    collect() {
      inflight.set(deps.inflightBytes());
    },
  });
  const requests = new Counter({
    name: "sluice_http_requests_total",
    help: "Requests by what they asked for and how they were answered. A code of 500 is a bug of the relay: look into its log.",
    labelNames: ["handler", "method", "code"],
    registers,
  });
  const threadRestarts = new Counter({
    name: "sluice_thread_restarts_total",
    help: "Threads that died and were started again. What they held is lost without storage: look into the log.",
    registers,
  });
  const evictedConnections = new Counter({
    name: "sluice_evicted_connections_total",
    help: "Connections that were closed though nothing was wrong with them, because there were more than --limit.connections.",
    registers,
  });
  const nameCollisions = new Counter({
    name: "sluice_scrape_name_collisions_total",
    help: "Series and families that scrapes have left out, because others had the same names once they were escaped for a client that cannot read UTF-8. Let it ask for escaping=allow-utf-8, or rename them.",
    registers,
  });
  const noteReload = deps.hasConfigFile
    ? createReloadMetrics(registers, "sluice_config", "--config.file")
    : () => {};
  const noteWebReload = deps.hasWebConfigFile
    ? createReloadMetrics(registers, "sluice_web_config", "--web.config.file")
    : () => {};
  const noteTee = deps.teeBytes === undefined ? () => {} : createTeeMetrics(registers, deps.teeBytes);
  const pushSeconds = new Histogram({
    name: "sluice_push_duration_seconds",
    help: "From the first byte of a push to its answer, refused ones among them; how slowly it was sent is in it. Flink gives up after ten seconds: if it grows, give more --threads or push less often.",
    buckets: PUSH_SECONDS,
    registers,
  });
  const pushBytes = new Histogram({
    name: "sluice_push_size_bytes",
    help: "Bodies that were received whole. --limit.body-bytes bounds them.",
    buckets: PUSH_BYTES,
    registers,
  });
  const scrapeSeconds = new Histogram({
    name: "sluice_scrape_duration_seconds",
    help: "From the request of a scrape until its last piece was taken; how slowly the scraper reads is in it. It must stay below the scrape_timeout.",
    labelNames: ["view"],
    buckets: SCRAPE_SECONDS,
    registers,
  });
  const scrapeBytes = new Histogram({
    name: "sluice_scrape_size_bytes",
    help: "The text of scrapes before it is compressed. It must stay below the body_size_limit of the scrape.",
    labelNames: ["view"],
    buckets: SCRAPE_BYTES,
    registers,
  });

  const families = registry.getMetricsAsArray();
  return {
    requests,
    threadRestarts,
    nameCollisions,
    evictedConnections,
    noteReload,
    noteWebReload,
    noteTee,
    pushSeconds,
    pushBytes,
    noteScrape(view, seconds, bytes) {
      scrapeSeconds.observe({ view }, seconds);
      scrapeBytes.observe({ view }, bytes);
    },
    families: [
      ...families.map(({ name, type, help }) => ({ name, type: String(type), help })),
      ...(deps.storage === undefined
        ? []
        : Object.entries(storageFamilies).map(([name, { type, help }]) => ({ name, type, help }))),
    ],
    async render() {
      const texts = await Promise.all(families.map(async ({ name }) => await fromPromClient(registry, name)));
      const facts = await deps.storage?.();
      return [
        ...texts.filter(({ text }) => text !== ""),
        ...(facts === undefined ? [] : renderStorageFamilies(facts)),
      ];
    },
  };
}

/** Prometheus has the same two about itself. */
function createReloadMetrics(
  registers: Registry[],
  prefix: string,
  flag: string,
): (succeeded: boolean) => void {
  const successful = new Gauge({
    name: `${prefix}_last_reload_successful`,
    help: `Whether ${flag} was taken when it was last read. 0: the one before it is in force; the log says what is wrong.`,
    registers,
  });
  const timestamp = new Gauge({
    name: `${prefix}_last_reload_success_timestamp_seconds`,
    help: `Unix time when ${flag} was last taken.`,
    registers,
  });
  return (succeeded) => {
    successful.set(succeeded ? 1 : 0);
    if (succeeded) timestamp.setToCurrentTime();
  };
}

async function fromPromClient(registry: Registry, name: string): Promise<FamilyText> {
  const lines = (await registry.getSingleMetricAsString(name)).split("\n");
  const [comments, samples] = [
    lines.filter((line) => line.startsWith("#")),
    lines.filter((line) => !line.startsWith("#")),
  ];
  return { name, header: toText(comments), text: toText(samples) };
}

function toText(lines: readonly string[]): string {
  return lines
    .filter((line) => line !== "")
    .map((line) => `${line}\n`)
    .join("");
}
