import type { IncomingMessage } from "node:http";
import { Counter, Gauge, Registry, Summary } from "prom-client";
import { escapeHelp, renderLabels } from "../core/exposition/escape.ts";
import { formatNumber } from "../core/exposition/format-number.ts";
import type { FamilyType } from "../core/exposition/parsed-body.ts";
import type { LayoutFamily } from "../core/partition/layout.ts";
import type { FamilyText } from "../core/view/own-families.ts";
import type { Answer } from "../http/app.ts";

/** What a Pushgateway tells about itself, under its names: dashboards and alerts on one go on working. */
export interface PushgatewayMetrics {
  readonly families: readonly LayoutFamily[];
  noteAnswer(answer: Answer, request: IncomingMessage): void;
  render(): Promise<FamilyText[]>;
}

/** As long as a Pushgateway remembers what its quantiles are made of. */
const REMEMBERED_SECONDS = 600;
/** Of these pieces the oldest is forgotten in turn; each costs every push an insertion. */
const AGE_BUCKETS = 2;

export function createPushgatewayMetrics(version: string): PushgatewayMetrics {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: "pushgateway_build_info",
    help: "1, with the version of the relay in a Pushgateway's labels.",
    labelNames: ["branch", "goarch", "goos", "goversion", "revision", "tags", "version"],
    registers,
  }).set(
    {
      branch: "",
      goarch: process.arch,
      goos: process.platform,
      goversion: `node${process.versions.node}`,
      revision: "",
      tags: "",
      version,
    },
    1,
  );
  const requests = new Counter({
    name: "pushgateway_http_requests_total",
    help: "Requests without scrapes, as a Pushgateway counts them; sluice_http_requests_total has all.",
    labelNames: ["handler", "code", "method"],
    registers,
  });
  const ofPushes = {
    labelNames: ["method"],
    percentiles: [0.1, 0.5, 0.9],
    maxAgeSeconds: REMEMBERED_SECONDS,
    ageBuckets: AGE_BUCKETS,
    registers,
  };
  const sizes = new Summary({
    name: "pushgateway_http_push_size_bytes",
    help: "The size of pushes with their headers, as they were sent.",
    ...ofPushes,
  });
  const durations = new Summary({
    name: "pushgateway_http_push_duration_seconds",
    help: "How long pushes took to be answered.",
    ...ofPushes,
  });

  return {
    families: registry
      .getMetricsAsArray()
      .map(({ name, type, help }) => ({ name, type: String(type) as FamilyType, help })),
    noteAnswer({ handler, method, status, seconds }, request) {
      if (!COUNTED.has(handler)) return;
      const verb = method.toLowerCase();
      requests.inc({ handler, code: status, method: verb });
      if (handler !== "push") return;
      sizes.observe({ method: verb }, sizeOf(request));
      durations.observe({ method: verb }, seconds);
    },
    async render() {
      return (await registry.getMetricsAsJSON()).filter(({ values }) => values.length > 0).map(renderFamily);
    },
  };
}

const COUNTED: ReadonlySet<Answer["handler"]> = new Set<Answer["handler"]>([
  "push",
  "delete",
  "wipe",
  "healthy",
  "ready",
  "static",
  "status",
  "api/v1/status",
  "api/v1/metrics",
  "api/v1/options",
]);

/** Roughly what stood on the wire, the length that was declared for a body included. */
function sizeOf({ method = "", url = "", httpVersion, rawHeaders, headers }: IncomingMessage): number {
  const texts = rawHeaders.reduce((sum, text) => sum + text.length, 0);
  const line = method.length + url.length + "HTTP/".length + httpVersion.length;
  return line + texts + Number(headers["content-length"] ?? 0);
}

type Metric = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>[number];

/** By hand, because prom-client keeps the order in which labels were given, and Prometheus's own libraries sort them. */
function renderFamily({ name, help, type, values }: Metric): FamilyText {
  const header = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${String(type)}\n`;
  const lines = values.map((value) => {
    const { quantile, ...others } = value.labels as Readonly<Record<string, string | number | undefined>>;
    const pairs = Object.entries(others).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const labels = pairs.flatMap(([label, text]) => [label, String(text)]);
    const text = renderLabels(labels, quantile === undefined ? undefined : ["quantile", String(quantile)]);
    const series = "metricName" in value && typeof value.metricName === "string" ? value.metricName : name;
    return `${series}${text} ${formatNumber(value.value)}\n`;
  });
  return { name, header, text: lines.join("") };
}
