import type { Count, Event, PushEvent } from "./history.ts";
import { WATCHED } from "./history.ts";

/**
 * How the processes of a fleet push.
 * `suffixed`: a group each, attempts named. `shared`: one group, ids of processes and attempts.
 * `suffixed without ids`: a group each, attempts not named. `tm_id only`: one group, attempts not named.
 * `nameless`: one process at a time in each group, which nothing names.
 * `colliding`: two processes at a time in one group, which nothing names.
 */
export const FLEETS = [
  "suffixed",
  "shared",
  "suffixed without ids",
  "tm_id only",
  "nameless",
  "colliding",
] as const;
export type FleetKind = (typeof FLEETS)[number];

/** Whether the labels tell every life of a counter from every other. A suffix does so for processes, not for tasks. */
export function namesLives(kind: FleetKind): boolean {
  return kind === "suffixed" || kind === "shared";
}

/** Whether a process that starts is a source of its own. */
function pushesAlone(kind: FleetKind): boolean {
  return namesLives(kind) || kind === "suffixed without ids";
}

export interface Step {
  readonly what:
    | "work"
    | "idle"
    | "lose"
    | "delay"
    | "late"
    | "replay"
    | "restart task"
    | "restart job"
    | "stop task"
    | "crash"
    | "crash loop"
    | "post"
    | "delete"
    | "empty"
    | "outage"
    | "wait"
    | "jump"
    | "restart relay"
    | "reload";
  readonly who: number;
  readonly task: number;
  /** Times the unit of the history: how much is counted. */
  readonly amount: number;
  /** How far back a replay reaches. */
  readonly age: number;
  readonly ms: number;
}

export interface FleetOptions {
  readonly kind: FleetKind;
  /** What one unit of work adds to a counter. */
  readonly unit: number;
  /** What each counter has counted before the relay hears of it. 0: processes are seen idle first. */
  readonly past: number;
}

interface Process {
  readonly slot: number;
  life: number;
  readonly tasks: Task[];
  readonly sent: PushEvent[];
  readonly delayed: PushEvent[];
  /** The relay knows its source. */
  isHeard: boolean;
  /** Bodies made before then are of an earlier life of one of its counters. */
  renewedAt: number;
  /** Lives of which the last body delivered was an old one. */
  readonly lateLives: Set<string>;
}

interface Task {
  readonly job: string | undefined;
  readonly subtask: number;
  attempt: number;
  isRunning: boolean;
  bornAt: number;
  values: number[];
}

const SLOTS = 3;
/** A session of two jobs: two subtasks of the first, one of the second. */
const TASKS = [
  { job: undefined, subtask: 0 },
  { job: undefined, subtask: 1 },
  { job: "job2", subtask: 0 },
] as const;
const DAY_MS = 24 * 3_600_000;

/** Turns steps into what a relay would hear. Every run of the same steps gives the same events. */
export function simulate({ kind, unit, past }: FleetOptions, steps: readonly Step[]): Event[] {
  const events: Event[] = [];
  let clock = 0;
  let beat = 0;
  const fleet = Array.from({ length: SLOTS }, (_, slot): Process => ({
    slot,
    life: 0,
    tasks: TASKS.map(({ job, subtask }) => ({
      job,
      subtask,
      attempt: 0,
      isRunning: past > 0,
      bornAt: 0,
      values: WATCHED.map((_metric, i) => past * (i + 1)),
    })),
    sent: [],
    delayed: [],
    isHeard: false,
    renewedAt: 0,
    lateLives: new Set(),
  }));

  function pathOf({ slot, life }: Process): string {
    switch (kind) {
      case "suffixed":
      case "suffixed without ids":
        return `/job/flink${(life * SLOTS + slot).toString(16).padStart(32, "0")}`;
      case "shared":
      case "tm_id only":
        return "/job/flink";
      case "nameless":
        return `/job/flink/zone/${slot}`;
      case "colliding":
        return `/job/flink/zone/${slot % 2}`;
    }
  }

  function tmOf({ slot, life }: Process): string {
    if (kind === "suffixed" || kind === "shared") return `tm${slot}_${life}`;
    return kind === "tm_id only" ? `tm${slot}` : "";
  }

  function make(process: Process, method: "PUT" | "POST" = "PUT"): PushEvent {
    beat += 1;
    const counts = process.tasks.flatMap((task, place): Count[] =>
      task.isRunning
        ? WATCHED.map((metric, i) => ({
            metric,
            job: task.job,
            subtask: task.subtask,
            attempt: task.attempt,
            life: `${process.slot}.${process.life} ${place}.${task.attempt} ${metric}`,
            bornAt: task.bornAt,
            value: task.values[i] ?? 0,
          }))
        : [],
    );
    return {
      do: "push",
      path: pathOf(process),
      method,
      tm: tmOf(process),
      ids: kind === "suffixed" || kind === "shared",
      beat,
      madeAt: clock,
      counts: method === "POST" ? counts.filter(({ metric }) => metric === WATCHED[0]) : counts,
    };
  }

  function deliver(process: Process, event: PushEvent): void {
    // What was made before the relay heard of the source is not for it to judge.
    if (!process.isHeard) drop(process.delayed, (body) => isOfSource(body, event));
    process.isHeard = true;
    events.push(event);
    process.sent.push(event);
    for (const { life } of event.counts) process.lateLives.delete(life);
  }

  /**
   * An old body arrives, once more or for the first time. Where nothing names lives it is of the current one, and
   * two in a row would pass for a restart (docs/decisions/counters.md).
   */
  function deliverOld(process: Process, event: PushEvent | undefined): void {
    if (event === undefined || (!process.isHeard && isOfSource(event, make(process)))) return;
    const isRisky = !namesLives(kind) && kind !== "colliding";
    const isAgain = event.counts.some(({ life }) => process.lateLives.has(life));
    if (isRisky && (event.madeAt <= process.renewedAt || isAgain)) return;
    events.push(event);
    for (const { life } of event.counts) process.lateLives.add(life);
  }

  function renew(process: Process, task: Task): void {
    task.attempt += 1;
    task.bornAt = clock;
    task.values = WATCHED.map(() => 0);
    process.renewedAt = clock;
  }

  function crash(process: Process): void {
    process.life += 1;
    if (pushesAlone(kind)) process.isHeard = false;
    for (const task of process.tasks) renew(process, task);
    // A process that nobody has heard of is seen idle first where every birth is to be proven.
    if (past === 0 && pushesAlone(kind)) introduce(process);
  }

  function introduce(process: Process): void {
    const running = process.tasks.map(({ isRunning }) => isRunning);
    for (const task of process.tasks) task.isRunning = false;
    deliver(process, make(process));
    clock += 1;
    for (const [i, task] of process.tasks.entries()) {
      task.isRunning = running[i] ?? false;
      task.bornAt = clock;
    }
  }

  function work(process: Process, { task, amount }: Step): void {
    const chosen = process.tasks[task];
    if (chosen === undefined) return;
    if (!chosen.isRunning) {
      chosen.isRunning = true;
      renew(process, chosen);
    }
    chosen.values = chosen.values.map((value, i) => value + amount * unit * (i + 1));
  }

  function take(step: Step): void {
    const process = fleet[step.who % SLOTS];
    if (process === undefined) throw new Error("no such process");
    const task = process.tasks[step.task];
    switch (step.what) {
      case "work":
        work(process, step);
        deliver(process, make(process));
        break;
      case "idle":
        deliver(process, make(process));
        break;
      case "post":
        work(process, step);
        deliver(process, make(process, "POST"));
        break;
      case "lose":
        work(process, step);
        break;
      case "outage":
        // Whoever lives goes on counting, and nobody is heard for long.
        for (const other of fleet) work(other, { ...step, amount: step.amount * 1000 });
        events.push({ do: "restart", shards: 1 + (step.age % 3) });
        break;
      case "delay":
        work(process, step);
        process.delayed.push(make(process));
        break;
      case "late":
        deliverOld(process, process.delayed.shift());
        break;
      case "replay":
        deliverOld(process, process.sent.at(-1 - step.age));
        break;
      case "restart task":
        if (task?.isRunning === true) renew(process, task);
        break;
      case "restart job":
        // All that it runs anywhere, under its old id.
        for (const other of fleet) {
          for (const each of other.tasks) if (each.isRunning && each.job === task?.job) renew(other, each);
        }
        break;
      case "stop task":
        if (task !== undefined) task.isRunning = false;
        deliver(process, make(process));
        break;
      case "crash":
        crash(process);
        break;
      case "crash loop":
        for (let i = 0; i <= step.age % 4; i += 1) {
          crash(process);
          clock += 1;
          work(process, step);
          deliver(process, make(process));
        }
        break;
      case "delete":
      case "empty":
        events.push({ do: step.what, path: pathOf(process) });
        break;
      case "wait":
        // After a day a silent source is forgotten: no body is as late as that.
        if (step.ms >= DAY_MS) for (const other of fleet) forget(other);
        events.push({ do: "wait", ms: step.ms });
        break;
      case "jump":
        events.push({ do: "jump", ms: step.age % 2 === 0 ? step.ms : -step.ms });
        break;
      case "restart relay":
        events.push({ do: "restart", shards: 1 + (step.age % 3) });
        break;
      case "reload":
        events.push({ do: "reload", more: step.age % 2 === 0 });
        break;
    }
  }

  for (const process of fleet) {
    deliver(process, make(process));
    clock += 1;
  }
  for (const step of steps) {
    clock += 1;
    take(step);
  }
  return events;
}

function isOfSource(body: PushEvent, { path, tm }: PushEvent): boolean {
  return body.path === path && body.tm === tm;
}

function drop<T>(list: T[], isUnwanted: (item: T) => boolean): void {
  list.splice(0, list.length, ...list.filter((item) => !isUnwanted(item)));
}

function forget(process: Process): void {
  process.isHeard = false;
  process.sent.length = 0;
  process.delayed.length = 0;
}
