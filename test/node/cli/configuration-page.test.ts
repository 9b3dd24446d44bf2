import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderConfigurationPage } from "../../../src/node/cli/configuration-page.ts";

const PAGE = join(import.meta.dirname, "../../../docs/configuration.md");

test("docs/configuration.md says what the option table says (UPDATE_DOCS=1 writes it anew)", () => {
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(PAGE, renderConfigurationPage());
  expect(readFileSync(PAGE, "utf8")).toBe(renderConfigurationPage());
});
