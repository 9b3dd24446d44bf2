import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../../src/node/cli/run.ts";
import { version } from "../../../src/node/cli/version.ts";
import { startRecordingRelay } from "../replay/recording-relay.ts";

const CAPTURE = join(import.meta.dirname, "../../fixtures/captures/flink-2.3.0.jsonl.gz");

async function ran(...args: string[]): Promise<{ exitCode: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const exitCode = await run(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    stopped: new AbortController().signal,
  });
  return { exitCode, out, err };
}

test.each([
  [["--veiw=raw"], "sluice: unknown flag --veiw; the nearest known one is --view\n"],
  [
    ["--view=both", "--threads=0"],
    "sluice: --view=both: expected merged or raw\nsluice: --threads=0: expected a whole number from 1 to 64\n",
  ],
  [["replay"], "sluice: no capture given: sluice replay <capture> --url=<relay>\n"],
  [["replay", "a", "b"], "sluice: unexpected argument b: one capture is replayed at a time\n"],
  [
    ["replay", "a", "--url=relay:9091"],
    "sluice: --url=relay:9091: expected the URL of a relay such as http://127.0.0.1:9091\n",
  ],
  [["replay", "a", "--speed=0"], "sluice: --speed=0: expected a number above 0 such as 1, 10 or 0.5\n"],
  [
    ["replay", "/no/such.jsonl"],
    "sluice: cannot replay /no/such.jsonl: ENOENT: no such file or directory, open '/no/such.jsonl'\n",
  ],
  [["check-config"], "sluice: expected one file: sluice check-config <file>\n"],
  [["check-config", "a", "b"], "sluice: expected one file: sluice check-config <file>\n"],
  [["check-web-config"], "sluice: expected one file: sluice check-web-config <file>\n"],
  [["demo", "--fast"], "sluice: demo takes no arguments; it runs a relay on a recorded Flink cluster\n"],
])("%j is misuse: exit code 2, one line for each mistake", async (args, err) => {
  expect(await ran(...args)).toEqual({ exitCode: 2, out: "", err });
});

test("--version goes to standard output", async () => {
  expect(await ran("--version")).toEqual({
    exitCode: 0,
    out: `sluice ${version} (Node ${process.versions.node})\n`,
    err: "",
  });
});

test.each([
  [["--help"], "--web.listen-address=<address>"],
  [["replay", "--help"], "--speed=<factor>"],
])("%j prints the flags of that command", async (args, flag) => {
  const { exitCode, out } = await ran(...args);
  expect(exitCode).toBe(0);
  expect(out).toContain(flag);
});

test("check-config: 0 for a valid file, 1 and a line for each error otherwise", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "sluice-")), "sluice.yaml");
  writeFileSync(file, "rules: [{ match: x }]\n");
  expect(await ran("check-config", file)).toEqual({
    exitCode: 0,
    out: `${file} is valid: 1 rule, 0 entries under jobs, Flink's own rules on\n`,
    err: "",
  });
  writeFileSync(file, "rules: [{ match: x, wihtout: [a] }]\n");
  expect(await ran("check-config", file)).toEqual({
    exitCode: 1,
    out: "",
    err: `${file}:1:21: unknown key wihtout; the nearest known one is without\n`,
  });
});

test("check-web-config: 0 for a valid file, 1 and a line for each error otherwise; a relay starts with no other", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "sluice-")), "web.yml");
  writeFileSync(file, "basic_auth_users: {}\n");
  expect(await ran("check-web-config", file)).toEqual({
    exitCode: 0,
    out: `${file} is valid: plain HTTP, 0 users, 0 headers, no rate limit\n`,
    err: "",
  });
  writeFileSync(file, "tls_server_config: { cert_fil: a }\n");
  const error = `${file}:1:22: unknown key cert_fil; the nearest known one is cert_file\n`;
  expect(await ran("check-web-config", file)).toEqual({ exitCode: 1, out: "", err: error });
  expect(await ran(`--web.config.file=${file}`, "--log.level=error")).toEqual({
    exitCode: 2,
    out: "",
    err: `sluice: ${error}`,
  });
});

test("a recorded Flink run is replayed, with its events on the screen", async () => {
  await using relay = await startRecordingRelay(200, "");
  const { exitCode, out } = await ran("replay", CAPTURE, `--url=${relay.url.origin}`, "--speed=100000");
  expect(exitCode).toBe(0);
  expect(relay.received).toHaveLength(502);
  expect(out).toContain("  103.9 s  kill -9 tm2\n");
  expect(out).toMatch(/ {2}208\.0 s {2}502 requests sent, 0 failed\n$/);
});

test("a replay that was refused anything fails, so that a script can tell", async () => {
  await using relay = await startRecordingRelay(503, "busy");
  const { exitCode } = await ran("replay", CAPTURE, `--url=${relay.url.origin}`, "--speed=100000");
  expect(exitCode).toBe(1);
});
