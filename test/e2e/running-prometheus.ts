import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { firstFreePort } from "../../src/node/cli/free-port.ts";
import type { PrometheusPrograms } from "./prometheus-package.ts";

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** [unix seconds, value]. */
  readonly value: readonly [number, string];
}

export interface RunningPrometheus extends AsyncDisposable {
  /** The log lines that are worse than info. */
  warnings(): string[];
  /** An instant query. */
  query(expression: string): Promise<Series[]>;
  /** The samples of the one series that a range selector selects. */
  samples(expression: string): Promise<(readonly [number, string])[]>;
  /** The text of its own /metrics. */
  ownMetrics(): Promise<string>;
  /** `data` of any other API path. */
  api<T>(path: string): Promise<T>;
}

/** A Prometheus that scrapes the relay once a second, with flags besides those that it needs. */
export async function startPrometheus(
  programs: PrometheusPrograms,
  relayPort: number,
  ...flags: readonly string[]
): Promise<RunningPrometheus> {
  const config = `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: sluice
    honor_labels: true
    static_configs: [{ targets: ["127.0.0.1:${relayPort}"] }]
`;
  return await startPrometheusOn(programs, { "prometheus.yml": config }, flags);
}

/** One with configuration files of its own, by their names; `prometheus.yml` is among them. */
export async function startPrometheusOn(
  { prometheus }: PrometheusPrograms,
  files: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-prometheus-"));
  const port = await firstFreePort("127.0.0.1", 19_090);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const child = spawn(
    prometheus,
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=debug",
      ...flags,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const lines: string[] = [];
  createInterface(child.stderr).on("line", (line) => lines.push(line));
  const exited = once(child, "exit");

  async function api<T>(path: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const answer = (await response.json()) as { status: string; data: T; error?: string };
    if (answer.status !== "success") throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  }

  for (;;) {
    if (child.exitCode !== null) throw new Error(`Prometheus has ended:\n${lines.join("\n")}`);
    const response = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined);
    if (response?.ok === true) break;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  return {
    // "Duplicate sample for timestamp" is told at debug level; so is much that is no fault.
    warnings: () =>
      lines.filter((line) => /level=(warn|error)|[Dd]uplicate|[Oo]ut.of.order|out of bounds/.test(line)),
    async query(expression) {
      return (await api<{ result: Series[] }>(`query?query=${encodeURIComponent(expression)}`)).result;
    },
    async samples(expression) {
      const path = `query?query=${encodeURIComponent(expression)}`;
      const { result } = await api<{ result: { values: (readonly [number, string])[] }[] }>(path);
      return result[0]?.values ?? [];
    },
    ownMetrics: async () => await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
    api,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
