import { readFile, writeFile } from "node:fs/promises";
import { renderPlainTable, renderTable } from "./render-table.ts";
import type { Report } from "./report.ts";
import { provenance } from "./report.ts";

const BEGIN = "<!-- npm run bench -- --write puts the figures here -->";
const END = "<!-- end of the figures -->";

const PAGES = [
  { file: "README.md", render: renderPlainTable },
  { file: "docs/performance.md", render: renderTable },
] as const;

/** Puts the table of a whole run between the marks of the pages. A part of one must not clobber what is published. */
export async function writePages(report: Report): Promise<void> {
  if (!report.isWhole)
    throw new Error("--write takes a whole run: without --quick and --rows, and with no failed row");
  for (const { file, render } of PAGES) {
    const path = new URL(`../../${file}`, import.meta.url);
    const page = await readFile(path, "utf8");
    const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
    if (begin === -1 || end < begin) throw new Error(`${file} has no lines "${BEGIN}" and "${END}"`);
    const figures = `${BEGIN}\n\n${render(report.rows)}\n\n${provenance(report)}\n\n`;
    await writeFile(path, page.slice(0, begin) + figures + page.slice(end));
  }
}
