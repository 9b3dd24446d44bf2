import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { prometheusPrograms } from "../e2e/prometheus-package.ts";
import { type RunningPrometheus, startPrometheusOn } from "../e2e/running-prometheus.ts";
import { ruleFiles } from "../monitoring/rule-files.ts";
import { type FlinkCluster, replaced, startFlinkCluster } from "./flink-cluster.ts";
import { type Pushed, createPushed } from "./pushed.ts";
import { type Recording, startRecording } from "./recording.ts";
import { type StandingRelay, startStandingRelay } from "./standing-relay.ts";
import { startWitness } from "./witness.ts";
import { wordCountBuild } from "./wordcount-build.ts";

const PROMETHEUS = readFileSync(join(import.meta.dirname, "../../docs/monitoring/prometheus.yml"), "utf8");
/** Prometheus's own are a minute. */
const EVERY_SECOND = "global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }\n";

/** The whole road: Flink pushes to a relay, which Prometheus scrapes. */
export interface Scene extends AsyncDisposable {
  readonly flink: FlinkCluster;
  readonly relay: StandingRelay;
  readonly prometheus: RunningPrometheus;
  readonly recording: Recording;
  /** What the relay has acknowledged. */
  readonly pushed: Pushed;
  /** Puts down what there is to find out by why a test has failed; the folder. */
  keepEvidence(): Promise<string>;
}

/** One JobManager and TaskManagers tm1, tm2, tm3. Everything pushes and is scraped once a second. */
export async function startScene(version: string, ...relayFlags: readonly string[]): Promise<Scene> {
  await using started = new AsyncDisposableStack();
  const [build, programs] = await Promise.all([wordCountBuild(version), prometheusPrograms()]);
  const relay = started.use(await startStandingRelay(...relayFlags));
  const prometheus = started.use(
    await startPrometheusOn(programs, {
      "prometheus.yml": EVERY_SECOND + replaced(PROMETHEUS, { "localhost:9091": `127.0.0.1:${relay.port}` }),
      ...Object.fromEntries(
        ruleFiles().map((file) => [`rules/${basename(file)}`, hurried(readFileSync(file, "utf8"))]),
      ),
    }),
  );
  const pushed = createPushed();
  const recording = started.use(startRecording());
  const witness = started.use(
    await startWitness(relay.port, (what) => {
      recording.request(what);
      if (what.method === "PUT" && what.status === 200) pushed.note(what.body);
    }),
  );
  const flink = started.use(await startFlinkCluster(build, witness.port));
  await Promise.all(["tm1", "tm2", "tm3"].map((name) => flink.startTaskManager(name)));
  const all = started.move();
  return {
    flink,
    relay,
    prometheus,
    recording,
    pushed,
    async keepEvidence() {
      return await recording.keep({
        ...Object.fromEntries(
          [...flink.started].map(([name, { lines }]) => [`${name}.log`, lines.join("\n")]),
        ),
        "merged.txt": await relay.view("merged").catch(String),
        "raw.txt": await relay.view("raw").catch(String),
      });
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** The rules with two seconds for each minute, so that what is broken and mended is seen within a test. */
function hurried(rules: string): string {
  return rules
    .replaceAll(/\b(\d+)m\b/g, (_, minutes: string) => `${2 * Number(minutes)}s`)
    .replaceAll("for: 30s", "for: 1s")
    .replaceAll("age_seconds > 120", "age_seconds > 4");
}
