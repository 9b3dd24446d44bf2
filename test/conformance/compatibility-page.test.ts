import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clients } from "../clients/clients.ts";
import { knownDifferences } from "../differential/known.ts";
import { readCases } from "./cases.ts";
import { renderCompatibilityPage } from "./compatibility-page.ts";
import { divergences } from "./divergences.ts";

const PAGE = join(import.meta.dirname, "../../docs/compatibility.md");

test("docs/compatibility.md has the table that the tests go by (UPDATE_DOCS=1 writes it anew)", () => {
  const page = renderCompatibilityPage(readCases(), divergences, clients, knownDifferences);
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, "utf8")).toBe(page);
});
