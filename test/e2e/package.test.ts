import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { version } from "../../src/node/cli/version.ts";
import { sampleOf, send } from "../node/server/running-relay.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
/** Whatever Node a shell would find, the tests' own comes first. */
const ENV = {
  ...process.env,
  PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
  // npm would ask whether to install what it does not find.
  npm_config_yes: "false",
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-package-"));
  await run("npm", ["run", "build"], { cwd: ROOT, env: ENV });
  await run("npm", ["pack", "--pack-destination", folder], { cwd: ROOT, env: ENV });
  await writeFile(join(folder, "package.json"), '{ "name": "empty", "private": true }\n');
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack has made no tarball");
  await run("npm", ["install", "--no-audit", "--no-fund", join(folder, tarball)], { cwd: folder, env: ENV });
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true, maxRetries: 10 }); // what has just ended may still write there
});

test("it brings what a relay needs, and no more", async () => {
  const files = await readdir(join(folder, "node_modules/sluice"), { recursive: true });
  expect(files.filter((name) => /\.(ts|test\.js|tsbuildinfo)$|^(test|bench|src)\b/.test(name))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(["README.md", "LICENSE", "package.json"]));
  expect(existsSync(join(folder, "node_modules/typescript"))).toBe(false);
});

test("npx sluice --version", async () => {
  const { stdout } = await run("npx", ["sluice", "--version"], { cwd: folder, env: ENV });
  expect(stdout).toBe(`sluice ${version} (Node ${process.versions.node})\n`);
});

test("npx sluice runs a relay that takes a push, serves a scrape and stops when it is told to", async () => {
  const child = spawn(
    "npx",
    ["sluice", "--web.listen-address=127.0.0.1:0", "--storage.path=", "--log.format=json"],
    {
      cwd: folder,
      env: ENV,
      stdio: ["ignore", "ignore", "pipe"],
      // npx runs a shell, and a signal must come to the relay below it.
      detached: true,
    },
  );
  const exited = once(child, "exit");
  const lines: string[] = [];
  let port = 0;
  for await (const line of createInterface(child.stderr)) {
    lines.push(line);
    if (!line.includes('"msg":"listening"')) continue;
    port = Number((JSON.parse(line) as { address: string }).address.split(":").at(-1));
    break;
  }
  expect({ port, lines }).toMatchObject({ port: expect.any(Number) });
  expect(port).toBeGreaterThan(0);
  child.stderr.resume();

  const flink = `# TYPE flink_taskmanager_job_task_numRecordsIn gauge
flink_taskmanager_job_task_numRecordsIn{job_id="a",task_id="t",task_attempt_id="x",host="h",task_name="map",task_attempt_num="0",job_name="w",tm_id="tm",subtask_index="0",} 4.0
`;
  expect((await send(port, "PUT", "/metrics/job/backup", { body: "x 1\n" })).status).toBe(200);
  expect((await send(port, "PUT", "/metrics/job/flink", { body: flink })).status).toBe(200);
  const { text } = await send(port, "GET", "/metrics");
  expect(sampleOf(text, 'x{instance="",job="backup"}')).toBe(1);
  expect(text).toContain("# TYPE flink_taskmanager_job_task_numRecordsIn counter\n");
  expect(text).toContain(`version="${version}"} 1\n`);

  if (child.pid === undefined) throw new Error("npx did not start");
  process.kill(-child.pid, "SIGTERM");
  await exited;
  await expect(send(port, "GET", "/-/ready")).rejects.toThrow("ECONNREFUSED");
});
