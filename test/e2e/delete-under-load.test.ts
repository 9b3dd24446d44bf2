import { Agent } from "node:http";
import { expect, test } from "vitest";
import { flinkBody, taskSample } from "../support/flink-body.ts";
import { startChildRelay } from "../node/server/child-relay.ts";
import { sampleOf, send } from "../node/server/running-relay.ts";

const PUSHES = 300;

const METRICS = ["numRecordsIn", "numRecordsOut", "numBytesIn", "numBytesOut", "numBuffersOut"];

/** A TaskManager's body of some 700 KB. */
function bodyOf(tm: number): Buffer {
  const samples = Array.from({ length: 3_200 }, (_, i) =>
    taskSample(
      METRICS[i % METRICS.length] ?? "",
      { tm: `tm${tm}`, subtask: Math.floor(i / METRICS.length) },
      i,
    ),
  );
  return Buffer.from(flinkBody(...samples));
}

test("a DELETE is answered at once while hundreds of megabytes of pushes wait", async () => {
  await using relay = await startChildRelay("--threads=1");
  expect((await send(relay.port, "PUT", "/metrics/job/leaving", { body: "x 1\n" })).status).toBe(200);
  const bodies = Array.from({ length: 20 }, (_, i) => bodyOf(i));
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0) * (PUSHES / bodies.length);
  expect(bytes).toBeGreaterThan(200e6);

  const agent = new Agent({ keepAlive: true, maxSockets: PUSHES });
  let answered = 0;
  const pushes = Array.from({ length: PUSHES }, async (_, i) => {
    const body = bodies[i % bodies.length] ?? "";
    const { status } = await send(relay.port, "PUT", `/metrics/job/f${i}`, { agent, body });
    answered += 1;
    return status;
  });
  await Promise.race(pushes);
  const startMs = performance.now();
  const { status } = await send(relay.port, "DELETE", "/metrics/job/leaving");
  const tookMs = performance.now() - startMs;
  const waiting = PUSHES - answered;
  expect(status).toBe(202);
  // Flink halts its JVM after five seconds.
  expect(tookMs).toBeLessThan(2_000);
  expect(waiting).toBeGreaterThan(0);

  const statuses = await Promise.all(pushes);
  expect(statuses.filter((each) => each !== 200 && each !== 503)).toEqual([]);
  const { text } = await send(relay.port, "GET", "/metrics");
  expect(sampleOf(text, 'x{instance="",job="leaving"}')).toBeUndefined();
  agent.destroy();
}, 60_000);
