import type { RefusedJob } from "../coordinator/refusals.ts";
import { renderLabels } from "../exposition/escape.ts";
import { formatNumber } from "../exposition/format-number.ts";
import type { FamilyText } from "./own-families.ts";
import type { PartitionStatus, SourceCount } from "./part.ts";
import type { UserFamily } from "./user-families.ts";
import { userFamilies } from "./user-families.ts";

/** What is known of users' pushes when a scrape asks. */
export interface PushedFacts {
  readonly statuses: readonly PartitionStatus[];
  readonly refused: readonly RefusedJob[];
  /** Of more live sources none is shown by itself. */
  readonly mostSources: number;
}

/**
 * The families whose label values come from users. Rendered here: prom-client would take two series for one where a
 * value holds a comma.
 */
export function renderUserFamilies(facts: PushedFacts): FamilyText[] {
  const { statuses, refused } = facts;
  const samples = new Map<UserFamily, Map<string, number>>();
  for (const status of statuses) {
    add(samples, "sluice_layout_hits_total", "", status.layouts.hits, sum);
    add(samples, "sluice_layout_misses_total", "", status.layouts.misses, sum);
    for (const { job, series, bytes } of status.held) {
      add(samples, "sluice_series", renderLabels(["job", job]), series, sum);
      add(samples, "sluice_held_bytes", renderLabels(["job", job]), bytes, sum);
    }
    for (const { name, labels, value } of status.tallies) add(samples, name, labels, value, sum);
    for (const { labels, lastSeenSeconds } of status.flinkJobs) {
      add(samples, "sluice_flink_job_last_seen_seconds", labels, lastSeenSeconds, Math.max);
    }
    for (const { job, family } of status.marks) {
      add(samples, "sluice_no_counter", renderLabels(["family", family, "job", job]), 1, Math.max);
    }
    for (const source of status.sources) addSources(samples, source);
  }
  for (const { job, byReason } of refused) {
    for (const [reason, count] of byReason) {
      add(samples, "sluice_refused_pushes_total", renderLabels(["job", job, "reason", reason]), count, sum);
    }
  }
  addLastPushes(samples, facts);
  return [...samples].map(([name, rows]) => {
    const { type, help } = userFamilies[name];
    const lines = [...rows].map(([labels, value]) => `${name}${labels} ${formatNumber(value)}\n`);
    return {
      name,
      header: `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`,
      text: lines.join(""),
    };
  });
}

function addLastPushes(
  samples: Map<UserFamily, Map<string, number>>,
  { statuses, mostSources }: PushedFacts,
): void {
  const all = statuses.flatMap(({ lastPushes }) => lastPushes ?? []);
  // A few of them would pass for all.
  if (all.length > mostSources || statuses.some(({ lastPushes }) => lastPushes === undefined)) return;
  for (const { job, source, processId, pushedSeconds } of all) {
    const labels = renderLabels(["job", job, "process", processId, "source", source]);
    add(samples, "sluice_source_last_push_timestamp_seconds", labels, pushedSeconds, Math.max);
  }
}

function addSources(samples: Map<UserFamily, Map<string, number>>, source: SourceCount): void {
  const { job, state, count, frozen, oldestPushSeconds } = source;
  add(samples, "sluice_sources", renderLabels(["job", job, "state", state]), count, sum);
  if (frozen > 0) add(samples, "sluice_frozen_sources", renderLabels(["job", job]), frozen, sum);
  if (state !== "live") return;
  add(
    samples,
    "sluice_oldest_push_timestamp_seconds",
    renderLabels(["job", job]),
    oldestPushSeconds,
    Math.min,
  );
}

function add(
  samples: Map<UserFamily, Map<string, number>>,
  name: UserFamily,
  labels: string,
  value: number,
  merge: (a: number, b: number) => number,
): void {
  let rows = samples.get(name);
  if (rows === undefined) samples.set(name, (rows = new Map()));
  const before = rows.get(labels);
  rows.set(labels, before === undefined ? value : merge(before, value));
}

function sum(a: number, b: number): number {
  return a + b;
}
