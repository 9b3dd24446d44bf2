import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { version } from "../../../src/node/cli/version.ts";

const SLUICE = join(import.meta.dirname, "../../../src/node/sluice.js");
const MAIN = join(import.meta.dirname, "../../../src/node/main.ts");

interface Ran {
  readonly exitCode: number | string | null | undefined;
  readonly out: string;
  readonly err: string;
}

function node(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, out, err) => resolve({ exitCode: error?.code ?? 0, out, err }));
  });
}

/** Runs sluice.js in a Node that takes itself for another version. */
function nodeOfVersion(claimed: string, ...args: string[]): Promise<Ran> {
  const versions = `{ value: { ...process.versions, node: ${JSON.stringify(claimed)} } }`;
  const disguise = `Object.defineProperty(process, "versions", ${versions})`;
  return node("--import", `data:text/javascript,${encodeURIComponent(disguise)}`, SLUICE, ...args);
}

describe("on a Node that is too old, one line says what to do", () => {
  test.each(["12.22.0", "20.20.2", "23.11.1"])("%s", async (claimed) => {
    expect(await nodeOfVersion(claimed, "--version")).toEqual({
      exitCode: 2,
      out: "",
      err: `sluice: this is Node ${claimed}, and Node 24 or newer is needed: install it, or, in a checkout, run npm ci, which brings one that npm start, npm test and npm run demo use\n`,
    });
  });
});

test.each(["24.0.0", "26.10.0", "100.0.0"])("Node %s is new enough", async (claimed) => {
  expect((await nodeOfVersion(claimed, "--version")).out).toContain(`sluice ${version} `);
});

test.each([SLUICE, MAIN])("%s runs, and passes on the exit code", async (entry) => {
  expect((await node(entry, "--version")).exitCode).toBe(0);
  expect(await node(entry, "--nonsense")).toMatchObject({ exitCode: 2, out: "" });
});

test("what was compiled is kept for the next start, where the environment says", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-compiled-"));
  process.env["NODE_COMPILE_CACHE"] = folder;
  try {
    await node(SLUICE, "--version");
    expect(await readdir(folder)).not.toEqual([]);
    // A folder that cannot be written costs time and nothing else.
    process.env["NODE_COMPILE_CACHE"] = join(SLUICE, "no-folder");
    expect((await node(SLUICE, "--version")).out).toContain(`sluice ${version} `);
  } finally {
    delete process.env["NODE_COMPILE_CACHE"];
    await rm(folder, { recursive: true });
  }
});
