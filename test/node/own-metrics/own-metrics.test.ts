import { expect, test } from "vitest";
import type { RefusedJob } from "../../../src/core/coordinator/refusals.ts";
import type { PartitionStatus } from "../../../src/core/view/part.ts";
import type { OwnMetrics } from "../../../src/node/own-metrics/own-metrics.ts";
import { createOwnMetrics } from "../../../src/node/own-metrics/own-metrics.ts";
import { familiesText, samplesOf, series } from "../../support/view-text.ts";

function status(partition: number, rest: Partial<PartitionStatus> = {}): PartitionStatus {
  return {
    partition,
    groups: 0,
    held: [],
    layouts: { hits: 5, misses: 2 },
    tallies: [],
    sources: [],
    lastPushes: [],
    marks: [],
    flinkJobs: [],
    ...rest,
  };
}

const BUSY: readonly PartitionStatus[] = [
  status(0, {
    held: [{ job: "a", series: 3, bytes: 100 }],
    lastPushes: [{ job: "a,b", source: '{job="a,b"}', processId: "tm_id=1", pushedSeconds: 1_700_000_100 }],
    tallies: [
      { name: "sluice_conflicts_total", labels: '{job="a"}', value: 2 },
      { name: "sluice_expired_sources_total", labels: '{job="a"}', value: 1 },
      { name: "sluice_left_out_series_total", labels: '{job="a",reason="type"}', value: 1 },
      { name: "sluice_replayed_pushes_total", labels: '{job="a"}', value: 1 },
      { name: "sluice_uncounted_increase_total", labels: '{job="a",reason="baseline"}', value: 1e21 },
    ],
    sources: [
      { job: "a,b", state: "live", count: 2, frozen: 1, oldestPushSeconds: 1_700_000_100 },
      { job: "a", state: "lost", count: 1, frozen: 0, oldestPushSeconds: 0 },
    ],
    marks: [{ job: "a", family: "x" }],
    flinkJobs: [{ labels: '{job="a",job_id="1",job_name="w"}', lastSeenSeconds: 1_700_000_000 }],
  }),
  status(1, {
    held: [{ job: "a", series: 4, bytes: 50 }],
    tallies: [{ name: "sluice_conflicts_total", labels: '{job="a"}', value: 3 }],
    sources: [{ job: "a,b", state: "live", count: 1, frozen: 1, oldestPushSeconds: 1_700_000_050 }],
    marks: [{ job: "a", family: "x" }],
    flinkJobs: [{ labels: '{job="a",job_id="1",job_name="w"}', lastSeenSeconds: 1_700_000_200 }],
  }),
];

const REFUSED: readonly RefusedJob[] = [
  {
    job: "a",
    byReason: new Map([["too_large", 2]]),
    last: { key: undefined, reason: "too_large", message: "no", wallMs: 0 },
  },
];

function createMetrics(mostSources = 1_000): OwnMetrics {
  return createOwnMetrics({
    version: "1.2.3",
    inflightBytes: () => 4096,
    isReady: () => false,
    storage: async () => undefined,
    hasConfigFile: true,
    hasWebConfigFile: false,
    teeBytes: undefined,
    mostSources,
  });
}

async function render(statuses: readonly PartitionStatus[], own = createMetrics()): Promise<string> {
  own.requests.inc({ handler: "push", method: "PUT", code: 200 });
  return familiesText(await own.render(statuses, REFUSED));
}

test("every family has one HELP and one TYPE before its samples, and none is without samples", async () => {
  const text = await render(BUSY);
  for (const name of new Set(text.match(/(?<=^# TYPE )\S+/gm))) {
    const lines = text.split("\n").filter((line) => new RegExp(`^(# \\w+ )?${name}[ {_]`).test(line));
    expect(lines[0]).toMatch(new RegExp(`^# HELP ${name} \\S`));
    expect(lines[1]).toMatch(new RegExp(`^# TYPE ${name} (counter|gauge|histogram|summary)$`));
    expect(lines.length).toBeGreaterThan(2);
  }
  expect(series(text).size).toBeGreaterThan(20);
});

test("what partitions tell is added up, or the oldest or newest of it is shown", async () => {
  const text = await render(BUSY);
  expect(
    text
      .split("\n")
      .filter(
        (line) => line.startsWith("sluice_") && !/build_info|_(?:push|scrape)_(?:duration|size)_/.test(line),
      )
      .toSorted(),
  ).toEqual(
    [
      "sluice_ready 0",
      "sluice_inflight_body_bytes 4096",
      'sluice_http_requests_total{handler="push",method="PUT",code="200"} 1',
      "sluice_evicted_connections_total 0",
      "sluice_scrape_name_collisions_total 0",
      "sluice_thread_restarts_total 0",
      "sluice_config_last_reload_successful 0",
      "sluice_config_last_reload_success_timestamp_seconds 0",
      'sluice_series{job="a"} 7',
      "sluice_layout_hits_total 10",
      "sluice_layout_misses_total 4",
      'sluice_held_bytes{job="a"} 150',
      'sluice_refused_pushes_total{job="a",reason="too_large"} 2',
      'sluice_source_last_push_timestamp_seconds{job="a,b",process="tm_id=1",source="{job=\\"a,b\\"}"} 1.7000001e+09',
      'sluice_conflicts_total{job="a"} 5',
      'sluice_expired_sources_total{job="a"} 1',
      'sluice_frozen_sources{job="a,b"} 2',
      'sluice_no_counter{family="x",job="a"} 1',
      'sluice_left_out_series_total{job="a",reason="type"} 1',
      'sluice_replayed_pushes_total{job="a"} 1',
      'sluice_uncounted_increase_total{job="a",reason="baseline"} 1e+21',
      'sluice_flink_job_last_seen_seconds{job="a",job_id="1",job_name="w"} 1.7000002e+09',
      'sluice_sources{job="a,b",state="live"} 3',
      'sluice_oldest_push_timestamp_seconds{job="a,b"} 1.70000005e+09',
      'sluice_sources{job="a",state="lost"} 1',
    ].toSorted(),
  );
});

test("build_info names the versions", async () => {
  expect(samplesOf(await render([]), "sluice_build_info")).toEqual([
    `sluice_build_info{version="1.2.3",node="${process.versions.node}"} 1`,
  ]);
});

test("names and types of all that is ever shown are reserved", async () => {
  const own = createMetrics();
  const reserved = new Map(own.families.map(({ name, type }) => [name, type]));
  const shown = (await render(BUSY)).matchAll(/^# TYPE (\S+) (\S+)$/gm);
  for (const [, name = "", type] of shown) expect([name, reserved.get(name)]).toEqual([name, type]);
});

test.each([
  ["shown while they are as many as may be", 1, [1, 0], 1],
  ["left out when there are more", 1, [1, 1], 0],
  ["left out when a partition alone has more", 1, [1, undefined], 0],
  ["all shown where the operator wants it", Number.POSITIVE_INFINITY, [3, 4], 7],
] as const)("sources by themselves are %s", async (_, mostSources, counts, shown) => {
  const statuses = counts.map((count, partition) =>
    status(partition, {
      lastPushes:
        count === undefined
          ? undefined
          : Array.from({ length: count }, (_unused, i) => ({
              job: "a",
              source: `{job="a",i="${partition}-${i}"}`,
              processId: "",
              pushedSeconds: 1,
            })),
    }),
  );
  const text = await render(statuses, createMetrics(mostSources));
  expect(samplesOf(text, "sluice_source_last_push_timestamp_seconds")).toHaveLength(shown);
});

test("durations and sizes are histograms, in seconds and bytes", async () => {
  const own = createMetrics();
  own.pushSeconds.observe(0.004);
  own.pushBytes.observe(700_000);
  own.noteScrape("raw", 1.5, 2 ** 27);
  const text = await render([], own);
  expect(text).toContain('sluice_push_duration_seconds_bucket{le="0.0025"} 0\n');
  expect(text).toContain('sluice_push_duration_seconds_bucket{le="0.005"} 1\n');
  expect(text).toContain('sluice_push_size_bytes_bucket{le="262144"} 0\n');
  expect(text).toContain('sluice_push_size_bytes_bucket{le="1048576"} 1\n');
  expect(text).toContain('sluice_scrape_duration_seconds_count{view="raw"} 1\n');
  expect(text).toContain('sluice_scrape_size_bytes_sum{view="raw"} 134217728\n');
});

/** What Prometheus's conventions allow a name to end with; `_info` is for gauges that are 1. */
const UNITS = /_(?:seconds|bytes|ratio)$/;
/** What is counted says itself in which unit: series, sources, yes or no. */
const UNITLESS = new Set([
  "sluice_build_info",
  "sluice_config_last_reload_successful",
  "sluice_frozen_sources",
  "sluice_no_counter",
  "sluice_ready",
  "sluice_series",
  "sluice_sources",
]);

test("names follow Prometheus's conventions, and each HELP is a sentence that says what to do", () => {
  for (const { name, type, help = "" } of createMetrics().families) {
    if (!name.startsWith("sluice_")) continue;
    expect(name).toMatch(/^[a-z][a-z_]*$/);
    expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
    if (type !== "counter") expect([name, UNITS.test(name) || UNITLESS.has(name)]).toEqual([name, true]);
    expect([name, help]).toEqual([name, expect.stringMatching(/^[A-Z0-9][^\n]{30,}\.$/)]);
    expect(name).not.toMatch(/_(?:ms|milliseconds|kb|mb|minutes)(?:_|$)/);
  }
});
