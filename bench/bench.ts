import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { withContext } from "./context.ts";
import { GROUPS, isGroup } from "./rows/groups.ts";
import type { Group } from "./rows/groups.ts";
import { FULL, QUICK } from "./sizes.ts";
import { renderTable } from "./table/render-table.ts";
import type { Report } from "./table/report.ts";
import { describeRun, provenance } from "./table/report.ts";
import type { Row } from "./table/row.ts";
import { writePages } from "./table/write-pages.ts";

const HELP = `npm run bench -- [flags]      measures Sluice beside a bare server and the programs of others

  --quick         smaller sizes and fewer rounds: about a minute instead of a quarter of an hour
  --rows=<a,b>    only these: ${Object.keys(GROUPS).join(", ")}
  --json=<file>   writes the figures there
  --from=<file>   takes the figures from such a file, and measures nothing
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
      : (JSON.parse(await readFile(options.from, "utf8")) as Report);
  console.log(`${provenance(report)}\n\n${renderTable(report.rows)}`);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, undefined, 1)}\n`);
  if (options.write) await writePages(report);
}

/** A group that fails leaves a row that says so, and the others are measured. */
async function measure(groups: readonly Group[], isQuick: boolean): Promise<Report> {
  const about = describeRun();
  const startedMs = performance.now();
  const rows: Row[] = [];
  let isWhole = !isQuick && groups.length === Object.keys(GROUPS).length;
  await withContext(isQuick ? QUICK : FULL, async (context) => {
    for (const group of groups) {
      try {
        rows.push(...(await GROUPS[group](context)));
      } catch (error) {
        const note = `failed: ${String(error)}`;
        context.say(`${group} has ${note}`);
        rows.push({ what: group, who: "", figure: undefined, note });
        isWhole = false;
        process.exitCode = 1;
      }
    }
  });
  return { ...about, isQuick, isWhole, seconds: (performance.now() - startedMs) / 1000, rows };
}
