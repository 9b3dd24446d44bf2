// Pushes with prom-client what ../README.md says, one step for each line of the standard input.
import { createInterface } from "node:readline";
import { Counter, Gauge, Histogram, Pushgateway, Registry, Summary } from "prom-client";
import type { RegistryContentType } from "prom-client";

const [, , url = ""] = process.argv;
const isOpenMetrics = process.env["CLIENT_VARIANT"] === "openmetrics";

function createRegistry(): Registry<RegistryContentType> {
  const registry = new Registry<RegistryContentType>();
  if (isOpenMetrics) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}

function allTypes(): Registry<RegistryContentType> {
  const registry = createRegistry();
  const registers = [registry];
  const requests = new Counter({
    name: "client_requests_total",
    help: "Requests served.",
    labelNames: ["code"],
    registers,
  });
  requests.labels("200").inc(3);
  requests.labels("500").inc(0);
  new Gauge({ name: "client_temperature", help: "Degrees.", registers }).set(36.6);
  const odd = new Gauge({
    name: "client_odd",
    help: 'A \\ and "quotes".',
    labelNames: ["text"],
    registers,
  });
  odd.labels('C:\\dir "x",\n}').set(-1.5e-7);
  const size = new Summary({ name: "client_size_bytes", help: "Sizes.", percentiles: [0.5], registers });
  size.observe(200);
  size.observe(200);
  const seconds = new Histogram({
    name: "client_seconds",
    help: "Durations.",
    buckets: [0.25, 1],
    registers,
  });
  for (const value of [0.125, 0.5, 8]) seconds.observe(value);
  return registry;
}

function oneGauge(): Registry<RegistryContentType> {
  const registry = createRegistry();
  new Gauge({ name: "client_temperature", help: "Degrees.", registers: [registry] }).set(40);
  return registry;
}

/** The client sends no Content-Type of its own, and takes the coding out of what it was given when it deletes. */
function headers(): Record<string, string> {
  return {
    ...(isOpenMetrics && { "Content-Type": Registry.OPENMETRICS_CONTENT_TYPE }),
    ...(process.env["CLIENT_VARIANT"] === "gzip" && { "Content-Encoding": "gzip" }),
  };
}

const registries = { all: allTypes(), gauge: oneGauge() };

for await (const line of createInterface(process.stdin)) {
  const [verb = "", what = "", jobName = "", ...labels] = line.split("\t");
  const pairs = labels.flatMap((name, i) => (i % 2 === 0 ? [[name, labels[i + 1] ?? ""] as const] : []));
  const gateway = new Pushgateway(url, { headers: headers() }, registries[what === "all" ? "all" : "gauge"]);
  const method = verb === "push" ? "push" : verb === "add" ? "pushAdd" : "delete";
  try {
    await gateway[method]({ jobName, groupings: Object.fromEntries(pairs) });
    console.log("ok");
  } catch (error) {
    console.log(`failed ${String(error).replaceAll("\n", " ")}`);
  }
}
