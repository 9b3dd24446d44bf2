import { readdirSync, readFileSync } from "node:fs";
import type { Arbitrary } from "fast-check";
import { array, assert, boolean, constantFrom, integer, oneof, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import type { InMemoryRelay, InMemoryRelayOptions } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import type { FleetKind, FleetOptions, Step } from "../../support/fleet-simulation.ts";
import { FLEETS, namesLives, simulate } from "../../support/fleet-simulation.ts";
import type { Event } from "../../support/history.ts";
import {
  follow,
  printHistory,
  reportedTotal,
  shownSeries,
  shownTotal,
  sum,
  WATCHED,
} from "../../support/history.ts";
import { createKeptStore } from "../../support/kept-store.ts";
import { truthOf } from "../../support/truth.ts";

// The contract of counters.md, C9, over histories of hundreds of steps. `npm run test:properties -- --runs N`
// runs more of them. What fails is printed as a list of pushes, and the JSON below it makes a fixture.

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 240);
/** The same histories in each run, for those who compare. */
const SEED = process.env["PROPERTY_SEED"];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FOR_AS_LONG_AS_IT_TAKES_MS = 24 * HOUR;
const FIXTURES = new URL("../../fixtures/histories/", import.meta.url);

const WEIGHTS: { readonly [W in Step["what"]]: number } = {
  work: 30,
  idle: 4,
  lose: 4,
  delay: 4,
  late: 5,
  replay: 8,
  "restart task": 5,
  "restart job": 1,
  "stop task": 3,
  crash: 3,
  "crash loop": 1,
  post: 2,
  delete: 2,
  empty: 1,
  outage: 1,
  wait: 10,
  jump: 1,
  "restart relay": 1,
  reload: 1,
};

const anyStep: Arbitrary<Step> = record({
  what: oneof(
    ...Object.entries(WEIGHTS).map(([what, weight]) => ({
      weight,
      arbitrary: constantFrom(what as Step["what"]),
    })),
  ),
  who: integer({ min: 0, max: 2 }),
  task: integer({ min: 0, max: 2 }),
  amount: integer({ min: 0, max: 9 }),
  age: oneof(integer({ min: 0, max: 3 }), integer({ min: 0, max: 30 })),
  ms: oneof(
    { weight: 12, arbitrary: constantFrom(1, 1000, 10_000) },
    { weight: 3, arbitrary: constantFrom(MINUTE, 6 * MINUTE) },
    { weight: 1, arbitrary: constantFrom(11 * MINUTE, 2 * HOUR, 25 * HOUR) },
  ),
});

const anyFleet: Arbitrary<FleetOptions> = record({
  kind: constantFrom(...FLEETS),
  // Whole numbers, fractions, and counters past 2^53.
  unit: constantFrom(1, 1, 0.1, 2 ** 50),
  past: constantFrom(0, 0, 1_000_000),
});

const anyHistory = record({
  fleet: anyFleet,
  steps: array(anyStep, { maxLength: 400, size: "max" }),
  maxTombstones: constantFrom(10_000, 10_000, 3),
});

function seed(): { seed?: number } {
  return SEED === undefined ? {} : { seed: Number(SEED) };
}

/** Rounding aside. */
function isAtMost(a: number, b: number): boolean {
  return a <= b + Math.abs(b) * 1e-12 + 1e-9;
}

function expectEqual(a: number, b: number, what: string): void {
  if (!isAtMost(a, b) || !isAtMost(b, a)) throw new Error(`${what}: ${a} and ${b}`);
}

interface History {
  readonly kind: FleetKind;
  readonly events: readonly Event[];
  readonly maxTombstones: number;
}

function start(options: InMemoryRelayOptions): InMemoryRelay {
  const relay = createInMemoryRelay({ partitions: 4, store: createKeptStore(), ...options });
  relay.advance(HOUR);
  return relay;
}

function run(events: readonly Event[], options: InMemoryRelayOptions): InMemoryRelay {
  const relay = start(options);
  for (const event of events) follow(relay, event, options.settings);
  return relay;
}

/** C9 (1) to (3) and (10): never falls, never more than the truth, what is missing is reported, and no crash takes anything. */
function checkTruth({ kind, events, maxTombstones }: History): void {
  const settings = { maxTombstones };
  const relay = start({ settings });
  const highest = new Map(WATCHED.map((metric) => [metric, new Map<string, number>()]));
  let view = relay.view("merged");
  for (const event of events) {
    const earlier = view;
    follow(relay, event, settings);
    view = relay.view("merged");
    if (event.do === "restart") {
      if (view !== earlier) throw new Error(`a crash has changed the view from\n${earlier}\nto\n${view}`);
      continue;
    }
    for (const [metric, ofMetric] of highest) {
      for (const [series, shown] of shownSeries(view, metric)) {
        const before = ofMetric.get(series) ?? 0;
        if (!(shown >= before)) throw new Error(`${series} fell from ${before} to ${shown}`);
        ofMetric.set(series, shown);
      }
    }
  }
  if (kind === "colliding") return;
  for (const metric of WATCHED) {
    const served = sum(highest.get(metric)?.values() ?? []);
    const { seen, counted } = truthOf(events, metric);
    if (!isAtMost(served, seen)) throw new Error(`${metric} is ${served}, but only ${seen} was seen`);
    if (!namesLives(kind)) continue;
    const reported = reportedTotal(relay, metric);
    if (!isAtMost(counted, served + reported)) {
      throw new Error(`${metric}: ${counted} counted, ${served} served and ${reported} reported`);
    }
  }
}

/** What is remembered of a series that is gone outlasts this history, and the relay has seen each birth. */
function isLossless({ kind, events, maxTombstones }: History): boolean {
  const waited = sum(events.map((event) => (event.do === "wait" ? event.ms : 0)));
  const posts = events.some((event) => event.do === "push" && event.method === "POST");
  return namesLives(kind) && maxTombstones > 3 && waited < 10 * MINUTE && !posts;
}

const TRUTH =
  "(1), (2), (3), (10) it never falls, not in a crash either, is never above the truth, and what is missing is reported";

const CHECKS: { readonly [name: string]: (history: History) => void } = {
  [TRUTH]: checkTruth,

  "(4) any body twice in a row is as good as once"({ events, maxTombstones }) {
    const options = { settings: { maxTombstones } };
    const once = run(events, options);
    const doubled = events.flatMap((event): Event[] => (event.do === "push" ? [event, event] : [event]));
    const twice = run(doubled, options);
    for (const metric of WATCHED) {
      expectEqual(shownTotal(twice, metric), shownTotal(once, metric), `${metric} twice and once`);
    }
  },

  "(5) the order in which groups are heard makes no difference"({ events, maxTombstones }) {
    const options = { settings: { maxTombstones } };
    const [one, other] = [run(events, options), run(byGroup(events), options)];
    for (const metric of WATCHED) {
      expectEqual(shownTotal(other, metric), shownTotal(one, metric), `${metric} in another order`);
    }
  },

  "(6) nor how many partitions and shards there are"({ events, maxTombstones }) {
    const settings = { maxTombstones };
    const one = run(events, { partitions: 1, shards: 1, settings });
    const many = run(events, { partitions: 16, shards: 3, settings });
    for (const metric of WATCHED) {
      expectEqual(shownTotal(many, metric), shownTotal(one, metric), `${metric} in many partitions`);
    }
  },

  "(7) the subtasks of a task add up to the task"({ events, maxTombstones }) {
    const [task, subtasks] = [
      run(events, { settings: { maxTombstones, level: "task" } }),
      run(events, { settings: { maxTombstones, level: "subtask" } }),
    ];
    // A subtask that nobody feeds any more leaves the view before its task.
    for (const metric of WATCHED) {
      const [whole, parts] = [shownTotal(task, metric), shownTotal(subtasks, metric)];
      if (!isAtMost(parts, whole)) throw new Error(`${metric}: subtasks ${parts}, task ${whole}`);
      if (hasNoLongWait(events)) expectEqual(parts, whole, `${metric} of subtasks and task`);
    }
  },
};

function hasNoLongWait(events: readonly Event[]): boolean {
  return events.every((event) => event.do !== "wait" || event.ms <= MINUTE);
}

/** The same, but between two waits each group is heard on its own. */
function byGroup(events: readonly Event[]): Event[] {
  const sorted: Event[] = [];
  let batch: Extract<Event, { path: string }>[] = [];
  const flush = (): void => {
    sorted.push(...batch.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)));
    batch = [];
  };
  for (const event of events) {
    if ("path" in event) {
      batch.push(event);
    } else {
      flush();
      sorted.push(event);
    }
  }
  flush();
  return sorted;
}

/** Checks, and says which pushes it was that failed. */
function check(history: History, name: string): void {
  try {
    CHECKS[name]?.(history);
  } catch (error) {
    const { kind, events, maxTombstones } = history;
    const what = `${name}\n${error instanceof Error ? error.message : String(error)}`;
    const about = `a ${kind} fleet, ${maxTombstones} tombstones`;
    throw new Error(`${what}\n${about}:\n${printHistory(events)}`, { cause: error });
  }
}

describe("whatever happens to a fleet", () => {
  test.each(Object.keys(CHECKS))(
    "%s",
    (name) => {
      assert(
        property(anyHistory, ({ fleet, steps, maxTombstones }) => {
          check({ kind: fleet.kind, events: simulate(fleet, steps), maxTombstones }, name);
        }),
        { ...seed(), numRuns: name === TRUTH ? RUNS : Math.ceil(RUNS / 3) },
      );
    },
    FOR_AS_LONG_AS_IT_TAKES_MS,
  );

  test(
    "(3) where every birth is proven and nothing is lost, it is the truth",
    () => {
      const quick = anyStep.filter(
        ({ what, ms }) => what !== "post" && what !== "delay" && (what !== "wait" || ms <= 1000),
      );
      assert(
        property(
          array(quick, { maxLength: 400, size: "max" }),
          constantFrom("suffixed" as const, "shared" as const),
          boolean(),
          (steps, kind, isFraction) => {
            const events = simulate({ kind, unit: isFraction ? 0.1 : 1, past: 0 }, steps);
            const history = { kind, events, maxTombstones: 10_000 };
            expect(isLossless(history)).toBe(true);
            const relay = run(events, {});
            for (const metric of WATCHED) {
              const { counted } = truthOf(events, metric);
              const served = shownTotal(relay, metric);
              const reported = reportedTotal(relay, metric);
              if (isAtMost(counted, served) && isAtMost(served, counted) && reported === 0) continue;
              throw new Error(
                `${metric}: ${counted} counted, ${served} served, ${reported} reported\n${printHistory(events)}`,
              );
            }
          },
        ),
        { ...seed(), numRuns: Math.ceil(RUNS / 4) },
      );
    },
    FOR_AS_LONG_AS_IT_TAKES_MS,
  );
});

describe("a history that once failed", () => {
  const names = readdirSync(FIXTURES).filter((name) => name.endsWith(".json"));
  test.each(names)("%s", (name) => {
    const history = JSON.parse(readFileSync(new URL(name, FIXTURES), "utf8")) as History;
    for (const checkName of Object.keys(CHECKS)) check(history, checkName);
  });
});
