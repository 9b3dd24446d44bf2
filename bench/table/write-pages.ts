import { readFile, writeFile } from "node:fs/promises";
import { renderPlainTable, renderTable } from "./render-table.ts";
import type { Report } from "./report.ts";
import { provenance, rowsOf } from "./report.ts";

const BEGIN = "<!-- npm run bench -- --write puts the figures here -->";
const END = "<!-- end of the figures -->";

const PAGES = [
  { file: "README.md", render: renderPlainTable },
  { file: "docs/performance.md", render: renderTable },
] as const;

/** Puts the table between the marks of the pages. A part of it, or a quick one, must not clobber what is published. */
export async function writePages(report: Report, names: readonly string[]): Promise<void> {
  const missing = names.filter((name) => report.groups[name] === undefined);
  if (report.isQuick || missing.length > 0)
    throw new Error(
      report.isQuick
        ? "--write takes no quick run"
        : `--write takes all rows: ${missing.join(", ")} are missing`,
    );
  const rows = rowsOf(report, names);
  for (const { file, render } of PAGES) {
    const path = new URL(`../../${file}`, import.meta.url);
    const page = await readFile(path, "utf8");
    const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
    if (begin === -1 || end < begin) throw new Error(`${file} has no lines "${BEGIN}" and "${END}"`);
    const figures = `${BEGIN}\n\n${render(rows)}\n\n${provenance(report)}\n\n`;
    await writeFile(path, page.slice(0, begin) + figures + page.slice(end));
  }
}
