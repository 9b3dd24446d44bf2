import type { Arbitrary } from "fast-check";
import { array, assert, boolean, constantFrom, integer, oneof, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import type { FleetOptions, Step } from "../../support/fleet-simulation.ts";
import { FLEETS, simulate } from "../../support/fleet-simulation.ts";
import type { Event } from "../../support/history.ts";
import { follow, printHistory } from "../../support/history.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import type { KeptStore } from "../../support/kept-store.ts";
import { createKeptStore } from "../../support/kept-store.ts";

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 100);
const MINUTE = 60_000;
const PARTITIONS = 4;

const anyStep: Arbitrary<Step> = record({
  what: constantFrom<Step["what"]>(
    ...([
      "work",
      "work",
      "work",
      "work",
      "work",
      "idle",
      "lose",
      "delay",
      "late",
      "replay",
    ] as Step["what"][]),
    ...(["restart task", "stop task", "crash", "crash loop", "post", "post", "delete"] as Step["what"][]),
    ...(["empty", "outage", "wait", "wait"] as Step["what"][]),
  ),
  who: integer({ min: 0, max: 2 }),
  task: integer({ min: 0, max: 1 }),
  amount: integer({ min: 0, max: 9 }),
  age: integer({ min: 0, max: 10 }),
  ms: oneof(
    { weight: 12, arbitrary: constantFrom(1, 1000, 10_000) },
    { weight: 3, arbitrary: constantFrom(MINUTE, 6 * MINUTE) },
    { weight: 1, arbitrary: constantFrom(11 * MINUTE, 25 * 60 * MINUTE) },
  ),
});

const anyHistory = record({
  fleet: record<FleetOptions>({
    kind: constantFrom(...FLEETS),
    unit: constantFrom(1, 0.1, 2 ** 50),
    past: constantFrom(0, 1_000_000),
  }),
  steps: array(anyStep, { maxLength: 120, size: "max" }),
  maxTombstones: constantFrom(10_000, 3),
});

function start(store: KeptStore, maxTombstones: number, shards = 2, observedMs = 0): InMemoryRelay {
  const settings = { maxTombstones };
  return createInMemoryRelay({ partitions: PARTITIONS, shards, store, settings, observedMs });
}

/** The images that a relay in good order leaves behind. */
function imagesOf(store: KeptStore): (Uint8Array | undefined)[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => store.load(partition).image);
}

/** What is told of the partitions, but for what each load forgets: texts of layouts, and how often they were of use. */
function lastingOf(relay: InMemoryRelay): unknown[] {
  const statuses = relay.statuses().toSorted((a, b) => a.partition - b.partition);
  return statuses.map(({ held, layouts: _layouts, ...rest }) => [
    rest,
    held.map(({ job, series }) => [job, series]),
  ]);
}

function checkLog(events: readonly Event[], maxTombstones: number): void {
  const store = createKeptStore();
  const relay = start(store, maxTombstones);
  for (const event of events) follow(relay, event);
  const views = [relay.view("merged"), relay.view("raw")];
  const statuses = lastingOf(relay);

  const copy = store.copy();
  const again = start(copy, maxTombstones, 3, relay.observedMs());
  expect([again.view("merged"), again.view("raw")]).toEqual(views);
  expect(lastingOf(again)).toEqual(statuses);
  relay.close();
  again.close();
  expect(imagesOf(copy)).toEqual(imagesOf(store));
}

function explain(events: readonly Event[], check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new Error(`${String(error)}\n${printHistory(events)}`, { cause: error });
  }
}

describe("whatever has happened to a fleet", () => {
  test("the log and the image tell all of it, whoever reads them", () => {
    assert(
      property(anyHistory, ({ fleet, steps, maxTombstones }) => {
        const events = simulate(fleet, steps);
        explain(events, () => checkLog(events, maxTombstones));
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  test("with restarts in between it goes on as without them", () => {
    assert(
      property(
        anyHistory,
        array(integer({ min: 0, max: 200 }), { maxLength: 6 }),
        boolean(),
        (h, at, isOrderly) => {
          const events = simulate(h.fleet, h.steps);
          explain(events, () => {
            const [one, other] = [
              start(createKeptStore(), h.maxTombstones),
              start(createKeptStore(), h.maxTombstones),
            ];
            for (const [i, event] of events.entries()) {
              follow(one, event);
              follow(other, event);
              if (!at.includes(i)) continue;
              if (isOrderly) other.close();
              other.restart(1 + (i % 3));
              expect([i, other.view("merged")]).toEqual([i, one.view("merged")]);
            }
            expect(other.view("merged")).toBe(one.view("merged"));
            expect(other.view("raw")).toBe(one.view("raw"));
          });
        },
      ),
      { numRuns: RUNS },
    );
  }, 600_000);
});
