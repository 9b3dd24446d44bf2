import { asyncProperty, assert as check } from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { startRelay } from "../node/server/running-relay.ts";
import type { RunningRelay } from "../node/server/running-relay.ts";
import { differences } from "./compare.ts";
import type { Difference } from "./compare.ts";
import { knownDifferences } from "./known.ts";
import { anyRequests } from "./requests.ts";
import { missingPushgateway, startPushgateway } from "./running-pushgateway.ts";
import type { RunningPushgateway } from "./running-pushgateway.ts";

/** Histories of some twenty requests each. */
const SEEDS = Number(process.env["DIFFERENTIAL_SEEDS"] ?? 200);
const FIRST_SEED = Number(process.env["DIFFERENTIAL_FIRST_SEED"] ?? 1);
const missing = await missingPushgateway();

if (missing === undefined) {
  let relay: RunningRelay;
  let pushgateway: RunningPushgateway;
  beforeAll(async () => {
    relay = await startRelay({ adminApi: true, view: "raw" });
    pushgateway = await startPushgateway();
  });
  afterAll(async () => {
    await relay.stop();
    await pushgateway[Symbol.asyncDispose]();
  });

  test(`a Pushgateway answers and shows the same, seeds ${FIRST_SEED} to ${FIRST_SEED + SEEDS - 1}`, async () => {
    const sameAnswers = asyncProperty(anyRequests, async (requests) => {
      for await (const difference of differences({ ours: relay.port, theirs: pushgateway }, requests)) {
        if (knownDifferences.every(({ isIt }) => !isIt(difference))) throw new Error(textOf(difference));
      }
    });
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
      // The counterexample that it prints is the shortest list of requests that still shows the difference.
      await check(sameAnswers, { seed, numRuns: 1 });
    }
  });
} else {
  test.skip(`a Pushgateway answers and shows the same: skipped, ${missing}`, () => {});
}

function textOf({ request, ours, theirs, view }: Difference): string {
  return [
    JSON.stringify(request),
    `Pushgateway: ${theirs?.status} ${theirs?.text.trim()}`,
    `Sluice: ${ours.status} ${ours.text.trim()}`,
    ...view,
  ].join("\n");
}
