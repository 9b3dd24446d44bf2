import { flinkBody, processSample, taskSample } from "../support/flink-body.ts";
import type { Random } from "../support/random.ts";
import type { Operation } from "./operation.ts";

/** Something that pushes. It waits for an answer, or for the end of its patience, before it sends again. */
export interface Client {
  readonly name: string;
  readonly path: string;
  readonly isFleet: boolean;
  /** The next request. `isLast`: nothing more will happen, and it should be taken. */
  next(isLast: boolean): Operation;
}

const COUNTER = "flink_taskmanager_job_task_numRecordsIn";
const BEAT = "flink_taskmanager_Status_JVM_Threads_Count";

/** All values are different, so that each tells who pushed it, and when. */
export interface Numbers {
  next(): number;
}

/** A batch job: a kept group with families that others push too, now and then of another type. */
export function createBatchClient(path: string, labels: string, random: Random, numbers: Numbers): Client {
  return {
    name: path,
    path,
    isFleet: false,
    next(isLast) {
      const kind = isLast ? 0 : random.below(8);
      const id = numbers.next();
      const method = kind === 7 ? "DELETE" : kind > 4 ? "POST" : "PUT";
      const type = !isLast && random.oneIn(8) ? "counter" : "gauge";
      const families = ["kept_a", "kept_b", "kept_c"].filter(() => random.oneIn(2));
      if (families.length === 0) families.push("kept_a");
      const lines = method === "DELETE" ? [] : families.map((name) => [name, type, numbers.next()] as const);
      return {
        id,
        method,
        path,
        body: lines.map(([name, of, value]) => `# TYPE ${name} ${of}\n${name} ${value}\n`).join(""),
        shown: new Map(lines.map(([name, of, value]) => [name, `${of} ${name}{${labels}} ${value}`])),
        counts: new Map(),
        isRepeat: false,
        mayConflict: true,
      };
    },
  };
}

/** One of two groups whose series are the same, so that only one of them can be there. */
export function createTwinClient(isDeep: boolean, random: Random, numbers: Numbers): Client {
  const path = isDeep ? "/job/twin/zone/1" : "/job/twin";
  const series = 'twin{instance="",job="twin",zone="1"}';
  return {
    name: path,
    path,
    isFleet: false,
    next(isLast) {
      const id = numbers.next();
      // At the end only one of them is there.
      const isDelete = isLast ? isDeep : random.oneIn(3);
      const body = isDelete ? "" : `# TYPE twin gauge\ntwin${isDeep ? "" : '{zone="1"}'} ${id}\n`;
      return {
        id,
        method: isDelete ? "DELETE" : "PUT",
        path,
        body,
        shown: new Map(isDelete ? [] : [["twin", `gauge ${series} ${id}`]]),
        counts: new Map(),
        isRepeat: false,
        mayConflict: true,
      };
    },
  };
}

/** A TaskManager: it is idle at first, and its tasks start, count, and start again. */
export function createTaskManager(number: number, random: Random, numbers: Numbers): Client {
  const tm = `tm${number}`;
  const job = `flink${number.toString(16).padStart(32, "0")}`;
  const path = `/job/${job}`;
  const counts = new Map<string, number>();
  const sent: Operation[] = [];
  let attempt = -1;

  function make(method: "PUT" | "DELETE"): Operation {
    const id = numbers.next();
    const samples = method === "DELETE" ? [] : [processSample("Status_JVM_Threads_Count", tm, id)];
    const shown = new Map<string, string>();
    if (method === "PUT")
      shown.set(BEAT, `gauge ${BEAT}{host="host_${tm}",instance="",job="${job}",tm_id="${tm}"} ${id}`);
    const current = `${tm} ${attempt}`;
    const value = counts.get(current);
    if (method === "PUT" && value !== undefined) {
      const [name, labels] = taskSample("numRecordsIn", { tm, subtask: number, attempt }, value);
      samples.push([name, labels, value]);
      shown.set(COUNTER, `gauge ${COUNTER}{${canonical(`${labels}instance="",job="${job}",`)}} ${value}`);
    }
    const body = flinkBody(...samples);
    const told = [...counts].filter(([life]) => method === "PUT" && life === current);
    return { id, method, path, body, shown, counts: new Map(told), isRepeat: false, mayConflict: false };
  }

  return {
    name: tm,
    path,
    isFleet: true,
    next(isLast) {
      const what = isLast ? 0 : random.below(16);
      if (what === 15) return make("DELETE");
      const old = what === 14 ? sent.at(-1 - random.below(sent.length)) : undefined;
      if (old !== undefined) return { ...old, id: numbers.next(), isRepeat: true };
      if (sent.length > 0 && (attempt === -1 || what === 13)) {
        attempt += 1;
        counts.set(`${tm} ${attempt}`, random.below(5));
      } else if (attempt >= 0) {
        const life = `${tm} ${attempt}`;
        counts.set(life, (counts.get(life) ?? 0) + random.below(100));
      }
      const push = make("PUT");
      sent.push(push);
      return push;
    },
  };
}

function canonical(labels: string): string {
  return labels.split(",").filter(Boolean).toSorted().join(",");
}
