import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readConfig } from "../../../src/node/config/read-config.ts";
import { listenAnywhere } from "../replay/listen-anywhere.ts";
import { startRecordingRelay } from "../replay/recording-relay.ts";
import { temporaryFolder } from "../storage/temporary-folder.ts";
import { tlsFile, tlsText } from "../web-config/tls-files.ts";
import { type RunningRelay, sampleOf, startRelay } from "./running-relay.ts";
import { connectSecure2 } from "./tls-client.ts";

const PATH = "/metrics/job/a/instance/x%20y/path@base64/L2E";

async function copies(relay: RunningRelay, outcome: string): Promise<number | undefined> {
  return sampleOf(await relay.view("merged"), `sluice_tee_copies_total{outcome="${outcome}"}`);
}

/** Waits for events: what is copied is nobody's reply. */
async function untilCopies(relay: RunningRelay, outcome: string, count: number): Promise<void> {
  await expect.poll(async () => await copies(relay, outcome), { timeout: 15_000 }).toBe(count);
}

test("a push is copied as it was received: path, headers, and a body that is still compressed", async () => {
  await using other = await startRecordingRelay(202, "");
  await using relay = await startRelay({ teeUrl: other.url.href });
  const body = gzipSync("x 1\n");
  const headers = {
    "Content-Encoding": "gzip",
    "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
    "X-Team": "shop",
    Authorization: "Basic YTpi",
  };
  expect((await relay.request("POST", PATH, { body, headers })).status).toBe(200);
  await untilCopies(relay, "sent", 1);
  const [copy] = other.received;
  expect(copy).toMatchObject({
    method: "POST",
    target: PATH,
    body: body.toString(),
    headers: {
      "content-encoding": "gzip",
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
      "content-length": String(body.length),
      "x-team": "shop",
      authorization: "Basic YTpi",
      host: other.url.host,
    },
  });
  expect(sampleOf(await relay.view("merged"), "sluice_tee_held_bytes")).toBe(0);
});

test("bodies of many pieces and of no length are copied whole", async () => {
  await using other = await startRecordingRelay(200, "");
  await using relay = await startRelay({ teeUrl: other.url.href });
  const lines = Array.from({ length: 30_000 }, (_, i) => `x{i="${i}"} ${i}\n`).join("");
  await relay.push("/metrics/job/long", lines);
  await relay.raw(
    "PUT /metrics/job/chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
    "2\r\ny \r\n",
    "2\r\n1\n\r\n0\r\n\r\n",
  );
  await untilCopies(relay, "sent", 2);
  expect(other.received.map(({ target, body }) => [target, body])).toEqual([
    ["/metrics/job/long", lines],
    ["/metrics/job/chunked", "y 1\n"],
  ]);
  expect(other.received[1]?.headers).not.toHaveProperty("transfer-encoding");
});

test("a DELETE is copied, scrapes and what is refused at the door are not", async () => {
  await using other = await startRecordingRelay(202, "");
  await using relay = await startRelay({ teeUrl: other.url.href });
  await relay.request("DELETE", "/metrics/job/a");
  await relay.request("PUT", "/metrics/job", { body: "x 1\n" });
  await relay.view("raw");
  await untilCopies(relay, "sent", 1);
  expect(other.received.map(({ method, target }) => [method, target])).toEqual([
    ["DELETE", "/metrics/job/a"],
  ]);
});

test("copies go below the path of the URL, without our own prefix and path token, with its user", async () => {
  await using other = await startRecordingRelay(200, "");
  const teeUrl = other.url.href.replace("//", "//me:p%40ss@").replace(/\/$/, "/old/");
  await using relay = await startRelay({
    teeUrl,
    routePrefix: "/new",
    pathToken: "abcdefghijklmnopqrstuvwx",
  });
  const { status } = await relay.request("PUT", "/new/abcdefghijklmnopqrstuvwx/metrics/job/a", {
    body: "x 1\n",
    headers: { Authorization: "Bearer ours" },
  });
  expect(status).toBe(200);
  await expect.poll(() => other.received.length, { timeout: 15_000 }).toBe(1);
  expect(other.received[0]).toMatchObject({
    target: "/old/metrics/job/a",
    headers: { authorization: `Basic ${Buffer.from("me:p@ss").toString("base64")}` },
  });
});

test("what the other gateway refuses is counted, and no reply of ours", async () => {
  await using other = await startRecordingRelay(400, "no\n");
  await using relay = await startRelay({ teeUrl: other.url.href });
  expect((await relay.push("/metrics/job/a", "x 1\n")).status).toBe(200);
  await untilCopies(relay, "refused", 1);
});

test("a copy is not copied again: two relays that copy to each other come to an end", async () => {
  const server = createServer();
  const port = await listenAnywhere(server);
  await new Promise((resolve) => {
    server.close(resolve);
  });
  await using first = await startRelay({ teeUrl: `http://127.0.0.1:${port}` });
  await using second = await startRelay({
    teeUrl: `http://127.0.0.1:${first.port}`,
    listenAddresses: [{ host: "127.0.0.1", port }],
  });
  await first.push("/metrics/job/a", "x 1\n");
  await untilCopies(first, "sent", 1);
  expect(sampleOf(await second.view("raw"), 'x{instance="",job="a"}')).toBe(1);
  expect(await copies(second, "sent")).toBe(0);
});

test("a gateway that never answers keeps nobody waiting, and of each group the newest copy waits", async () => {
  const asked: string[] = [];
  const silent = createServer(({ url = "" }) => void asked.push(url));
  const port = await listenAnywhere(silent);
  await using relay = await startRelay({ teeUrl: `http://127.0.0.1:${port}` });
  try {
    for (const value of [1, 2, 3]) {
      for (let i = 0; i < 10; i++) {
        expect((await relay.push(`/metrics/job/j${i}`, `x ${value}\n`)).status).toBe(200);
      }
    }
    await expect.poll(() => asked.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(4);
    expect(await copies(relay, "superseded")).toBeGreaterThan(0);
    // Four are under way, and of each of ten groups one waits.
    const held = sampleOf(await relay.view("merged"), "sluice_tee_held_bytes");
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(14 * (1_024 + 4));
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

test("a gateway that is not there costs its copies, and is sent to again when it is back", async () => {
  const first = createServer();
  const port = await listenAnywhere(first);
  await new Promise((resolve) => {
    first.close(resolve);
  });
  await using relay = await startRelay({ teeUrl: `http://me:secret@127.0.0.1:${port}` });
  for (let i = 0; i < 3; i++) expect((await relay.push("/metrics/job/a", `x ${i}\n`)).status).toBe(200);
  await expect
    .poll(async () => ((await copies(relay, "failed")) ?? 0) + ((await copies(relay, "superseded")) ?? 0), {
      timeout: 15_000,
    })
    .toBe(3);
  const warnings = relay.log.filter((line) => line.includes("copies of pushes fail"));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(`"to":"http://127.0.0.1:${port}"`);
  expect(relay.log.join("")).not.toContain("secret");

  const received: string[] = [];
  const second = createServer(({ url = "" }, response) => {
    received.push(url);
    response.end();
  });
  await new Promise<void>((resolve) => {
    second.listen(port, "127.0.0.1", resolve);
  });
  try {
    await relay.push("/metrics/job/a", "x 9\n");
    await untilCopies(relay, "sent", 1);
    expect(received).toEqual(["/metrics/job/a"]);
    expect(relay.log.filter((line) => line.includes("copies of pushes are taken again"))).toHaveLength(1);
  } finally {
    second.closeAllConnections();
    second.close();
  }
});

test("over HTTP/2 too what is copied are headers", async () => {
  using folder = temporaryFolder();
  const webConfigFile = join(folder.path, "web.yml");
  writeFileSync(
    webConfigFile,
    `tls_server_config: { cert_file: ${tlsFile("server.crt")}, key_file: ${tlsFile("server.key")} }\n`,
  );
  await using other = await startRecordingRelay(200, "");
  await using relay = await startRelay({ teeUrl: other.url.href, webConfigFile });
  await using client = await connectSecure2(relay.port);
  const { status } = await client.send("PUT", "/metrics/job/a", "x 1\n", {
    "content-type": "text/plain",
    "x-team": "shop",
  });
  expect(status).toBe(200);
  await expect.poll(() => other.received.length, { timeout: 15_000 }).toBe(1);
  const [copy] = other.received;
  expect(copy).toMatchObject({ method: "PUT", target: "/metrics/job/a", body: "x 1\n" });
  expect(copy?.headers).toEqual({
    "content-type": "text/plain",
    "x-team": "shop",
    "content-length": "4",
    "sluice-tee": "1",
    host: other.url.host,
    connection: "keep-alive",
  });
});

test("a gateway that speaks TLS gets its copies so, if its certificate is good", async () => {
  const paths: string[] = [];
  const secure = createSecureServer(
    { cert: tlsText("server.crt"), key: tlsText("server.key") },
    ({ url = "" }, response) => {
      paths.push(url);
      response.end();
    },
  );
  const port = await listenAnywhere(secure);
  await using relay = await startRelay({ teeUrl: `https://127.0.0.1:${port}` });
  try {
    await relay.push("/metrics/job/a", "x 1\n");
    await untilCopies(relay, "failed", 1);
    expect(paths).toEqual([]);
    setDefaultCACertificates([...getCACertificates("default"), tlsText("ca.crt")]);
    await relay.push("/metrics/job/a", "x 2\n");
    await untilCopies(relay, "sent", 1);
    expect(paths).toEqual(["/metrics/job/a"]);
  } finally {
    secure.closeAllConnections();
    secure.close();
  }
});

test("without --tee.url there is nothing to tell of copies", async () => {
  await using relay = await startRelay();
  expect(await relay.view("merged")).not.toContain("sluice_tee");
});

test.each([
  ["ftp://old", "--tee.url=ftp://old: expected the URL of a gateway such as http://old-gateway:9091"],
  [
    "http://me:secret@old?x",
    "--tee.url=http://<secret>@old?x: expected the URL of a gateway such as http://old-gateway:9091",
  ],
  [
    "http://%ff@old",
    "--tee.url=http://<secret>@old: expected the URL of a gateway such as http://old-gateway:9091",
  ],
])("--tee.url=%s is refused, and shows no password", (url, error) => {
  expect(readConfig([`--tee.url=${url}`])).toEqual({ kind: "errors", errors: [error] });
});

test("/api/v1/status shows where copies go, and no password", async () => {
  await using other = await startRecordingRelay(200, "");
  await using relay = await startRelay({ teeUrl: other.url.href.replace("//", "//me:secret@") });
  const { text } = await relay.request("GET", "/api/v1/status");
  expect(text).toContain(other.url.host);
  expect(text).not.toContain("me:secret");
});
