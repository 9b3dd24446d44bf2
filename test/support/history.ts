import type { InMemoryRelay } from "./in-memory-relay.ts";
import type { FlinkSample } from "./flink-body.ts";
import { flinkBody, processSample } from "./flink-body.ts";
import { samplesOf } from "./view-text.ts";
import type { Settings } from "../../src/core/partition/settings.ts";
import { rule } from "../core/rollup/rules/rules.ts";

/** What is watched of a job: two counters of its tasks. */
export const WATCHED = ["numRecordsIn", "numRecordsOut"] as const;
const TASK = "flink_taskmanager_job_task_";

/** One thing that happens to a relay. A history is a list of these, and can be kept as JSON. */
export type Event =
  | PushEvent
  | { readonly do: "delete" | "empty"; readonly path: string }
  | { readonly do: "wait"; readonly ms: number }
  /** The wall clock is set, forwards or backwards. */
  | { readonly do: "jump"; readonly ms: number }
  /** The relay is killed and started again with so many threads. */
  | { readonly do: "restart"; readonly shards: number }
  /** The file of rules is read again, with or without one that concerns none of this. */
  | { readonly do: "reload"; readonly more: boolean };

export interface PushEvent {
  readonly do: "push";
  readonly path: string;
  readonly method: "PUT" | "POST";
  /** The `tm_id` in the labels, or "" for none. */
  readonly tm: string;
  /** Whether the labels say which attempt it is. */
  readonly ids: boolean;
  /** No two bodies of a process are alike. */
  readonly beat: number;
  /** When the body was made, in the order of all that happened. */
  readonly madeAt: number;
  /** The counters of the attempts that run: a row for each. */
  readonly counts: readonly Count[];
}

export interface Count {
  readonly metric: (typeof WATCHED)[number];
  /** Of a session with several; the first where it is not said. */
  readonly job?: string | undefined;
  readonly subtask: number;
  readonly attempt: number;
  /** One life of one counter in one process. Only the truth knows it where `ids` is false. */
  readonly life: string;
  /** When the life began, as `madeAt`. */
  readonly bornAt: number;
  readonly value: number;
}

function bodyOf({ tm, ids, beat, counts }: PushEvent): string {
  const process = tm === "" ? "" : `host="host_${tm}",tm_id="${tm}",`;
  const samples = counts.map(({ metric, job = "job1", subtask, attempt, value }): FlinkSample => {
    const id = `${tm}_${job === "job1" ? "" : job}${subtask}_${attempt}`;
    const ofAttempt = ids ? `task_attempt_id="${id}",task_attempt_num="${attempt}",` : "";
    const labels = `job_id="${job}",task_id="map",${ofAttempt}${process}subtask_index="${subtask}",`;
    return [TASK + metric, labels, value];
  });
  const alive: FlinkSample =
    tm === ""
      ? ["flink_taskmanager_Status_JVM_Threads_Count", `host="host",`, beat]
      : processSample("Status_JVM_Threads_Count", tm, beat);
  return flinkBody(alive, ...samples);
}

/** `settings` are those that the relay was started with. */
export function follow(relay: InMemoryRelay, event: Event, settings: Partial<Settings> = {}): void {
  switch (event.do) {
    case "push": {
      const refusal = relay.push(event.path, bodyOf(event), { method: event.method });
      if (refusal !== undefined) throw new Error(refusal.message);
      break;
    }
    case "empty":
      relay.push(event.path, "");
      break;
    case "delete":
      relay.delete(event.path);
      break;
    case "wait":
      relay.advance(event.ms);
      break;
    case "jump":
      relay.jump(event.ms);
      break;
    case "restart":
      relay.restart(event.shards);
      break;
    case "reload":
      relay.reload({ ...settings, rules: event.more ? [rule("other", { action: "drop" })] : [] });
      break;
  }
}

/** The series of a metric that the merged view shows. */
export function shownSeries(view: string, metric: string): ReadonlyMap<string, number> {
  const lines = samplesOf(view, TASK + metric);
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** What the merged view shows of a metric, over all its series. */
export function shownTotal(relay: InMemoryRelay, metric: string): number {
  return sum(shownSeries(relay.view("merged"), metric).values());
}

export function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}

export function reportedTotal(relay: InMemoryRelay, metric: string): number {
  return relay.tally("sluice_uncounted_increase_total", `family="${TASK + metric}"`);
}

/** The history as a person can follow it, and as JSON that a fixture keeps. */
export function printHistory(events: readonly Event[]): string {
  const lines = events.map((event) => {
    if (event.do === "wait" || event.do === "jump") return `${event.do} ${event.ms} ms`;
    if (event.do === "restart") return `restart with ${event.shards} threads`;
    if (event.do === "reload") return `reload, ${event.more ? "one more rule" : "no rule"}`;
    if (event.do !== "push") return `${event.do} ${event.path}`;
    const counts = event.counts.map(
      ({ metric, subtask, life, value }) => `${metric}[${subtask}] = ${value} of ${life}`,
    );
    return `${event.method} ${event.path} (made at ${event.madeAt}) ${event.tm} ${counts.join(", ")}`;
  });
  return `${lines.join("\n")}\n${JSON.stringify(events)}`;
}
