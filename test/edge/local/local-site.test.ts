import { mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCapture } from "../../../src/node/replay/read-capture.ts";
import { prometheusPrograms } from "../../e2e/prometheus-package.ts";
import { startPrometheus } from "../../e2e/running-prometheus.ts";
import { type Answer, send } from "../../node/server/running-relay.ts";
import { series } from "../../support/view-text.ts";
import type { LocalSite } from "./local-site.ts";
import { startLocalSite } from "./local-site.ts";

const FOLDER = new URL("../../fixtures/captures/", import.meta.url);
const KNOWN = /_num[A-Z]\w*$/;

interface Point {
  readonly t: number;
  readonly label: string;
  readonly totals: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

let state: string;
let site: LocalSite;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "sluice-edge-"));
  site = await startLocalSite(state);
});
afterAll(async () => {
  await site.kill();
  await rm(state, { recursive: true, force: true });
});

function labelOf(name: string, label: string): string | undefined {
  return name.match(new RegExp(`[{,]${label}="([^"]*)"`))?.[1];
}

function totalsOf(view: ReadonlyMap<string, number>): Map<string, number> {
  const totals = new Map<string, number>();
  for (const [name, value] of view) {
    const scope = ["job_id", "task_name", "operator_name"].map((label) => labelOf(name, label));
    const family = name.slice(0, name.indexOf("{"));
    totals.set(`${family} ${scope.filter((part) => part !== undefined).join(" / ")}`, value);
  }
  return totals;
}

async function scrape(): Promise<string> {
  const { status, text } = await send(site.port, "GET", "/metrics");
  if (status !== 200) throw new Error(`a scrape was answered ${status}: ${text}`);
  return text;
}

async function expectPoint({ label, totals }: Point): Promise<void> {
  const shown = totalsOf(series(await scrape()));
  const wanted = Object.entries(totals).flatMap(([family, rows]) =>
    KNOWN.test(family)
      ? Object.entries(rows).map(([key, value]) => [`${family} ${key}`, value] as const)
      : [],
  );
  expect(wanted.length).toBeGreaterThan(20);
  expect({ at: label, totals: wanted.map(([key]) => [key, shown.get(key)]) }).toEqual({
    at: label,
    totals: wanted,
  });
}

test.each(["1.20.3", "2.3.0"])(
  "the recorded run of Flink %s is exact at each point, and in a Prometheus, through kills and restarts",
  async (version) => {
    expect((await send(site.port, "PUT", "/api/v1/admin/wipe")).status).toBe(202);
    const file = new URL(`flink-${version}.totals.json`, FOLDER);
    const points = JSON.parse(readFileSync(file, "utf8")) as Point[];
    await using prometheus = await startPrometheus(await prometheusPrograms(), site.port);
    let looked = 0;
    async function look(point: Point): Promise<void> {
      await expectPoint(point);
      looked += 1;
      if (looked % 4 !== 0) return;
      await site.kill();
      // Prometheus goes on at the same address.
      site = await startLocalSite(state, site.port);
      await expectPoint(point);
    }
    const left = [...points];
    for await (const line of readCapture(new URL(`flink-${version}.jsonl.gz`, FOLDER).pathname)) {
      while (left[0] !== undefined && left[0].t < line.atMs) await look(left.shift()!);
      if (line.kind !== "request") continue;
      const { method, path, body, contentType = "" } = line;
      const answer = await send(site.port, method, path, { body, headers: { "Content-Type": contentType } });
      expect([line.atMs, answer.status, answer.text]).toEqual([
        line.atMs,
        method === "DELETE" ? 202 : 200,
        "",
      ]);
    }
    for (const point of left) await look(point);
    expect(looked).toBe(points.length);
    await expect
      .poll(async () => (await prometheus.query("count_over_time(up[1h])")).length, { timeout: 60_000 })
      .toBe(1);
    const counters = [...(await scrape()).matchAll(/^# TYPE (flink_\S+) counter$/gm)].map(([, name]) => name);
    expect(counters.length).toBeGreaterThan(5);
    for (const name of counters) expect(await prometheus.query(`resets(${name}[1h]) > 0`), name).toEqual([]);
    const seen = await prometheus.query('count({__name__=~"flink_taskmanager_job_task_num.+"})');
    expect(Number(seen[0]?.value[1])).toBeGreaterThan(0);
  },
);

function put(path: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
  return send(site.port, "PUT", path, { body, headers });
}

describe("where no code can be made of text", () => {
  test.each([
    ["gzip", gzipSync("compressed 1\n")],
    ["zstd", zstdCompressSync("compressed 1\n")],
  ])("a body in %s is taken", async (coding, body) => {
    const { status, text } = await put(`/metrics/job/${coding}`, body, { "Content-Encoding": coding });
    expect([status, text]).toEqual([200, ""]);
    expect(await scrape()).toContain(`compressed{instance="",job="${coding}"} 1\n`);
  });

  test.each([
    ["text/plain", "text/plain"],
    [
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
      "protobuf",
    ],
  ])("a scrape of %s", async (accept, answered) => {
    await put("/metrics/job/formats", "# TYPE f counter\nf 1\n");
    for (const path of ["/metrics?view=merged", "/metrics?view=raw"]) {
      const { status, headers } = await send(site.port, "GET", path, { headers: { Accept: accept } });
      expect([status, headers["content-type"]]).toEqual([200, expect.stringContaining(answered)]);
    }
  });

  test.each(["gzip", "zstd"])("an answer in %s is compressed once", async (coding) => {
    const { headers, body } = await send(site.port, "GET", "/metrics", {
      headers: { "Accept-Encoding": coding },
    });
    expect(headers["content-encoding"]).toBe(coding);
    const plain = coding === "gzip" ? gunzipSync(body) : zstdDecompressSync(body);
    expect(String(plain)).toContain("sluice_build_info{");
  });

  test.each(["/api/v1/status", "/api/v1/metrics", "/api/v1/explain?series=f", "/", "/status", "/-/ready"])(
    "GET %s is answered",
    async (path) => {
      expect((await send(site.port, "GET", path)).status).toBe(200);
    },
  );
});
