import type { Config } from "../config/config.ts";
import { stalenessRule } from "../../platform/config/staleness.ts";
import { withoutUser } from "../../platform/config/without-user.ts";
import type { LogFields } from "../logging.ts";

export interface StartupLines {
  /** One log line each. */
  readonly facts: readonly { readonly message: string; readonly fields: LogFields }[];
  /** What to paste into Flink's and Prometheus's configuration. */
  readonly instructions: string;
}

/** Where a relay listens (`127.0.0.1:9091`, `[::]:9091`), and whether it speaks TLS there. */
export interface Listening {
  readonly addresses: readonly string[];
  readonly isSecure: boolean;
}

/** What a relay says when it has started. `hostname` stands in for an address that means every interface. */
export function startupLines(config: Config, listening: Listening, hostname: string): StartupLines {
  const { addresses, isSecure } = listening;
  const { threads, view, flinkLevel, rollupLingerMs, staleness, configFile, rules, jobs, storageFolder } =
    config;
  const address = addresses.find((each) => /:\d+$/.test(each)) ?? hostname;
  const reachable = address.replace(/^(\[::\]|0\.0\.0\.0):/, `${hostname}:`);
  return {
    facts: [
      ...addresses.map((each) => ({ message: "listening", fields: { address: each, tls: isSecure } })),
      { message: "taking pushes", fields: { threads } },
      { message: "view", fields: { view, flink_level: flinkLevel, linger_seconds: rollupLingerMs / 1000 } },
      { message: "staleness of fleets", fields: { staleness: stalenessRule.render(staleness) } },
      ...(configFile === ""
        ? []
        : [
            {
              message: "configuration file",
              fields: { file: configFile, rules: rules.length, jobs: jobs.length },
            },
          ]),
      storageFolder === ""
        ? { message: "storage is memory: a restart forgets everything", fields: { storage: "memory" } }
        : { message: "storage", fields: { folder: storageFolder } },
    ],
    instructions: `${flinkLines(config, reachable, isSecure)}\n${prometheusLines(config, reachable, isSecure)}`,
  };
}

/** As docs/flink.md has them, less the name of the cluster. In quotes, as Flink 1.20 takes a plain false for nothing. */
function flinkLines(config: Config, reachable: string, isSecure: boolean): string {
  const { externalUrl, routePrefix } = config;
  const base = isAbsolute(externalUrl)
    ? withoutUser(externalUrl)
    : `http${isSecure ? "s" : ""}://${reachable}${routePrefix}`;
  const hostUrl = base.replace(/\/$/, "") + tokenPlace(config);
  return `# Flink's configuration, on the JobManager and every TaskManager:
metrics.reporters: sluice
metrics.reporter.sluice.factory.class: org.apache.flink.metrics.prometheus.PrometheusPushGatewayReporterFactory
metrics.reporter.sluice.hostUrl: ${hostUrl}
metrics.reporter.sluice.jobName: flink
metrics.reporter.sluice.randomJobNameSuffix: "true"
metrics.reporter.sluice.deleteOnShutdown: "true"
metrics.reporter.sluice.filterLabelValueCharacters: "false"
metrics.reporter.sluice.interval: 10 s
`;
}

/** Where the secret stands in a URL; the secret itself is printed nowhere. */
function tokenPlace({ pathToken, pathTokenFile }: Config): string {
  return pathToken === "" && pathTokenFile === "" ? "" : "/<token>";
}

function prometheusLines(config: Config, reachable: string, isSecure: boolean): string {
  const path = config.routePrefix + tokenPlace(config) + config.telemetryPath;
  const pathLine = path === "/metrics" ? "" : `    metrics_path: ${path}\n`;
  return `# Prometheus's configuration:
scrape_configs:
  - job_name: sluice
    honor_labels: true
${isSecure ? "    scheme: https\n" : ""}${pathLine}    static_configs:
      - targets: ["${reachable}"]
`;
}

function isAbsolute(externalUrl: string): boolean {
  return /^https?:/.test(externalUrl);
}
