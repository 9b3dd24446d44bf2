import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createFleet } from "./http/fleet.ts";
import { startLoadGenerator } from "./http/load-generator.ts";
import { createCandidate, load } from "./http/measure.ts";
import { startServer } from "./http/server-process.ts";

/**
 * What Sluice's process holds for 300,000 Flink series, above what it holds when it is idle: after a minute of
 * pushes, after a scrape of each view, and when the groups have been deleted. `--quick` pushes for ten seconds.
 */
const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });

const SOURCES = 200;
const CONNECTIONS = 16;
const seconds = options.quick ? 10 : 60;
/** Memory is given back once a minute. */
const settleMs = options.quick ? 5_000 : 130_000;

const main = new URL("../src/node/sluice.js", import.meta.url).pathname;
const fleet = await createFleet(SOURCES);
const series = SOURCES * fleet[0]!.series;
const generator = await startLoadGenerator(fleet);
const server = await startServer("Sluice", (port) => [
  process.execPath,
  main,
  `--web.listen-address=127.0.0.1:${port}`,
  "--storage.path=",
]);
try {
  const candidate = createCandidate(server, SOURCES);
  const idle = await server.rssBytes();
  console.log(`${series} series; idle ${megabytes(idle)}`);
  await load(generator, candidate, { connections: CONNECTIONS, seconds });
  await tell(`after ${seconds} s of pushes`, idle);
  for (const view of ["merged", "raw"]) {
    await (await fetch(`http://127.0.0.1:${server.port}/metrics?view=${view}`)).arrayBuffer();
    await tell(`after a scrape of the ${view} view`, idle);
  }
  await sleep(settleMs);
  await tell(`${settleMs / 1000} s later`, idle);
  for (const { path } of fleet) await fetch(`http://127.0.0.1:${server.port}${path}`, { method: "DELETE" });
  await sleep(settleMs);
  await tell(`${settleMs / 1000} s after all groups were deleted`, idle);
} finally {
  generator.stop();
  await server.stop();
}

async function tell(when: string, idle: number): Promise<void> {
  const above = (await server.rssBytes()) - idle;
  console.log(`${when}: ${megabytes(above)} above idle, ${(above / series).toFixed(0)} bytes a series`);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
