import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { expect, test } from "vitest";
import { tlsFile } from "../web-config/tls-files.ts";
import { startRelay } from "./running-relay.ts";
import { connectSecure2 } from "./tls-client.ts";

const TOKEN = "s3cret-0123456789";
const NEXT = "n3xt-01234567890";

function fileWith(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "sluice-")), "file");
  writeFileSync(path, text);
  return path;
}

test("below the token all is there; without it only the probes are, and nothing tells of a token", async () => {
  await using relay = await startRelay({ pathToken: TOKEN });
  expect((await relay.push(`/${TOKEN}/metrics/job/a`, "x 1\n")).status).toBe(200);
  expect((await relay.request("GET", `/${TOKEN}/metrics`)).text).toContain('x{instance="",job="a"} 1\n');
  for (const [method, target] of [
    ["PUT", "/metrics/job/a"],
    ["DELETE", "/metrics/job/a"],
    ["GET", "/metrics"],
    ["GET", "/"],
    ["GET", "/api/v1/status"],
    ["GET", `/x${TOKEN}/metrics`],
    ["POST", "/-/healthy"],
    ["GET", "/-/healthy/../../metrics"],
  ] as const) {
    const { status, text } = await relay.request(method, target, { body: "" });
    expect([method, target, status, text]).toEqual([method, target, 404, "404 page not found\n"]);
  }
  expect((await relay.request("GET", "/-/healthy")).status).toBe(200);
  expect((await relay.request("GET", "/-/ready")).status).toBe(200);
  expect((await relay.request("DELETE", `/${TOKEN}/metrics/job/a`)).status).toBe(202);
});

test("it is echoed and logged nowhere", async () => {
  await using relay = await startRelay({ pathToken: TOKEN });
  const answers = [
    await relay.request("PUT", `/${TOKEN}/metrics/job/a/l/%zz`, { body: "x 1\n" }),
    await relay.request("PUT", `/${TOKEN}/metrics/jobs/a`, { body: "x 1\n" }),
    await relay.request("PUT", `/${TOKEN}/metrics/job/a`, { body: "x y\n" }),
    await relay.request("GET", `/${TOKEN}/api/v1/explain?series=(`),
    await relay.request("GET", `/${TOKEN}/api/v1/status`),
    await relay.request("GET", `/${TOKEN}/`),
    await relay.request("GET", `/${TOKEN}/metrics`),
  ];
  expect(answers.map(({ status }) => status)).toEqual([400, 404, 400, 400, 200, 200, 200]);
  for (const { text, headers } of answers) expect(text + JSON.stringify(headers)).not.toContain(TOKEN);
  expect(relay.log.join("\n")).not.toContain(TOKEN);
});

test("links of the page stay below the token without naming it", async () => {
  await using relay = await startRelay({ pathToken: TOKEN });
  const { text } = await relay.request("GET", `/${TOKEN}/`);
  const links = [...text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link = ""]) => link);
  expect(links).toContain("./static/style.css");
  for (const link of links) {
    const { pathname } = new URL(link, `http://relay/${TOKEN}/`);
    expect([link, (await relay.request("GET", pathname)).status]).toEqual([link, 200]);
  }
});

test("the page of flags shows that there is a token, and nothing of it", async () => {
  await using relay = await startRelay({ pathToken: TOKEN });
  const { text } = await relay.request("GET", `/${TOKEN}/api/v1/status`);
  expect(JSON.parse(text)).toMatchObject({
    data: { flags: { "web.path-token": "<secret>", "web.path-token-file": "" } },
  });
});

test.each([`/${TOKEN}/push`, `/push/${TOKEN}`])("with a route prefix: %s", async (base) => {
  await using relay = await startRelay({ pathToken: TOKEN, routePrefix: "/push" });
  // As Flink's client makes its URL: hostUrl, then /metrics/job/….
  expect((await relay.push(`${base}/metrics/job/a`, "x 1\n")).status).toBe(200);
  expect((await relay.request("GET", `${base}/metrics`)).text).toContain('x{instance="",job="a"} 1\n');
  expect((await relay.request("GET", "/push/-/ready")).status).toBe(200);
  expect((await relay.push("/push/metrics/job/a", "x 1\n")).status).toBe(404);
});

test("tokens of a file are changed one after the other while the relay runs", async () => {
  const file = fileWith(`${TOKEN}\n`);
  await using relay = await startRelay({ pathTokenFile: file });
  const statuses = async (): Promise<number[]> => {
    const pushed = [TOKEN, NEXT].map((token) => relay.push(`/${token}/metrics/job/a`, "x 1\n"));
    return (await Promise.all(pushed)).map(({ status }) => status);
  };
  expect(await statuses()).toEqual([200, 404]);
  writeFileSync(file, `${TOKEN}\n${NEXT}\n`);
  await expect.poll(statuses, { timeout: 10_000 }).toEqual([200, 200]);
  writeFileSync(file, `${NEXT}\n`);
  await expect.poll(statuses, { timeout: 10_000 }).toEqual([404, 200]);
  // An empty file opens nothing and closes nothing.
  writeFileSync(file, "\n");
  await expect.poll(() => relay.log.join(), { timeout: 10_000 }).toContain("holds no token");
  expect(await statuses()).toEqual([404, 200]);
  expect(relay.log.join("\n")).not.toMatch(/s3cret|n3xt/);
});

test("beside users it stands for one: Flink has the token, people have passwords", async () => {
  const webConfigFile = fileWith(`basic_auth_users: { alice: "${hashSync("red", 4)}" }`);
  await using relay = await startRelay({ pathToken: TOKEN, webConfigFile });
  const alice = { Authorization: `Basic ${Buffer.from("alice:red").toString("base64")}` };
  const statuses = [
    await relay.push(`/${TOKEN}/metrics/job/a`, "x 1\n"),
    await relay.request("GET", "/metrics", { headers: alice }),
    await relay.request("GET", "/metrics"),
    await relay.request("GET", "/-/ready"),
    await relay.push(`/${NEXT}/metrics/job/a`, "x 1\n"),
  ].map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 401, 401, 401]);
});

test("over HTTP/2 as well", async () => {
  const certificate = `cert_file: ${tlsFile("server.crt")}, key_file: ${tlsFile("server.key")}`;
  const webConfigFile = fileWith(`tls_server_config: { ${certificate} }`);
  await using relay = await startRelay({ pathToken: TOKEN, webConfigFile });
  await using client = await connectSecure2(relay.port);
  expect((await client.send("PUT", `/${TOKEN}/metrics/job/a`, "x 1\n")).status).toBe(200);
  expect((await client.send("PUT", "/metrics/job/a", "x 1\n")).status).toBe(404);
});
