import type { InMemoryRelay, InMemoryRelayOptions } from "./in-memory-relay.ts";
import { createInMemoryRelay } from "./in-memory-relay.ts";
import type { FlinkSample } from "./flink-body.ts";
import { flinkBody } from "./flink-body.ts";
import { valuesOf } from "./view-text.ts";

const TASK = "flink_taskmanager_job_task_";
/** Four families of Flink's that are counters, by short names. */
const FAMILIES = {
  in: `${TASK}numRecordsIn`,
  out: `${TASK}numRecordsOut`,
  bytes: `${TASK}numBytesOut`,
  buffers: `${TASK}numBuffersOut`,
} as const;

export type Family = keyof typeof FAMILIES;

/** Values by family; of several subtasks by `family subtask`. A value may be `NaN`. */
export type Counts = { readonly [series: string]: number | string };

/** A relay with one group, whose bodies say neither which process nor which attempt wrote them. */
export interface AnonymousSource {
  readonly relay: InMemoryRelay;
  /** Pushes these counters, a second after the last push. No two bodies are equal. */
  push(counts: Counts, options?: { readonly method?: "PUT" | "POST"; readonly path?: string }): void;
  /** What the merged view shows of the family. */
  total(family?: Family): number | undefined;
  uncounted(reason: string): number;
}

export function createAnonymousSource(options: InMemoryRelayOptions = {}): AnonymousSource {
  const relay = createInMemoryRelay(options);
  relay.advance(3_600_000);
  let beat = 0;
  return {
    relay,
    push(counts, { method = "PUT", path = "/job/flink" } = {}) {
      beat += 1;
      relay.advance(1000);
      const samples = Object.entries(counts).map(([series, value]): FlinkSample => {
        const [family = "", subtask = "0"] = series.split(" ");
        return [nameOf(family as Family), labelsOf(subtask), value];
      });
      const refusal = relay.push(
        path,
        flinkBody([`${TASK}mailboxQueueSize`, labelsOf("0"), beat], ...samples),
        { method },
      );
      if (refusal !== undefined) throw new Error(refusal.message);
    },
    total: (family = "in") => valuesOf(relay.view("merged"), nameOf(family))[0],
    uncounted: (reason) => relay.tally("sluice_uncounted_increase_total", `job="flink",reason="${reason}"`),
  };
}

export function nameOf(family: Family): string {
  return FAMILIES[family];
}

function labelsOf(subtask: string): string {
  return `job_id="job1",task_id="map",subtask_index="${subtask}",`;
}
