import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { hashSync } from "bcryptjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { version } from "../../src/node/cli/version.ts";
import { sampleOf, send } from "../node/server/running-relay.ts";

const run = promisify(execFile);
const MOST_QUICKLY = 4;
const PROTOBUF =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
const PROTOBUF_ANSWER = expect.stringContaining(PROTOBUF);
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

/** Runs `sluice` with these flags until `use` is through with its port. */
async function withRelay(flags: readonly string[], use: (port: number) => Promise<void>): Promise<void> {
  const args = ["sluice", "--web.listen-address=127.0.0.1:0", "--log.format=json", ...flags];
  const child = spawn("npx", args, {
    cwd: folder,
    env: ENV,
    stdio: ["ignore", "ignore", "pipe"],
    // npx runs a shell, and a signal must come to the relay below it.
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("npx did not start");
  const exited = once(child, "exit");
  const lines: string[] = [];
  let port = 0;
  for await (const line of createInterface(child.stderr)) {
    lines.push(line);
    if (!line.includes('"msg":"listening"')) continue;
    port = Number((JSON.parse(line) as { address: string }).address.split(":").at(-1));
    break;
  }
  expect(port, lines.join("\n")).toBeGreaterThan(0);
  child.stderr.resume();
  try {
    await use(port);
  } finally {
    process.kill(-pid, "SIGTERM");
    await exited;
  }
  await expect(send(port, "GET", "/-/ready")).rejects.toThrow("ECONNREFUSED");
}

test("npx sluice runs a relay that takes a push, serves a scrape and stops when it is told to", async () => {
  const flink = `# TYPE flink_taskmanager_job_task_numRecordsIn gauge
flink_taskmanager_job_task_numRecordsIn{job_id="a",task_id="t",task_attempt_id="x",host="h",task_name="map",task_attempt_num="0",job_name="w",tm_id="tm",subtask_index="0",} 4.0
`;
  await withRelay(["--storage.path="], async (port) => {
    expect((await send(port, "PUT", "/metrics/job/backup", { body: "x 1\n" })).status).toBe(200);
    expect((await send(port, "PUT", "/metrics/job/flink", { body: flink })).status).toBe(200);
    const { text } = await send(port, "GET", "/metrics");
    expect(sampleOf(text, 'x{instance="",job="backup"}')).toBe(1);
    expect(text).toContain("# TYPE flink_taskmanager_job_task_numRecordsIn counter\n");
    expect(text).toContain(`version="${version}"} 1\n`);
    // The pages are part of the package too.
    const page = await send(port, "GET", "/");
    expect({ status: page.status, type: page.headers["content-type"] }).toEqual({
      status: 200,
      type: "text/html; charset=utf-8",
    });
  });
});

test("its threads store what is pushed, and check passwords", async () => {
  await writeFile(
    join(folder, "web.yml"),
    `basic_auth_users: { ann: "${hashSync("right", MOST_QUICKLY)}" }\n`,
  );
  await writeFile(join(folder, "rules.yml"), "rules: [{ match: dropped, action: drop }]\n");
  const flags = ["--storage.path=stored", "--web.config.file=web.yml", "--config.file=rules.yml"];
  const right = { Authorization: `Basic ${btoa("ann:right")}` };
  const wrong = { Authorization: `Basic ${btoa("ann:wrong")}` };
  await withRelay(flags, async (port) => {
    const push = { body: "kept 1\ndropped 1\n" };
    expect((await send(port, "PUT", "/metrics/job/j", { ...push, headers: wrong })).status).toBe(401);
    expect((await send(port, "PUT", "/metrics/job/j", { ...push, headers: right })).status).toBe(200);
  });
  await withRelay(flags, async (port) => {
    const { text } = await send(port, "GET", "/metrics", { headers: right });
    expect(sampleOf(text, 'kept{instance="",job="j"}')).toBe(1);
    const headers = { ...right, Accept: PROTOBUF, "Accept-Encoding": "gzip" };
    const answer = await send(port, "GET", "/metrics", { headers });
    expect(answer.headers).toMatchObject({ "content-type": PROTOBUF_ANSWER, "content-encoding": "gzip" });
    const names = gunzipSync(answer.body);
    expect([names.includes("kept"), names.includes("dropped")]).toEqual([true, false]);
  });
});

test("it brings the licenses of what its bundles hold", async () => {
  const text = await readFile(
    join(folder, "node_modules/sluice/dist/src/node/THIRD-PARTY-LICENSES.txt"),
    "utf8",
  );
  for (const words of [
    "hono 4",
    "yaml 2",
    "Copyright 2008 Google Inc.",
    "Buf Technologies",
    "Permission is hereby",
  ])
    expect(text).toContain(words);
});
