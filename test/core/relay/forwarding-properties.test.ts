import { array, assert, constantFrom, integer, property, record } from "fast-check";
import { expect, test } from "vitest";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import { type Forward, forwardsOf, push } from "../../support/forward.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { createKeptStore } from "../../support/kept-store.ts";
import { valuesOf } from "../../support/view-text.ts";

const RECORDS = "flink_taskmanager_job_task_numRecordsIn";
const HOUR = 3_600_000;

/** One half of a fleet, before the relay that forwards it. */
interface Half {
  readonly id: string;
  relay: InMemoryRelay;
  count: number;
  readonly sent: Forward[][];
}

const WHAT = [
  "push",
  "push",
  "push",
  "forward",
  "forward",
  "forward",
  "late",
  "lost",
  "restart",
  "restart of the receiver",
  "silence",
] as const;

function histories(...more: readonly "storage is lost"[]) {
  const step = record({
    what: constantFrom(...WHAT, ...more),
    who: constantFrom(0, 1),
    amount: integer({ min: 0, max: 1_000 }),
  });
  return array(step, { maxLength: 40 });
}
const numRuns = Number(process.env["PROPERTY_RUNS"] ?? 100);

function createKeptRelay(): InMemoryRelay {
  const relay = createInMemoryRelay({ store: createKeptStore() });
  relay.advance(HOUR);
  return relay;
}

/** Undefined where nothing has fed it for fifteen minutes. */
function total(relay: InMemoryRelay): number | undefined {
  return valuesOf(relay.view("merged"), RECORDS)[0];
}

function pushTo({ relay, id, count }: Half): void {
  relay.push("/job/fleet", flinkBody(taskSample("numRecordsIn", { tm: `tm_${id}` }, count)));
}

test.each([
  ["whatever is repeated, late, lost or restarted: the sum", histories()],
  ["where one loses its storage, too: no more than the sum", histories("storage is lost")],
])("over two relays, %s, and it never falls", (_what, steps) => {
  assert(
    property(steps, (history) => {
      const centre = createKeptRelay();
      const both = ["a", "b"].map((id): Half => ({ id, relay: createKeptRelay(), count: 0, sent: [] }));
      const truth = (): number => both.reduce((sum, { count }) => sum + count, 0);
      function send(half: Half): void {
        const forwards = forwardsOf(half.relay, half.id);
        half.sent.push(forwards);
        for (const each of forwards) push(centre, each);
      }
      for (const half of both) {
        pushTo(half);
        send(half);
      }
      let before = 0;
      let isExact = true;
      for (const { what, who, amount } of history) {
        const half = both[who]!;
        // Silence is long enough for a source to be given up, here and there.
        for (const { relay } of [{ relay: centre }, ...both])
          relay.advance(what === "silence" ? 600_000 : 10_000);
        if (what === "push") {
          half.count += amount;
          pushTo(half);
        } else if (what === "forward") send(half);
        else if (what === "late")
          for (const each of half.sent.at(-1 - (amount % 10)) ?? []) push(centre, each);
        else if (what === "lost") half.sent.push(forwardsOf(half.relay, half.id));
        else if (what === "restart") half.relay.restart();
        else if (what === "restart of the receiver") centre.restart();
        else if (what === "storage is lost") {
          half.relay = createInMemoryRelay({
            store: createKeptStore(),
            observedMs: half.relay.observedMs(),
          });
          // What it had not forwarded, and what the one after it first sees, is counted by neither.
          isExact = false;
        }
        const now = total(centre);
        if (now !== undefined) {
          expect(now).toBeGreaterThanOrEqual(before);
          expect(now).toBeLessThanOrEqual(truth());
          before = now;
        }
      }
      for (const half of both) {
        pushTo(half);
        send(half);
      }
      if (isExact) expect(total(centre)).toBe(truth());
    }),
    { numRuns },
  );
});
