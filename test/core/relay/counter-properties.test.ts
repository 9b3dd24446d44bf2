import { array, assert, constantFrom, integer, oneof, property, record } from "fast-check";
import { expect, test } from "vitest";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { flinkBody, processSample, taskSample } from "../../support/flink-body.ts";
import { valuesOf } from "../../support/view-text.ts";

const MINUTE = 60_000;
const RECORDS = "flink_taskmanager_job_task_numRecordsIn";
/** Two TaskManagers share a grouping key, as they do without the random suffix. */
const PATHS = ["/job/flink", "/job/flink", `/job/flink${"0".repeat(32)}`];

type Step =
  | { readonly kind: "work"; readonly tm: number; readonly records: number }
  | { readonly kind: "restart" | "stop" | "delete" | "empty"; readonly tm: number }
  | { readonly kind: "replay"; readonly tm: number; readonly age: number }
  | { readonly kind: "wait"; readonly ms: number };

const tm = integer({ min: 0, max: 2 });
const anyStep = oneof(
  {
    weight: 6,
    arbitrary: record({ kind: constantFrom("work" as const), tm, records: integer({ min: 0, max: 9 }) }),
  },
  {
    weight: 4,
    arbitrary: record({
      kind: constantFrom("restart" as const, "stop" as const, "delete" as const, "empty" as const),
      tm,
    }),
  },
  {
    weight: 3,
    arbitrary: record({ kind: constantFrom("replay" as const), tm, age: integer({ min: 1, max: 30 }) }),
  },
  {
    weight: 1,
    arbitrary: record({ kind: constantFrom("wait" as const), ms: constantFrom(1, MINUTE, 6 * MINUTE) }),
  },
);

/** A fleet whose truth is known, and the relay that it pushes to. */
interface Fleet {
  readonly relay: InMemoryRelay;
  readonly processes: Process[];
  /** The most that was pushed of each attempt. */
  readonly pushed: Map<string, number>;
}

interface Process {
  attempt: number;
  records: number;
  readonly bodies: { readonly atMs: number; readonly text: string }[];
}

function createFleet(): Fleet {
  const relay = createInMemoryRelay({ partitions: 4 });
  const processes = PATHS.map((): Process => ({ attempt: 0, records: 0, bodies: [] }));
  const fleet: Fleet = { relay, processes, pushed: new Map() };
  // Seen idle first, so that the births of all tasks are proven.
  for (const i of processes.keys()) pushBody(fleet, i, false);
  return fleet;
}

function pushBody({ relay, processes, pushed }: Fleet, i: number, hasTask: boolean): void {
  const process = processes[i]!;
  const labels = { tm: `tm${i}`, subtask: i, attempt: process.attempt };
  const task = hasTask ? [taskSample("numRecordsIn", labels, process.records)] : [];
  // The clock of the process, so that no two of its bodies are the same.
  const text = flinkBody(processSample("Status_JVM_CPU_Time", labels.tm, process.bodies.length), ...task);
  process.bodies.push({ atMs: relay.observedMs(), text });
  expect(relay.push(PATHS[i]!, text)).toBeUndefined();
  if (hasTask) pushed.set(`${i} ${process.attempt}`, process.records);
}

function take(fleet: Fleet, step: Step): void {
  const { relay, processes } = fleet;
  if (step.kind === "wait") {
    relay.advance(step.ms);
    return;
  }
  const process = processes[step.tm]!;
  const path = PATHS[step.tm]!;
  switch (step.kind) {
    case "work":
      process.records += step.records;
      pushBody(fleet, step.tm, true);
      break;
    case "restart":
    case "stop":
      if (step.kind === "stop") pushBody(fleet, step.tm, false);
      process.attempt += 1;
      process.records = 0;
      break;
    case "delete":
      relay.delete(path);
      break;
    case "empty":
      relay.push(path, "");
      break;
    case "replay": {
      const body = process.bodies.at(-step.age);
      // Attempts that have gone are remembered for ten minutes.
      if (body !== undefined && body.atMs + 10 * MINUTE > relay.observedMs()) relay.push(path, body.text);
      break;
    }
  }
}

function truth({ pushed }: Fleet): number {
  return [...pushed.values()].reduce((sum, records) => sum + records, 0);
}

test("whatever happens to a fleet, a counter is all that its attempts have pushed, and never falls", () => {
  assert(
    property(array(anyStep, { maxLength: 40 }), (steps) => {
      const fleet = createFleet();
      let before = 0;
      for (const step of steps) {
        take(fleet, step);
        // Fifteen minutes without any task, and it is not shown.
        const [shown = before] = valuesOf(fleet.relay.view("merged"), RECORDS);
        expect(shown).toBeGreaterThanOrEqual(before);
        before = shown;
      }
      expect(before).toBe(truth(fleet));
    }),
    { numRuns: 400 },
  );
});
