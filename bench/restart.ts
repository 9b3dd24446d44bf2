/**
 * How long a restart takes until `/-/ready` says yes, with a million series stored: after an orderly stop, and after
 * a crash that left a log behind. `npm run bench:restart -- [--runs=5] [--sources=651] [--laps=10] [--keep=<folder>]`
 *
 * `--laps` is how often each source pushes before: the log that a crash leaves. `--keep` leaves the two stores there, for profiles: `node --cpu-prof src/node/sluice.js --storage.path=<one>`.
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createFleet } from "./http/fleet.ts";
import { startLoadGenerator } from "./http/load-generator.ts";
import { load, withCandidates } from "./http/measure.ts";
import { sluice } from "./http/servers.ts";
import { median, spreadPercent } from "./http/statistics.ts";

const CONNECTIONS = 7;
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    sources: { type: "string", default: "651" },
    laps: { type: "string", default: "10" },
    keep: { type: "string" },
  },
});
const scratch = values.keep ?? (await mkdtemp(join(tmpdir(), "sluice-restart-")));
const stores = { orderly: join(scratch, "orderly"), crashed: join(scratch, "crashed") };
try {
  const series = await fill(Number(values.sources));
  const results = new Map<string, Figures>();
  for (const name of Object.keys(stores)) results.set(name, { seconds: [], cpuMs: [] });
  for (let run = 0; run < Number(values.runs); run += 1) {
    for (const [name, folder] of Object.entries(stores)) await measure(name, folder, results.get(name)!);
  }
  console.log(`${series.toLocaleString("en-US")} series, until /-/ready:`);
  for (const [name, { seconds, cpuMs }] of results) {
    const spread = spreadPercent(seconds)?.toFixed(0) ?? "-";
    console.log(
      `  ${name.padEnd(8)} ${median(seconds).toFixed(2)} s (spread ${spread} %), processor ${(median(cpuMs) / 1000).toFixed(2)} s`,
    );
  }
} finally {
  if (values.keep === undefined) await rm(scratch, { recursive: true });
}

interface Figures {
  readonly seconds: number[];
  readonly cpuMs: number[];
}

/** Pushes for a whole fleet, and leaves the store as a crash would, and as an orderly stop does. */
async function fill(sources: number): Promise<number> {
  const fleet = await createFleet({ sources });
  const generator = await startLoadGenerator(fleet);
  try {
    await withCandidates([sluice("filling", { folder: stores.orderly })], fleet.length, async ([ours]) => {
      await load(generator, ours!, { connections: CONNECTIONS, seconds: 600, laps: Number(values.laps) });
      // Nothing is written now: what lies on the disk is what would lie there if the process were killed.
      await cp(stores.orderly, stores.crashed, { recursive: true });
    });
  } finally {
    generator.stop();
  }
  return sources * fleet[0]!.series;
}

/** On a copy: an orderly stop would leave another store than the one that was started on. */
async function measure(name: string, folder: string, into: Figures): Promise<void> {
  const copy = join(scratch, "copy");
  await cp(folder, copy, { recursive: true });
  const server = await sluice(name, { folder: copy }).start();
  into.seconds.push(server.startMs / 1000);
  into.cpuMs.push(await server.cpuMs());
  console.error(`${name}: ${(server.startMs / 1000).toFixed(2)} s`);
  await server.stop();
  await rm(copy, { recursive: true });
}
