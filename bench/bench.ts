import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { withContext } from "./context.ts";
import { GROUPS, isGroup } from "./rows/groups.ts";
import type { Group } from "./rows/groups.ts";
import { FULL, QUICK } from "./sizes.ts";
import { renderTable } from "./table/render-table.ts";
import type { Report } from "./table/report.ts";
import { describeRun, mergeReports, provenance, rowsOf } from "./table/report.ts";
import type { Row } from "./table/row.ts";
import { writePages } from "./table/write-pages.ts";

const HELP = `npm run bench -- [flags]      measures Sluice beside a bare server and the programs of others

  --quick         smaller sizes and fewer rounds: about a minute instead of a quarter of an hour
  --rows=<a,b>    only these: ${Object.keys(GROUPS).join(", ")}
  --json=<file>   writes the figures there
  --from=<a,b>    takes the figures from such files, and measures nothing; the later ones count
  --write         puts the table into README.md and docs/performance.md`;

try {
  await run();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      rows: { type: "string" },
      json: { type: "string" },
      from: { type: "string" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (options.help) {
    console.log(HELP);
    return;
  }
  const groups = options.rows?.split(",") ?? Object.keys(GROUPS);
  const unknown = groups.find((name) => !isGroup(name));
  if (unknown !== undefined) throw new Error(`there are no rows ${unknown}: see --help`);

  const report =
    options.from === undefined
      ? await measure(groups.filter(isGroup), options.quick)
      : mergeReports(await Promise.all(options.from.split(",").map(readReport)));
  const names = Object.keys(GROUPS);
  console.log(`${provenance(report)}\n\n${renderTable(rowsOf(report, names))}`);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, undefined, 1)}\n`);
  if (options.write) await writePages(report, names);
}

async function readReport(file: string): Promise<Report> {
  return JSON.parse(await readFile(file, "utf8")) as Report;
}

/** A group that fails is told, and the others are measured. */
async function measure(names: readonly Group[], isQuick: boolean): Promise<Report> {
  const about = describeRun();
  const startedMs = performance.now();
  const groups: Record<string, readonly Row[]> = {};
  const errors: Record<string, string> = {};
  await withContext(isQuick ? QUICK : FULL, async (context) => {
    for (const name of names) {
      try {
        groups[name] = await GROUPS[name](context);
      } catch (error) {
        errors[name] = `failed: ${String(error)}`;
        context.say(`${name} has ${errors[name]}`);
        process.exitCode = 1;
      }
    }
  });
  return { ...about, isQuick, seconds: (performance.now() - startedMs) / 1000, groups, errors };
}
