import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { MUTANTS } from "./mutants.ts";

const ROOT = new URL("../../", import.meta.url);

test.each(MUTANTS)("what turns off $rule stands once in $file", async ({ file, from }) => {
  const source = await readFile(new URL(file, ROOT), "utf8");
  expect(source.split(from).length - 1).toBe(1);
});
