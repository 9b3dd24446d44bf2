import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Context } from "../context.ts";
import { loadEach, withCandidates } from "../http/measure.ts";
import type { Kind } from "../http/servers.ts";
import { pushgateway, sluice } from "../http/servers.ts";
import { median, spreadPercent } from "../http/statistics.ts";
import type { Row } from "../table/row.ts";
import { goal, missingRow } from "../table/row.ts";

const GOAL_SECONDS = 0.4;

/** From the start of the process until the first push is taken. */
export async function measureStart(context: Context): Promise<readonly Row[]> {
  const { sizes, say } = context;
  const what = "start until the first push is taken";
  say(what);
  const full = await fullFolder(context);
  await promisify(execFile)("npm", ["run", "build"], { cwd: new URL("../..", import.meta.url) });
  const stored = `Sluice that stores ${full.series.toLocaleString("en-US")} series`;
  const kinds: readonly [Kind, boolean][] = [
    [sluice("Sluice in memory, from the sources"), true],
    [sluice("Sluice in memory, built", { isBuilt: true }), true],
    [sluice("Sluice that stores, built, empty", { isBuilt: true, folder: await context.folder() }), true],
    [sluice(`${stored}, built`, { isBuilt: true, folder: full.folder }), false],
    [pushgateway("Pushgateway", { check: true }), false],
  ];
  const rows: Row[] = [];
  for (const [kind, hasGoal] of kinds) {
    const seconds: number[] = [];
    const cpuMs: number[] = [];
    try {
      for (let i = 0; i < sizes.starts; i += 1) {
        const server = await kind.start();
        seconds.push(server.startMs / 1000);
        cpuMs.push(await server.cpuMs());
        await server.stop();
      }
    } catch (error) {
      if (!kind.isPeer) throw error;
      rows.push(missingRow(what, { name: kind.name, reason: String(error) }));
      continue;
    }
    const figure = { value: median(seconds), unit: "s" };
    const goals = hasGoal ? goal("at most", GOAL_SECONDS, "", figure.value, "s") : [];
    rows.push({
      what,
      who: kind.name,
      figure,
      spreadPercent: spreadPercent(seconds),
      cpuMs: median(cpuMs),
      goals,
    });
  }
  return rows;
}

/** A folder in which a whole fleet is stored. */
async function fullFolder(context: Context): Promise<{ folder: string; series: number }> {
  const { fleet, generator, series } = await context.fleet();
  const folder = await context.folder();
  await withCandidates([sluice("Sluice that stores", { folder })], fleet.length, ([ours]) =>
    loadEach(generator, ours!, context.sizes.connections),
  );
  return { folder, series };
}
