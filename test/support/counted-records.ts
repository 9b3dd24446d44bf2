import { expect } from "vitest";
import type { FlinkSample, TaskLabels } from "./flink-body.ts";
import { flinkBody, processSample, taskSample } from "./flink-body.ts";
import type { InMemoryRelay, InMemoryRelayOptions } from "./in-memory-relay.ts";
import { createInMemoryRelay } from "./in-memory-relay.ts";
import { valuesOf } from "./view-text.ts";

export const SECOND = 1000;
export const MINUTE: number = 60 * SECOND;
export const HOUR: number = 60 * MINUTE;
export const RECORDS = "flink_taskmanager_job_task_numRecordsIn";
export const PATH = "/job/flink";

/** One that has watched for longer than any task of a test runs. */
export function relayOfAnHour(options?: InMemoryRelayOptions): InMemoryRelay {
  const relay = createInMemoryRelay(options);
  relay.advance(HOUR);
  return relay;
}

/** Of the counter that `pushRecords` pushes. */
export function total(relay: InMemoryRelay): number | undefined {
  return valuesOf(relay.view("merged"), RECORDS)[0];
}

export function uncounted(relay: InMemoryRelay): number {
  return relay.tally("sluice_uncounted_increase_total", `job="flink",reason="baseline"`);
}

/** What a TaskManager without tasks pushes. `beat` makes each body another. */
export function idle(tm: string, beat: number): FlinkSample {
  return processSample("Status_JVM_Threads_Count", tm, beat);
}

let beat = 0;

/** Pushes the counter of some attempts of one TaskManager, a second after the last push. */
export function pushRecords(
  relay: InMemoryRelay,
  counts: readonly (readonly [value: number | string, labels?: TaskLabels])[],
  more: readonly FlinkSample[] = [],
  path: string = PATH,
): void {
  beat += 1;
  relay.advance(SECOND);
  const tm = counts[0]?.[1]?.tm ?? "tm1";
  const records = counts.map(([value, labels = {}]) => taskSample("numRecordsIn", { tm, ...labels }, value));
  expect(relay.push(path, flinkBody(idle(tm, beat), ...records, ...more))).toBeUndefined();
}
