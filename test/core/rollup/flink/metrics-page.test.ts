import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderMetricTables } from "./render-metric-tables.ts";

const page = new URL("../../../../docs/flink-metrics.md", import.meta.url);
const BEGIN =
  "<!-- The tables below are made from src/core/rollup/flink/preset.ts by its tests, with UPDATE_DOCS=1. -->\n";

test("docs/flink-metrics.md says what the preset does", () => {
  const text = readFileSync(page, "utf8");
  const prose = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
  const wanted = `${prose}\n${renderMetricTables()}\n`;
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(page, wanted);
  else expect(text).toBe(wanted);
});
