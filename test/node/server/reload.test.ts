import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../../src/node/config/read-config.ts";
import { startChildRelay } from "./child-relay.ts";
import type { RunningRelay } from "./running-relay.ts";
import { sampleOf, send, startRelay } from "./running-relay.ts";

const MERGED = 'x_total{instance="",job="shop"}';
const WITHOUT_INSTANCE = "rules: [{ match: x_total, without: [instance] }]\n";
const BROKEN = "rules: [{ match: x_total{ }]\n";

function newFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "sluice-")), "sluice.yaml");
  writeFileSync(file, text);
  return file;
}

function startWith(file: string): Promise<RunningRelay> {
  const args = [
    `--config.file=${file}`,
    "--threads=2",
    "--storage.path=",
    "--web.listen-address=127.0.0.1:0",
    "--web.enable-lifecycle",
  ];
  const read = readConfig(args);
  if (read.kind !== "config") throw new Error(JSON.stringify(read));
  return startRelay({ ...read.config, storageFolder: "" }, () => readConfig(args));
}

async function pushAll(port: number, total: number): Promise<void> {
  for (const pod of ["a", "b", "c"]) {
    const body = `# TYPE x_total counter\nx_total ${total}\n`;
    const { status, text } = await send(port, "PUT", `/metrics/job/shop/instance/${pod}`, { body });
    expect([status, text]).toEqual([200, ""]);
  }
}

/** Asks until it holds: what is waited for is a file's change on its way through the system. */
async function eventually<T>(ask: () => Promise<T>, isIt: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (isIt(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still ${String(answer)}`);
  }
}

const isSuccessful = (relay: RunningRelay): Promise<number | undefined> =>
  relay.view("merged").then((view) => sampleOf(view, "sluice_config_last_reload_successful"));

async function isMerged(relay: RunningRelay): Promise<boolean> {
  return sampleOf(await relay.view("merged"), MERGED) !== undefined;
}

test("a file's rules are in force from the start, over all threads", async () => {
  await using relay = await startWith(newFile(WITHOUT_INSTANCE));
  for (const total of [10, 15]) await pushAll(relay.port, total);
  expect(sampleOf(await relay.view("merged"), MERGED)).toBe(15);
  expect(await isSuccessful(relay)).toBe(1);
});

describe("a request", () => {
  test("puts the file in force before it is answered, and what no rule changed goes on", async () => {
    const file = newFile(WITHOUT_INSTANCE);
    await using relay = await startWith(file);
    for (const total of [10, 15]) await pushAll(relay.port, total);
    writeFileSync(file, `${WITHOUT_INSTANCE.slice(0, -2)}, { match: y, action: drop }]\n`);
    const { status } = await relay.request("POST", "/-/reload");
    expect(status).toBe(200);
    await relay.push("/metrics/job/other", "y 1\nz 2\n");
    await pushAll(relay.port, 16);
    const view = await relay.view("merged");
    expect(sampleOf(view, MERGED)).toBe(18);
    expect(view).not.toMatch(/^y\{/m);
    expect(view).toMatch(/^z\{/m);
  });

  test("a bad file changes nothing, is told, logged and shown", async () => {
    const file = newFile(WITHOUT_INSTANCE);
    await using relay = await startWith(file);
    for (const total of [10, 15]) await pushAll(relay.port, total);
    writeFileSync(file, BROKEN);
    const { status, text } = await relay.request("PUT", "/-/reload");
    expect(status).toBe(500);
    expect(text).toContain(`the configuration is as it was: ${file}:1:`);
    expect(await isSuccessful(relay)).toBe(0);
    expect(relay.log.some((line) => line.includes("is not in force") && line.includes(":1:"))).toBe(true);
    await pushAll(relay.port, 16);
    expect(sampleOf(await relay.view("merged"), MERGED)).toBe(18);

    writeFileSync(file, WITHOUT_INSTANCE);
    expect((await relay.request("PUT", "/-/reload")).status).toBe(200);
    expect(await isSuccessful(relay)).toBe(1);
    expect(sampleOf(await relay.view("merged"), MERGED)).toBe(18);
  });
});

describe("a change of the file takes effect by itself", () => {
  test("written in place, and put in its place", async () => {
    const file = newFile("");
    await using relay = await startWith(file);
    await pushAll(relay.port, 10);
    expect(await isMerged(relay)).toBe(false);
    writeFileSync(file, WITHOUT_INSTANCE);
    await eventually(() => isMerged(relay), Boolean);

    writeFileSync(`${file}.new`, "");
    renameSync(`${file}.new`, file);
    await eventually(
      () => isMerged(relay),
      (is) => !is,
    );
  });

  test("behind a link to a folder, as Kubernetes mounts a ConfigMap", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-"));
    const mount = (version: string, text: string): void => {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, "sluice.yaml"), text);
      symlinkSync(version, join(folder, "..new"));
      renameSync(join(folder, "..new"), join(folder, "..data"));
    };
    mount("..1", "");
    symlinkSync("..data/sluice.yaml", join(folder, "sluice.yaml"));
    await using relay = await startWith(join(folder, "sluice.yaml"));
    await pushAll(relay.port, 10);
    mount("..2", WITHOUT_INSTANCE);
    rmSync(join(folder, "..1"), { recursive: true });
    await eventually(() => isMerged(relay), Boolean);
  });
});

test("SIGHUP", async () => {
  const file = newFile(WITHOUT_INSTANCE);
  await using relay = await startChildRelay(`--config.file=${file}`, "--threads=1", "--log.level=debug");
  relay.signal("SIGHUP");
  await relay.logged("the configuration file says what it said before");
  const { text } = await send(relay.port, "GET", "/metrics");
  expect(sampleOf(text, "sluice_config_last_reload_successful")).toBe(1);
  const { status } = await send(relay.port, "POST", "/-/reload");
  expect(status).toBe(403);
});

test("a relay does not start with a bad file", async () => {
  await expect(startChildRelay(`--config.file=${newFile(BROKEN)}`)).rejects.toThrow("the relay has ended");
});
