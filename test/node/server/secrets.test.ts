import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { describe, expect, test } from "vitest";
import { run } from "../../../src/node/cli/run.ts";
import { startupLines } from "../../../src/node/cli/startup-lines.ts";
import { readConfig } from "../../../src/node/config/read-config.ts";
import { readWebConfig } from "../../../src/node/web-config/read-web-config.ts";
import { tlsFile } from "../web-config/tls-files.ts";
import type { Answer } from "./running-relay.ts";
import { startRelay } from "./running-relay.ts";
import { sendSecure } from "./tls-client.ts";

/** Each stands in one place, and nowhere else; none has a character that would be escaped. */
const SECRETS = {
  flagToken: "plantedFlagToken01",
  fileToken: "plantedFileToken02",
  boundToken: "plantedBoundToken03",
  nextToken: "plantedNextToken04",
  password: "plantedPassword05",
  wrongPassword: "plantedWrongPassword06",
  urlPassword: "plantedUrlPassword07",
  pathToken: "plantedPathToken08",
};
const HASH = hashSync(SECRETS.password, 4);
const KEY = readFileSync(tlsFile("server.key"), "utf8");
const ALL = [...Object.values(SECRETS), HASH, ...KEY.split("\n").filter((line) => /^[^-]{20}/.test(line))];

const folder = mkdtempSync(join(tmpdir(), "sluice-"));
function fileWith(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function expectNone(said: string): void {
  for (const secret of ALL) expect(said).not.toContain(secret);
  // As they cross in a header.
  expect(said).not.toContain(Buffer.from(`ann:${SECRETS.password}`).toString("base64"));
}

function as(user: string, password: string) {
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

function whole({ status, headers, text }: Answer): string {
  return `${status} ${JSON.stringify(headers)} ${text}`;
}

const INLINE_KEY = KEY.trim().split("\n").join("\n    ");
const WEB = `tls_server_config:
  cert_file: ${tlsFile("server.crt")}
  key: |
    ${INLINE_KEY}
basic_auth_users:
  ann: ${HASH}
`;

test("a relay whose every secret is set tells none: not in an answer, not in a log line", async () => {
  const webConfigFile = fileWith("web.yml", WEB);
  const pathTokenFile = fileWith("tokens", `${SECRETS.fileToken}\n${SECRETS.boundToken} push{job="shop"}\n`);
  const args = [
    `--web.config.file=${webConfigFile}`,
    `--web.path-token=${SECRETS.flagToken}`,
    `--web.path-token-file=${pathTokenFile}`,
    `--web.external-url=https://proxy:${SECRETS.urlPassword}@metrics.example`,
    `--tee.url=http://copies:${SECRETS.urlPassword}@127.0.0.1:1`,
    "--web.enable-admin-api",
    "--web.enable-lifecycle",
  ];
  const read = readConfig(args);
  if (read.kind !== "config") throw new Error(JSON.stringify(read));
  await using relay = await startRelay({
    ...read.config,
    threads: 1,
    storageFolder: "",
    listenAddresses: [{ host: "127.0.0.1", port: 0 }],
  });
  const started = startupLines(read.config, { addresses: ["127.0.0.1:1"], isSecure: true }, "here");
  const ask = async (method: string, path: string, headers = {}): Promise<string> =>
    JSON.stringify(await sendSecure(relay.port, method, path, { headers }));
  const paths = [
    ["GET", "/"],
    ["GET", "/status"],
    ["GET", "/static/functions.js"],
    ["GET", "/metrics"],
    ["GET", "/metrics?view=raw"],
    ["GET", "/metrics?view=nonsense"],
    ["GET", "/Metrics/"],
    ["GET", "/api/v1/status"],
    ["GET", "/api/v1/metrics"],
    ["GET", "/api/v1/explain?series=("],
    ["GET", "/nothing"],
    ["PUT", "/metrics/job/a/l/%zz"],
    ["PUT", "/metrics/job/bank"],
    ["PUT", "/metrics/jobs/a"],
    ["PATCH", "/metrics/job/a"],
    ["POST", "/-/reload"],
    ["DELETE", "/api/v1/groups?match[]=("],
  ] as const;
  const answers: string[] = [];
  for (const [method, path] of paths) {
    for (const token of [SECRETS.flagToken, SECRETS.fileToken, SECRETS.boundToken, SECRETS.pathToken]) {
      answers.push(await ask(method, `/${token}${path}`));
    }
    answers.push(await ask(method, path, as("ann", SECRETS.password)));
    answers.push(await ask(method, path, as("ann", SECRETS.wrongPassword)));
    answers.push(await ask(method, path, as(SECRETS.wrongPassword, "x")));
  }
  expect(answers.join("")).toContain("https://<secret>@metrics.example");
  expect(answers.join("")).toContain("sluice_http_requests_total");
  // Files that are broken while it runs are told of in the log.
  fileWith("tokens", `${SECRETS.fileToken}\n${SECRETS.fileToken} ${SECRETS.nextToken}\n`);
  fileWith("web.yml", WEB.replace(HASH, SECRETS.wrongPassword));
  const log = (): string => relay.log.join("");
  await expect.poll(log, { timeout: 20_000 }).toContain("the path tokens are as they were");
  await expect.poll(log, { timeout: 20_000 }).toContain("the web configuration is as it was");
  expectNone(answers.join("\n") + log() + JSON.stringify(started));
});

test("a request that cannot be read is not repeated to its sender or the log", async () => {
  await using relay = await startRelay({ pathToken: SECRETS.flagToken });
  const said = [
    await relay.raw(`GET /${SECRETS.flagToken}/metrics HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n`),
    await relay.raw(`GET /${SECRETS.flagToken}\\metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
    await relay.raw(`GET /${SECRETS.flagToken} metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
    await relay.raw(`NO /${SECRETS.flagToken}/metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
    whole(await relay.request("GET", `http://other.example/${SECRETS.flagToken}/metrics/nothing`)),
  ];
  for (const each of said) expect(each).toMatch(/400|404/);
  expectNone(said.join("\n") + relay.log.join(""));
});

describe("what is wrong with a web configuration file is told without what stands there", () => {
  const p = SECRETS.password;
  test.each([
    `basic_auth_users: { ann: ${p} }`,
    `basic_auth_users: { ann: [${p}] }`,
    `basic_auth_users: ${p}`,
    `basic_auth_users: [ann, ${p}]`,
    `basic_auth_users: { ann: *${p} }`,
    `basic_auth_users: { ann: !${p} x }`,
    `basic_auth_users: { ann: "${p}`,
    `basic_auth_users: { ann: '${p}' x }`,
    `basic_auth_users: { ann: @${p} }`,
    `basic_auth_users: { ann: %${p} }`,
    `basic_auth_users:\n  ann: }${p}`,
    `basic_auth_users:\n  ann: |${p}\n`,
    `basic_auth_users:\n  ann: x\n ${p}`,
    `basic_auth_users:\n  ann: "\\z${p}"`,
    `basic_auth_users: { ann: &a ${p}, ann: *a }`,
    `tls_server_config: { cert_file: ${tlsFile("server.crt")}, key: ${p} }`,
    `tls_server_config:\n  cert_file: ${tlsFile("server.crt")}\n  key_file: |\n    ${INLINE_KEY}\n`,
    `tls_server_config:\n  cert_file: ${tlsFile("client.crt")}\n  key: |\n    ${INLINE_KEY}\n`,
    `tls_server_config:\n  cert_file: ${tlsFile("server.crt")}\n  key: |\n    ${INLINE_KEY.replace(/[a-z]/, "!")}\n`,
  ])("%j", (text) => {
    const { read } = readWebConfig(fileWith("broken.yml", text));
    expect(read.ok).toBe(false);
    expectNone(read.ok ? "" : read.errors.join("\n"));
  });
});

describe("a command line that is refused, or reaches nobody, is not repeated with its secrets", () => {
  const url = `http://ann:${SECRETS.urlPassword}@127.0.0.1:1/${SECRETS.pathToken}`;
  const file = fileWith("capture.jsonl", '{"kind":"request"}\n');
  test.each([
    [`--web.path-token=${SECRETS.flagToken}`, `--web.path-token=${SECRETS.fileToken}`],
    [`--web.path-token=${SECRETS.flagToken}%`],
    [`--web.path-tokens=${SECRETS.flagToken}`],
    ["--web.path-tokens", SECRETS.flagToken],
    [`--web.external-url=http://ann:${SECRETS.urlPassword}@a b`],
    [`--tee.url=http://ann:${SECRETS.urlPassword}@a b`],
    ["explain", "x", `--url=${url}`],
    ["explain", "x", `--url=http://ann:${SECRETS.urlPassword}@127.0.0.1:x`],
    ["import", `--from=${url}`, `--to=${url}`],
    ["import", `--from=ftp+http://ann:${SECRETS.urlPassword}@127.0.0.1`],
    ["replay", file, `--url=${url}`],
  ])("%s %s %s", async (...args) => {
    let said = "";
    const take = (text: string): void => void (said += text);
    const code = await run(args, { out: take, err: take, stopped: new AbortController().signal });
    expect(code).not.toBe(0);
    expect(said).not.toBe("");
    expectNone(said);
  });
});
