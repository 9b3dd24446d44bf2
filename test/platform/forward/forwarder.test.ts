import { expect, test } from "vitest";
import { FORWARD_FORMAT } from "../../../src/core/forwarding/split-view.ts";
import type { Forwarder } from "../../../src/platform/forward/forwarder.ts";
import { createForwarder } from "../../../src/platform/forward/forwarder.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";

interface Standing {
  readonly relay: InMemoryRelay;
  readonly forwarder: Forwarder;
  readonly sent: string[];
  /** What the receiver answers, by path. */
  status: (path: string) => number;
  readonly told: (string | undefined)[];
}

function standing(intervalMs = 10_000): Standing {
  const relay = createInMemoryRelay();
  const sent: string[] = [];
  const told: (string | undefined)[] = [];
  const made: Standing = {
    relay,
    sent,
    told,
    status: () => 200,
    forwarder: createForwarder({
      target: {
        shown: "",
        async send(method, path) {
          sent.push(`${method} ${path.replace("/sluice_relay/r", "")}`);
          return { status: made.status(path), message: "why", relays: [] };
        },
      },
      relay: "r",
      intervalMs,
      view: async () => relay.families("merged", FORWARD_FORMAT),
      log: { info: () => told.push(undefined), warn: (_message, { error }) => told.push(error) },
      random: () => 1,
    }),
  };
  return made;
}

test("what has left the view is deleted once, when the receiver takes that", async () => {
  const { relay, forwarder, sent, ...made } = standing();
  relay.push("/job/a", "x 1\n");
  relay.push("/job/b", "x 1\n");
  await forwarder.forward();
  relay.delete("/job/a");
  sent.length = 0;
  for (let i = 0; i < 3; i += 1) await forwarder.forward();
  expect(sent.toSorted()).toEqual(["DELETE /metrics/job/a", ...Array(3).fill("PUT /metrics/job/b")]);
  expect(made.told).toEqual([]);
});

test("a receiver that is out is tried ever less often, up to once a minute, and told of once", async () => {
  const made = standing();
  made.relay.push("/job/a", "x 1\n");
  made.status = () => 503;
  const waits: number[] = [];
  for (let i = 0; i < 5; i += 1) waits.push(await made.forwarder.forward());
  expect(waits).toEqual([20_000, 40_000, 60_000, 60_000, 60_000]);
  made.status = () => 200;
  expect(await made.forwarder.forward()).toBeLessThanOrEqual(10_000);
  expect(made.told).toEqual(["PUT /metrics/job/a/sluice_relay/r was answered 503: why", undefined]);
  expect(made.forwarder.status()).toMatchObject({ sent: 1, refused: 0, failed: 5 });
});

test("who takes nothing is not sent the rest", async () => {
  const made = standing();
  for (let i = 0; i < 20; i += 1) made.relay.push(`/job/j${i}`, "x 1\n");
  made.status = () => 401;
  await made.forwarder.forward();
  expect(made.sent.length).toBeLessThanOrEqual(4);
});

test("what is refused for itself alone is no outage", async () => {
  const made = standing();
  for (const job of ["a", "b", "c"]) made.relay.push(`/job/${job}`, "x 1\n");
  made.status = (path) => (path.includes("/job/b/") ? 413 : 202);
  expect(await made.forwarder.forward()).toBeLessThanOrEqual(10_000);
  expect(made.forwarder.status()).toMatchObject({ sent: 2, refused: 1, failed: 0, lastSuccessSeconds: 0 });
  expect(made.told).toEqual(["PUT /metrics/job/b/sluice_relay/r was answered 413: why"]);
});
