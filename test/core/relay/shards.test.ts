import { array, assert, constantFrom, integer, oneof, property, record } from "fast-check";
import { expect, test } from "vitest";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { samplesOf } from "../../support/view-text.ts";
import { ageSamples, flinkBody, processSample, taskSample } from "../../support/flink-body.ts";

type Step =
  | { readonly kind: "push"; readonly key: number; readonly attempt: number; readonly value: number }
  | { readonly kind: "kept"; readonly key: number; readonly type: string; readonly method: "PUT" | "POST" }
  | { readonly kind: "empty" | "delete"; readonly key: number }
  | { readonly kind: "wait"; readonly ms: number };

const key = integer({ min: 0, max: 5 });
const anyStep = oneof(
  record({
    kind: constantFrom("push" as const),
    key,
    attempt: integer({ min: 0, max: 2 }),
    value: integer({ min: 0, max: 1000 }),
  }),
  record({
    kind: constantFrom("kept" as const),
    key,
    type: constantFrom("gauge", "counter", "summary"),
    method: constantFrom("PUT" as const, "POST" as const),
  }),
  record({ kind: constantFrom("empty" as const, "delete" as const), key }),
  record({ kind: constantFrom("wait" as const), ms: constantFrom(1000, 10_000, 70_000, 301_000, 1_000_000) }),
);

function take(relay: InMemoryRelay, step: Step): string | undefined {
  switch (step.kind) {
    case "push": {
      const labels = { tm: `tm${step.key}`, attempt: step.attempt, subtask: step.key % 2 };
      const body = flinkBody(
        processSample("Status_JVM_CPU_Load", labels.tm, step.value / 1000),
        processSample("Status_JVM_CPU_Time", labels.tm, step.value * 10),
        taskSample("numRecordsIn", labels, step.value),
        taskSample("busyTimeMsPerSecond", labels, step.value),
        taskSample(
          "currentInputWatermark",
          labels,
          step.value % 3 === 0 ? "-9.223372036854776E18" : step.value,
        ),
        ...ageSamples(labels, step.value * 100),
      );
      return relay.push(`/job/flink/key/${step.key}`, body)?.message;
    }
    case "kept": {
      const line = step.type === "summary" ? "m_count 1" : "m 1";
      return relay.push(`/job/kept/key/${step.key}`, `# TYPE m ${step.type}\n${line}\n`, step)?.message;
    }
    case "empty":
      return relay.push(`/job/flink/key/${step.key}`, "")?.message;
    case "delete":
      relay.delete(`/job/flink/key/${step.key}`);
      relay.delete(`/job/kept/key/${step.key}`);
      return undefined;
    case "wait":
      relay.advance(step.ms);
      return undefined;
  }
}

test("any number of shards gives the same answers and the same merged view", () => {
  assert(
    property(array(anyStep, { maxLength: 25 }), (steps) => {
      const relays = [1, 2, 3].map((shards) => createInMemoryRelay({ shards, partitions: 6 }));
      for (const one of steps) {
        const [answer, ...others] = relays.map((relay) => take(relay, one));
        for (const other of others) expect(other).toBe(answer);
      }
      const [view, ...others] = relays.map((relay) => relay.view("merged"));
      for (const other of others) expect(other).toBe(view);
    }),
    { numRuns: 200 },
  );
});

test("many partitions add up to what one would have that held all groups", () => {
  const families = [
    "numRecordsIn",
    "busyTimeMsPerSecond",
    "busyTimeMsPerSecond_avg",
    "currentInputWatermark",
  ];
  assert(
    property(array(anyStep, { maxLength: 25 }), (steps) => {
      const [one, many] = [1, 16].map((partitions) => {
        const relay = createInMemoryRelay({ shards: 1, partitions });
        for (const each of steps) take(relay, each);
        const view = relay.view("merged");
        return families.map((name) =>
          samplesOf(view, `flink_taskmanager_job_task_${name}`).toSorted(compare),
        );
      });
      expect(many).toEqual(one);
    }),
    { numRuns: 200 },
  );
});

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}
