import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = new URL("../../", import.meta.url).pathname;
let folder: string;

// Inside the repository, so that packages and types would be found if the layer allowed them.
beforeAll(async () => {
  await mkdir(join(root, "dist"), { recursive: true });
  folder = await mkdtemp(join(root, "dist", "purity-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the compiler says of a file of the core. */
async function compile(source: string): Promise<string> {
  const name = `probe-${Math.random().toString(36).slice(2)}`;
  await writeFile(join(folder, `${name}.ts`), `${source}\n`);
  const project = {
    extends: "../../src/core/tsconfig.json",
    compilerOptions: { composite: false, declaration: false, isolatedDeclarations: false, noEmit: true },
    files: [`./${name}.ts`],
    include: [],
  };
  await writeFile(join(folder, `${name}.json`), JSON.stringify(project));
  try {
    await promisify(execFile)("tsc", ["-p", join(folder, `${name}.json`)]);
    return "";
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? error);
  }
}

test("the core compiles what ECMAScript has", async () => {
  expect(await compile("export const text: string = [3, 1, 2].toSorted().join();")).toBe("");
});

test.concurrent.each([
  ["export const pid: number = process.pid;", "Cannot find name 'process'"],
  ["setTimeout(() => undefined, 1);", "Cannot find name 'setTimeout'"],
  ["export const now: number = performance.now();", "Cannot find name 'performance'"],
  ["export const bytes: unknown = Buffer.from('a');", "Cannot find name 'Buffer'"],
  ["export const answer: unknown = fetch('http://127.0.0.1/');", "Cannot find name 'fetch'"],
  ["console.log(1);", "Cannot find name 'console'"],
  ["import { readFileSync } from 'node:fs';\nreadFileSync('a');", "Cannot find name 'node:fs'"],
])("the compiler refuses %s in src/core", async (source, message) => {
  expect(await compile(source)).toContain(message);
});
