import { Counter, Gauge, Registry, collectDefaultMetrics } from "prom-client";
import { formatNumber } from "../core/exposition/format-number.ts";
import { renderLabels } from "../core/exposition/escape.ts";
import type { FamilyType } from "../core/exposition/parsed-body.ts";
import type { LayoutFamily } from "../core/partition/layout.ts";
import type { TallyName } from "../core/partition/tally.ts";
import type { FamilyText } from "../core/view/merge.ts";
import type { PartitionStatus, SourceCount } from "../core/view/part.ts";

/** The relay's metrics about itself. Those whose labels hold what users push are rendered here, the others by prom-client. */
export interface OwnMetrics {
  /** Names and types, which nobody else may push otherwise. */
  readonly families: readonly LayoutFamily[];
  readonly requests: Counter<"handler" | "method" | "code">;
  readonly threadRestarts: Counter;
  /** Notes how reading the configuration file ended. */
  readonly noteReload: (succeeded: boolean) => void;
  /** The same for the web configuration file. */
  readonly noteWebReload: (succeeded: boolean) => void;
  render(statuses: readonly PartitionStatus[]): Promise<FamilyText[]>;
}

export interface OwnMetricsDeps {
  readonly version: string;
  inflightBytes(): number;
  /** Whether there is a configuration file. */
  readonly hasConfigFile: boolean;
  /** Whether there is a web configuration file. */
  readonly hasWebConfigFile: boolean;
}

export function createOwnMetrics(deps: OwnMetricsDeps): OwnMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: "sluice_build_info",
    help: "The version of the relay and of the Node it runs on.",
    labelNames: ["version", "node"],
    registers,
  }).set({ version: deps.version, node: process.versions.node }, 1);
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
    help: "Requests by what they asked for and how they were answered.",
    labelNames: ["handler", "method", "code"],
    registers,
  });
  const threadRestarts = new Counter({
    name: "sluice_thread_restarts_total",
    help: "Threads that died and were started again. What they held is lost without storage: look into the log.",
    registers,
  });

  const noteReload = deps.hasConfigFile
    ? createReloadMetrics(registers, "sluice_config", "--config.file")
    : () => {};
  const noteWebReload = deps.hasWebConfigFile
    ? createReloadMetrics(registers, "sluice_web_config", "--web.config.file")
    : () => {};

  const own = registry.getMetricsAsArray();
  return {
    families: [
      ...own.map(({ name, type, help }) => ({ name, type: String(type) as FamilyType, help })),
      ...Object.entries(PUSHED).map(([name, { type, help }]) => ({ name, type, help })),
    ],
    requests,
    threadRestarts,
    noteReload,
    noteWebReload,
    async render(statuses) {
      const texts = await Promise.all(own.map(async ({ name }) => await fromPromClient(registry, name)));
      return [...texts.filter(({ text }) => text !== ""), ...renderPushed(statuses)];
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
  return { name, header: toText(comments), text: toText(samples), bulks: [] };
}

function toText(lines: readonly string[]): string {
  return lines
    .filter((line) => line !== "")
    .map((line) => `${line}\n`)
    .join("");
}

type PushedName =
  | TallyName
  | "sluice_frozen_sources"
  | "sluice_no_counter"
  | "sluice_sources"
  | "sluice_series"
  | "sluice_oldest_push_timestamp_seconds"
  | "sluice_flink_job_last_seen_seconds";

/** Families whose label values come from users. prom-client would take two series for one where a value holds a comma. */
const PUSHED: { readonly [N in PushedName]: { readonly type: FamilyType; readonly help: string } } = {
  sluice_collisions_total: {
    type: "counter",
    help: "Times that two processes were seen to write the same counters of one group, which nothing tells apart. Give each a group of its own: a random suffix of the job, or a label in the grouping key.",
  },
  sluice_conflicts_total: {
    type: "counter",
    help: "Series of the merged view that two sources wrote at once where one should: the newest push is shown. Give the processes a label that tells them apart.",
  },
  sluice_expired_sources_total: {
    type: "counter",
    help: "Sources that fell silent without a DELETE: TaskManagers that were killed or cannot reach the relay.",
  },
  sluice_flink_job_last_seen_seconds: {
    type: "gauge",
    help: "Unix time of the last push that told of the Flink job. A job that ends or fails stops being told of.",
  },
  sluice_frozen_sources: {
    type: "gauge",
    help: "Sources whose counters add nothing, because two processes write them that nothing tells apart. Counting goes on ten pushes after one of them has gone.",
  },
  sluice_histogram_layout_conflicts_total: {
    type: "counter",
    help: "Histograms that lack a boundary of the series they were to be added to: they are shown beside it with the label le_layout. Give all sources the same buckets; the first one that pushes decides.",
  },
  sluice_left_out_series_total: {
    type: "counter",
    help: "Pushed series that no view shows, by the reason: a type that stands against what others push, a series twice in one body, a counter that is negative or infinite or a histogram whose buckets contradict its count, a histogram without a count, two rules that make one series in two ways.",
  },
  sluice_no_counter: {
    type: "gauge",
    help: "1 for each family that was taken for a counter and has gone down three times while its like went up. It is shown as a gauge; use a gauge in the program, or correct the rule.",
  },
  sluice_oldest_push_timestamp_seconds: {
    type: "gauge",
    help: "Unix time of the last push of that live source of the job which has been silent for longest.",
  },
  sluice_replayed_pushes_total: {
    type: "counter",
    help: "Bodies that a source had pushed before, one of its last eight. They add nothing to counters.",
  },
  sluice_series: { type: "gauge", help: "Pushed series that are held." },
  sluice_sources: {
    type: "gauge",
    help: "Sources by state: live ones push, lost ones are remembered for what they counted, kept ones never expire.",
  },
  sluice_unmerged_series_total: {
    type: "counter",
    help: "Pushed series that a rule was to merge and could not, so that they are shown as pushed. The reason says what to change in --config.file.",
  },
  sluice_uncounted_increase_total: {
    type: "counter",
    help: "Counts that no merged counter shows, by the reason. baseline: what a counter had counted before the relay first saw it; unconfirmed: what a process had counted that pushed once and began again; collision: what two processes counted that nothing tells apart; contradiction: by what a histogram has risen whose buckets have not.",
  },
};

function renderPushed(statuses: readonly PartitionStatus[]): FamilyText[] {
  const samples = new Map<PushedName, Map<string, number>>();
  for (const status of statuses) {
    add(samples, "sluice_series", "", status.series, sum);
    for (const { name, labels, value } of status.tallies) add(samples, name, labels, value, sum);
    for (const { labels, lastSeenSeconds } of status.flinkJobs) {
      add(samples, "sluice_flink_job_last_seen_seconds", labels, lastSeenSeconds, Math.max);
    }
    for (const { job, family } of status.marks) {
      add(samples, "sluice_no_counter", renderLabels(["family", family, "job", job]), 1, Math.max);
    }
    for (const source of status.sources) addSources(samples, source);
  }
  return [...samples].map(([name, rows]) => {
    const { type, help } = PUSHED[name];
    const lines = [...rows].map(([labels, value]) => `${name}${labels} ${formatNumber(value)}\n`);
    return {
      name,
      header: `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`,
      text: lines.join(""),
      bulks: [],
    };
  });
}

function addSources(samples: Map<PushedName, Map<string, number>>, source: SourceCount): void {
  const { job, state, count, frozen, oldestPushSeconds } = source;
  add(samples, "sluice_sources", renderLabels(["job", job, "state", state]), count, sum);
  if (frozen > 0) add(samples, "sluice_frozen_sources", renderLabels(["job", job]), frozen, sum);
  if (state !== "live") return;
  add(
    samples,
    "sluice_oldest_push_timestamp_seconds",
    renderLabels(["job", job]),
    oldestPushSeconds,
    Math.min,
  );
}

function add(
  samples: Map<PushedName, Map<string, number>>,
  name: PushedName,
  labels: string,
  value: number,
  merge: (a: number, b: number) => number,
): void {
  let rows = samples.get(name);
  if (rows === undefined) samples.set(name, (rows = new Map()));
  const before = rows.get(labels);
  rows.set(labels, before === undefined ? value : merge(before, value));
}

function sum(a: number, b: number): number {
  return a + b;
}
