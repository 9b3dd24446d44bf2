import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withContext } from "./context.ts";
import type { Context } from "./context.ts";
import { loadEach, withCandidates } from "./http/measure.ts";
import { sluice } from "./http/servers.ts";
import { readProfile } from "./profile/read-profile.ts";
import { renderThreads } from "./profile/render-profile.ts";
import { workOf, WORKS } from "./profile/works.ts";
import { FULL } from "./sizes.ts";

/**
 * Where the time of a push goes, or of a scrape: runs Sluice under V8's sampling profiler, and prints which functions
 * and files run how long, in the main thread and in those that take pushes.
 *
 * A sample is taken by the clock on the wall: where others have the processor, whoever waits for it looks busy.
 */
const { values: options } = parseArgs({
  options: {
    work: { type: "string", default: "warm" },
    sources: { type: "string", default: String(FULL.sources) },
    seconds: { type: "string", default: "10" },
    top: { type: "string", default: "25" },
    store: { type: "boolean", default: false },
  },
});

try {
  const sources = Number(options.sources);
  await withContext({ ...FULL, sources, connections: Math.min(FULL.connections, sources) }, profile);
} catch (error) {
  console.error(`profile: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function profile(context: Context): Promise<void> {
  const { sources, connections, warmUpSeconds } = context.sizes;
  const work = workOf(options.work);
  if (work === undefined)
    throw new Error(`there is no work ${options.work}: it is one of ${Object.keys(WORKS).join(", ")}`);
  const folder = await context.folder();
  const nodeFlags = ["--cpu-prof", "--cpu-prof-interval=500", `--cpu-prof-dir=${folder}`];
  const kind = sluice("Sluice", { nodeFlags, folder: options.store ? await context.folder() : "" });
  const { window, count } = await context.withFleet({ sources, ...work.fleet }, (loaded) =>
    withCandidates([kind], loaded.fleet.length, async ([candidate]) => {
      await loadEach(loaded.generator, candidate!, connections);
      await work.run(context, loaded, candidate!, warmUpSeconds);
      const fromUs = nowUs();
      const done = await work.run(context, loaded, candidate!, Number(options.seconds));
      return { window: { fromUs, toUs: nowUs() }, count: done };
    }),
  );
  console.log(`${count} × ${options.work}; microseconds for each ${work.unit}\n`);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".cpuprofile"));
  const read = (names: readonly string[]): ReturnType<typeof readProfile>[] =>
    names.map((name) => readProfile(join(folder, name), window));
  const shape = { count, top: Number(options.top) };
  const main = await Promise.all(read(files.filter(isMain)));
  const others = await Promise.all(read(files.filter((name) => !isMain(name))));
  console.log(renderThreads("The main thread", main, shape));
  console.log(renderThreads(`${others.length} threads that take pushes, together`, others, shape));
}

/** CPU.<date>.<time>.<process>.<thread>.<number>.cpuprofile */
function isMain(name: string): boolean {
  return /\.0\.\d+\.cpuprofile$/.test(name);
}

function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
