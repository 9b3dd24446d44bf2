import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkMerged, checkRaw, readMerged } from "./http/check-views.ts";
import { createFleet } from "./http/fleet.ts";
import { startLoadGenerator } from "./http/load-generator.ts";
import type { Candidate, Round } from "./http/measure.ts";
import { createCandidate, load, measureRound } from "./http/measure.ts";
import { startServer } from "./http/server-process.ts";
import { median, spreadPercent } from "./http/statistics.ts";

/**
 * How many warm Flink pushes a second Sluice takes, against a bare `node:http` server that reads the bodies and
 * drops them. Both run at once and are loaded in turn; `--quick` does it in under a minute.
 */
const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });

const SOURCES = 200;
const CONNECTIONS = 16;
const { rounds, roundSeconds, warmUpSeconds } = options.quick
  ? { rounds: 3, roundSeconds: 3, warmUpSeconds: 3 }
  : { rounds: 9, roundSeconds: 6, warmUpSeconds: 10 };

const main = new URL("../src/node/sluice.js", import.meta.url).pathname;
const bare = new URL("bare-server.ts", import.meta.url).pathname;

try {
  await run();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const fleet = await createFleet(SOURCES);
  const generator = await startLoadGenerator(fleet);
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const servers = await Promise.all([
    startServer("bare node:http server", (port) => [process.execPath, bare, String(port)]),
    startServer("Sluice", (port) => [
      process.execPath,
      main,
      `--web.listen-address=127.0.0.1:${port}`,
      "--storage.path=",
    ]),
    startServer("Sluice that stores", (port) => [
      process.execPath,
      main,
      `--web.listen-address=127.0.0.1:${port}`,
      `--storage.path=${folder}`,
    ]),
  ]);
  try {
    const candidates = servers.map((server) => createCandidate(server, SOURCES));
    const sluice = candidates[1]!;

    // First sight: whatever is counted is counted from here on.
    await load(generator, sluice, { connections: CONNECTIONS, seconds: 60, laps: 1 });
    const before = { totals: await readMerged(sluice.server.port), acked: [...sluice.acked] };

    for (const candidate of candidates)
      await load(generator, candidate, { connections: CONNECTIONS, seconds: warmUpSeconds });
    for (let round = 0; round < rounds; round += 1) {
      const inTurn = round % 2 === 0 ? candidates : candidates.toReversed();
      for (const candidate of inTurn)
        await measureRound(generator, candidate, { connections: CONNECTIONS, seconds: roundSeconds });
    }
    // Before the raw view, which is some 150 MB of text.
    const table = await render(candidates);

    const after = { totals: await readMerged(sluice.server.port), acked: sluice.acked };
    const counters = checkMerged(fleet, before, after);
    const samples = await checkRaw(sluice.server.port, fleet, sluice.acked);

    const [source] = fleet;
    console.log(`${describeMachine()}\n`);
    console.log(
      `${SOURCES} sources, ${source!.series} series and ${Math.round(source!.body.length / 1000)} KB a body, ` +
        `of which ${source!.moving.length} values rise with every push; ${CONNECTIONS} connections; ` +
        `${rounds} rounds of ${roundSeconds} s each, in turn; medians.\n`,
    );
    console.log(table);
    console.log(
      `\nChecked: ${samples} samples of the raw view are what was pushed last, ` +
        `${counters} merged counters have risen by what was pushed.`,
    );
  } finally {
    generator.stop();
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true });
  }
}

async function render(candidates: readonly Candidate[]): Promise<string> {
  const [baseline] = candidates;
  const rows = await Promise.all(
    candidates.map(async ({ server, rounds: of }) => [
      server.name,
      figure(of, "pushesPerSecond", 0),
      `±${(spreadPercent(of.map((round) => round.pushesPerSecond)) / 2).toFixed(0)} %`,
      ratio(of, baseline!.rounds).toFixed(2),
      figure(of, "cpuMsPerPush", 3),
      figure(of, "p99Ms", 1),
      `${Math.round((await server.peakRssBytes()) / 1e6)}`,
      figure(of, "loadCpuMsPerPush", 3),
    ]),
  );
  const head = [
    "",
    "pushes/s",
    "spread",
    "of bare",
    "CPU ms/push",
    "p99 ms",
    "peak RSS MB",
    "load's CPU ms/push",
  ];
  const rule = head.map((_, i) => (i === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function figure(of: readonly Round[], name: keyof Round, digits: number): string {
  return median(of.map((round) => round[name])).toFixed(digits);
}

/** Round by round, because the machine is not equally fast all the time. */
function ratio(of: readonly Round[], to: readonly Round[]): number {
  return median(of.map((round, i) => round.pushesPerSecond / (to[i]?.pushesPerSecond ?? Number.NaN)));
}

function describeMachine(): string {
  const commit = git("rev-parse", "--short", "HEAD");
  const changed = git("status", "--porcelain", "--", "src", "workers") === "" ? "" : " with changes";
  const date = new Date().toISOString().slice(0, 10);
  return `${cpus()[0]?.model ?? "?"}, ${availableParallelism()} cores, Node ${process.versions.node}, commit ${commit}${changed}, ${date}`;
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { encoding: "utf8" }).trim();
}
