import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startupLines } from "../../../src/node/cli/startup-lines.ts";
import { defaultConfig } from "../../../src/node/config/read-config.ts";

const config = { ...defaultConfig(), threads: 3, storageFolder: "" };

test("one fact a line: where, with how many threads, which view, when sources leave, what is kept", () => {
  expect(
    startupLines(config, { addresses: ["127.0.0.1:9091", "[::1]:9092"], isSecure: false }, "relay").facts,
  ).toEqual([
    { message: "listening", fields: { address: "127.0.0.1:9091", tls: false } },
    { message: "listening", fields: { address: "[::1]:9092", tls: false } },
    { message: "taking pushes", fields: { threads: 3 } },
    { message: "view", fields: { view: "merged", flink_level: "task", linger_seconds: 900 } },
    { message: "staleness of fleets", fields: { staleness: "auto" } },
    { message: "storage is memory: a restart forgets everything", fields: { storage: "memory" } },
  ]);
});

test("where it stores is a fact too", () => {
  const { facts } = startupLines(
    { ...config, storageFolder: "data" },
    { addresses: [], isSecure: false },
    "relay",
  );
  expect(facts.at(-1)).toEqual({ message: "storage", fields: { folder: "data" } });
});

test("the lines for Flink and Prometheus can be pasted as they are", () => {
  expect(startupLines(config, { addresses: ["127.0.0.1:9091"], isSecure: false }, "relay").instructions)
    .toBe(`# Flink's configuration, on the JobManager and every TaskManager:
metrics.reporters: sluice
metrics.reporter.sluice.factory.class: org.apache.flink.metrics.prometheus.PrometheusPushGatewayReporterFactory
metrics.reporter.sluice.hostUrl: http://127.0.0.1:9091
metrics.reporter.sluice.jobName: flink
metrics.reporter.sluice.randomJobNameSuffix: "true"
metrics.reporter.sluice.deleteOnShutdown: "true"
metrics.reporter.sluice.filterLabelValueCharacters: "false"
metrics.reporter.sluice.interval: 10 s

# Prometheus's configuration:
scrape_configs:
  - job_name: sluice
    honor_labels: true
    static_configs:
      - targets: ["127.0.0.1:9091"]
`);
});

test("Flink's are those of the documentation, which a real Flink is run with", () => {
  const documented = readFileSync(new URL("../../../docs/flink/reporter.yaml", import.meta.url), "utf8");
  expect(startupLines(config, { addresses: ["a:1"], isSecure: false }, "a").instructions).toContain(
    documented
      .replace("sluice.example:9091", "a:1")
      .replace("metrics.reporter.sluice.groupingKey: cluster=prod\n", ""),
  );
});

test.each(["[::]:9091", "0.0.0.0:9091"])(
  "%s is every interface: others reach it by the host's name",
  (address) => {
    const { instructions } = startupLines(config, { addresses: [address], isSecure: false }, "relay-1");
    expect(instructions).toContain("hostUrl: http://relay-1:9091\n");
    expect(instructions).toContain('targets: ["relay-1:9091"]');
  },
);

test("a route prefix stands in both, a telemetry path in Prometheus's", () => {
  const { instructions } = startupLines(
    { ...config, routePrefix: "/push", telemetryPath: "/m" },
    { addresses: ["a:1"], isSecure: false },
    "a",
  );
  expect(instructions).toContain("hostUrl: http://a:1/push\n");
  expect(instructions).toContain("    metrics_path: /push/m\n");
});

test("Flink goes through the proxy where there is one, Prometheus to the relay itself", () => {
  const proxied = { ...config, externalUrl: "https://m.example.org/push", routePrefix: "/push" };
  const { instructions } = startupLines(proxied, { addresses: ["10.0.0.1:9091"], isSecure: false }, "a");
  expect(instructions).toContain("hostUrl: https://m.example.org/push\n");
  expect(instructions).toContain('targets: ["10.0.0.1:9091"]');
});

test("with TLS both say so", () => {
  const { instructions } = startupLines(config, { addresses: ["a:1"], isSecure: true }, "a");
  expect(instructions).toContain("hostUrl: https://a:1\n");
  expect(instructions).toContain("    scheme: https\n    static_configs:\n");
});

test("a path token is shown by its place, never by itself", () => {
  const secret = { ...config, pathToken: "s3cret-s3cret-s3cret", routePrefix: "/push" };
  const { facts, instructions } = startupLines(secret, { addresses: ["a:1"], isSecure: false }, "a");
  expect(instructions).toContain("hostUrl: http://a:1/push/<token>\n");
  expect(instructions).toContain("    metrics_path: /push/<token>/metrics\n");
  expect(instructions + JSON.stringify(facts)).not.toContain("s3cret");
});
