import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseConfigFile } from "../../../src/platform/config-file/parse-config-file.ts";

const page = readFileSync(new URL("../../../docs/rules.md", import.meta.url), "utf8");

function blocks(kind: string): string[] {
  return [...page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)]
    .filter(([, info]) => info === kind)
    .map(([, , text = ""]) => text);
}

describe("every example of docs/rules.md is valid", () => {
  test.each(blocks("yaml"))("%s", (text) =>
    expect(parseConfigFile(text, "s.yaml")).toMatchObject({ ok: true }),
  );
});

test("the example of errors has the errors that the page shows", () => {
  const [text = ""] = blocks("yaml invalid");
  const read = parseConfigFile(text, "sluice.yaml");
  const shown = `$ sluice check-config sluice.yaml\n${read.ok ? "" : read.errors.join("\n")}\n`;
  expect(blocks("")).toContain(shown);
});

test("each key of a rule has a row", () => {
  const keys = ["match", "action", "kind", "function", "by", "without", "skip", "level", "companions"];
  keys.push("intervals", "window");
  for (const key of keys) expect(page).toContain(`| \`${key}\` |`);
});
