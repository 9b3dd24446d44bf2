import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCapture } from "../../src/node/replay/read-capture.ts";
import { createSender } from "../../src/node/replay/sender.ts";
import { type RunningRelay, startRelay } from "../node/server/running-relay.ts";
import { dashboardQueries } from "../monitoring/grafana/dashboards.ts";
import { samplesOf, series } from "../support/view-text.ts";
import { type PrometheusPrograms, prometheusPrograms } from "./prometheus-package.ts";
import { type RunningPrometheus, type Series, startPrometheus } from "./running-prometheus.ts";

const CAPTURE = new URL("../fixtures/captures/flink-2.3.0.jsonl.gz", import.meta.url).pathname;
const SPEED = 5;
/** Sources push every three seconds of the recording at least, less than one of ours. */
const STALE_AFTER_MS = 4_000;
/** Behind the last push of the replay, before the DELETEs with which the recording ends. */
const END_MS = 206_000;
const RECORDS_OUT = "flink_taskmanager_job_task_numRecordsOut";
const CPU_TIME = "flink_taskmanager_Status_JVM_CPU_Time";

let programs: PrometheusPrograms;
let relay: RunningRelay;
let prometheus: RunningPrometheus;
/** Unix seconds. */
let killedAt = 0;
let knownBeforeKill: Series[];
/** What stood on both sides when nothing was pushed, after Prometheus had scraped. */
let quiet: { readonly merged: string; readonly raw: string; readonly scraped: readonly Series[] };

beforeAll(async () => {
  programs = await prometheusPrograms();
  relay = await startRelay({ threads: 2, staleness: { limitMs: STALE_AFTER_MS } });
  prometheus = await startPrometheus(programs, relay.port);
  await relay.push("/metrics/job/backup", "# TYPE backup_bytes_total counter\nbackup_bytes_total 12\n");
  await play();
  await delay(1_700);
  quiet = {
    merged: await relay.view("merged"),
    raw: await relay.view("raw"),
    scraped: await prometheus.query('{__name__=~"flink_.+|backup_.+|push_.+"}'),
  };
});

afterAll(async () => {
  await prometheus[Symbol.asyncDispose]();
  await relay.stop();
});

async function play(): Promise<void> {
  const sender = createSender(new URL(`http://127.0.0.1:${relay.port}`));
  const startMs = performance.now();
  for await (const line of readCapture(CAPTURE)) {
    if (line.atMs > END_MS) break;
    await delay(Math.max(0, startMs + line.atMs / SPEED - performance.now()));
    if (line.kind === "event" && line.text.startsWith("kill -9")) {
      killedAt = Date.now() / 1000;
      knownBeforeKill = await prometheus.query(CPU_TIME);
    }
    if (line.kind !== "request") continue;
    const { status, body } = await sender.send(line);
    if (status >= 300) throw new Error(`a push was answered ${status}: ${body}`);
  }
  sender.close();
}

/** A series as Prometheus names it, less what it adds, in an order of its own: an empty label is none. */
function nameOf(metric: Readonly<Record<string, string>>): string {
  const labels = Object.entries(metric)
    .filter(([name, value]) => name !== "__name__" && value !== "")
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${metric["__name__"]}{${labels.toSorted().join(",")}}`;
}

/** The same of a line of text. No label value of these recordings needs an escape. */
function nameOfLine(line: string): string {
  const [, name = "", block = ""] = line.match(/^(\w+)(?:\{(.*)\})?$/) ?? [];
  const pairs = [...block.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = "", value = ""]) => [label, value]);
  return nameOf(Object.fromEntries([...pairs, ["__name__", name]]) as Record<string, string>);
}

function tmIds(found: readonly Series[]): string[] {
  return found.map(({ metric }) => metric["tm_id"] ?? "").toSorted();
}

describe("a real Prometheus", () => {
  test("was always answered", async () => {
    const { activeTargets } = await prometheus.api<{ activeTargets: Record<string, unknown>[] }>("targets");
    expect(activeTargets).toMatchObject([{ health: "up", lastError: "" }]);
    expect((await prometheus.query("min_over_time(up[10m])"))[0]?.value[1]).toBe("1");
    expect(Number((await prometheus.query("count_over_time(up[10m])"))[0]?.value[1])).toBeGreaterThan(30);
  });

  test("has our series, with our values", () => {
    const address = `127.0.0.1:${relay.port}`;
    const theirs = new Map(
      quiet.scraped.map(({ metric, value: [, value] }) => {
        // It fills an instance that we leave empty, where we leave one out.
        expect(metric["instance"]).not.toBe(address);
        return [nameOf({ ...metric }), Number(value.replace("Inf", "Infinity"))];
      }),
    );
    const ours = [...series(quiet.merged)].filter(([name]) => /^(flink|backup|push)_/.test(name));
    expect(theirs).toEqual(new Map(ours.map(([name, value]) => [nameOfLine(name), value])));
    expect(theirs.size).toBeGreaterThan(300);
  });

  test("renames no label", async () => {
    expect(await prometheus.query('{__name__=~".+",exported_job=~".+"}')).toEqual([]);
    expect(await prometheus.query('{__name__=~".+",exported_instance=~".+"}')).toEqual([]);
    const jobs = await prometheus.query('count by (job) ({__name__=~"flink_.+|backup_.+"})');
    expect(new Set(jobs.map(({ metric }) => metric["job"]))).toEqual(new Set(["backup", "flink"]));
  });

  test("warns of nothing", async () => {
    expect(prometheus.warnings()).toEqual([]);
    const counts = await prometheus.ownMetrics();
    for (const reason of ["duplicate_timestamp", "out_of_order", "out_of_bounds"]) {
      expect(counts).toContain(`\nprometheus_target_scrapes_sample_${reason}_total 0\n`);
    }
  });

  test("knows one type and one help of each family, those of the view", async () => {
    const known = await prometheus.api<Record<string, { type: string; help: string }[]>>("metadata");
    const types = [...quiet.merged.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
    expect(types.length).toBeGreaterThan(100);
    for (const [, name = "", type = ""] of types) {
      expect([name, known[name]?.map((each) => each.type)]).toEqual([
        name,
        [type === "untyped" ? "unknown" : type],
      ]);
    }
  });

  test("sees no counter fall, whatever restarts, is killed, is cancelled or finishes", async () => {
    const counters = [...quiet.merged.matchAll(/^# TYPE (flink_\S+) counter$/gm)].map(([, name]) => name);
    expect(counters.length).toBeGreaterThan(20);
    const fell = await Promise.all(counters.map((name) => prometheus.query(`resets(${name}[10m]) > 0`)));
    expect(fell.flat()).toEqual([]);
  });

  test("computes rates without a spike over restarts", async () => {
    const rate = `max_over_time(sum(rate(${RECORDS_OUT}{task_name=~"Source.*"}[5s]))[10m:1s])`;
    const [highest] = await prometheus.query(rate);
    // Some 8,700 records a second of the recording; a counter that fell once would add what it had counted.
    expect(Number(highest?.value[1])).toBeGreaterThan(SPEED * 5_000);
    expect(Number(highest?.value[1])).toBeLessThan(SPEED * 8_700 * 2);
  });

  test("answers every query of the dashboards, and those with data that need nothing special", async () => {
    const answers = await Promise.all(
      dashboardQueries("1m").map(async ({ of, expression, isOptional }) => {
        const found = await prometheus.query(expression);
        return { of, isMissing: found.length === 0 && !isOptional };
      }),
    );
    expect(answers.filter(({ isMissing }) => isMissing).map(({ of }) => of)).toEqual([]);
    expect(answers.length).toBeGreaterThan(80);
  });

  test("forgets a TaskManager that was killed, when it has been silent for its limit", async () => {
    const before = tmIds(knownBeforeKill);
    const after = tmIds(await prometheus.query(CPU_TIME));
    expect(before).toHaveLength(3);
    // Since then one was stopped and another one started.
    expect(after).toHaveLength(2);
    const gone = before.filter((tm) => !after.includes(tm));
    const lasts = await Promise.all(
      gone.map(async (tm) => (await prometheus.samples(`${CPU_TIME}{tm_id="${tm}"}[10m]`)).at(-1)?.[0] ?? 0),
    );
    const killed = Math.min(...lasts);
    expect(killed).toBeGreaterThan(killedAt);
    // A tick and a scrape come once a second each.
    expect(killed).toBeLessThan(killedAt + STALE_AFTER_MS / 1000 + 2);
  });
});

describe("promtool check metrics", () => {
  test.each(["merged", "raw"] as const)("finds nothing wrong with the view %s but Flink's names", (view) => {
    const { status, stderr } = spawnSync(programs.promtool, ["check", "metrics"], {
      input: quiet[view],
      encoding: "utf8",
    });
    expect(
      stderr.split("\n").filter((line) => line !== "" && !/^(flink|backup|push|nodejs)_/.test(line)),
    ).toEqual([]);
    // 3 says that it has something to say about names.
    expect([0, 3]).toContain(status);
  });
});

test("a compressed scrape is the same text", async () => {
  const headers = { "Accept-Encoding": "gzip", "User-Agent": "Prometheus/2.42.0" };
  const { headers: answered, body } = await relay.request("GET", "/metrics", { headers });
  expect(answered["content-encoding"]).toBe("gzip");
  const lines = samplesOf(gunzipSync(body).toString(), "backup_bytes_total");
  expect(lines).toEqual(['backup_bytes_total{instance="",job="backup"} 12']);
  expect(lines).toEqual(samplesOf(quiet.merged, "backup_bytes_total"));
});
