import { expect, test } from "vitest";
import type { PartitionStatus } from "../../src/core/view/part.ts";
import { createOwnMetrics } from "../../src/node/own-metrics.ts";
import { familiesText, samplesOf, series } from "../support/view-text.ts";

function status(partition: number, rest: Partial<PartitionStatus> = {}): PartitionStatus {
  return { partition, groups: 0, series: 0, tallies: [], sources: [], marks: [], flinkJobs: [], ...rest };
}

const BUSY: readonly PartitionStatus[] = [
  status(0, {
    series: 3,
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
    flinkJobs: [{ labels: '{job="a",job_name="w"}', lastSeenSeconds: 1_700_000_000 }],
  }),
  status(1, {
    series: 4,
    tallies: [{ name: "sluice_conflicts_total", labels: '{job="a"}', value: 3 }],
    sources: [{ job: "a,b", state: "live", count: 1, frozen: 1, oldestPushSeconds: 1_700_000_050 }],
    marks: [{ job: "a", family: "x" }],
    flinkJobs: [{ labels: '{job="a",job_name="w"}', lastSeenSeconds: 1_700_000_200 }],
  }),
];

async function render(statuses: readonly PartitionStatus[]): Promise<string> {
  const own = createOwnMetrics({
    version: "1.2.3",
    inflightBytes: () => 4096,
    hasConfigFile: true,
    hasWebConfigFile: false,
  });
  own.requests.inc({ handler: "push", method: "PUT", code: 200 });
  return familiesText(await own.render(statuses));
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
      .filter((line) => line.startsWith("sluice_") && !line.includes("build_info"))
      .toSorted(),
  ).toEqual(
    [
      "sluice_inflight_body_bytes 4096",
      'sluice_http_requests_total{handler="push",method="PUT",code="200"} 1',
      "sluice_thread_restarts_total 0",
      "sluice_config_last_reload_successful 0",
      "sluice_config_last_reload_success_timestamp_seconds 0",
      "sluice_series 7",
      'sluice_conflicts_total{job="a"} 5',
      'sluice_expired_sources_total{job="a"} 1',
      'sluice_frozen_sources{job="a,b"} 2',
      'sluice_no_counter{family="x",job="a"} 1',
      'sluice_left_out_series_total{job="a",reason="type"} 1',
      'sluice_replayed_pushes_total{job="a"} 1',
      'sluice_uncounted_increase_total{job="a",reason="baseline"} 1e+21',
      'sluice_flink_job_last_seen_seconds{job="a",job_name="w"} 1.7000002e+09',
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
  const own = createOwnMetrics({
    version: "1.2.3",
    inflightBytes: () => 0,
    hasConfigFile: true,
    hasWebConfigFile: false,
  });
  const reserved = new Map(own.families.map(({ name, type }) => [name, type]));
  const shown = (await render(BUSY)).matchAll(/^# TYPE (\S+) (\S+)$/gm);
  for (const [, name = "", type] of shown) expect([name, reserved.get(name)]).toEqual([name, type]);
});
