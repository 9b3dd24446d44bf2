import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderMetricsPage } from "../../../src/node/own-metrics/metrics-page.ts";

const PAGE = join(import.meta.dirname, "../../../docs/metrics.md");

test("docs/metrics.md says what the relay's metrics are (UPDATE_DOCS=1 writes it anew)", () => {
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(PAGE, renderMetricsPage());
  expect(readFileSync(PAGE, "utf8")).toBe(renderMetricsPage());
});
