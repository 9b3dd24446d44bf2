import { once } from "node:events";
import { Agent } from "node:http";
import { createConnection } from "node:net";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type RunningRelay, sampleOf, startRelay } from "./running-relay.ts";

/** Everything of the answer but the date, on a connection that is kept: the answer to the next request ends it. */
async function answerTo(relay: RunningRelay, request: string): Promise<string> {
  const next = "GET /-/healthy HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n";
  const answers = await relay.raw(request + next);
  return answers.slice(0, answers.lastIndexOf("HTTP/1.1")).replace(/Date: [^\r]*\r\n/, "");
}

test("the bytes of an answer to a push", async () => {
  await using relay = await startRelay();
  const answer = await answerTo(
    relay,
    "PUT /metrics/job/a HTTP/1.1\r\nHost: r\r\nContent-Length: 4\r\n\r\nx 1\n",
  );
  expect(answer).toBe(
    "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nConnection: keep-alive\r\nKeep-Alive: timeout=76\r\n\r\n",
  );
});

test("the bytes of an answer to a DELETE as Flink sends it: with a Content-Type, without a length", async () => {
  await using relay = await startRelay();
  const answer = await answerTo(
    relay,
    "DELETE /metrics/job/a HTTP/1.1\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nUser-Agent: Java/17.0.15\r\nHost: r\r\nConnection: keep-alive\r\n\r\n",
  );
  expect(answer).toBe(
    "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nConnection: keep-alive\r\nKeep-Alive: timeout=76\r\n\r\n",
  );
});

test("the bytes of an answer to a push that is refused", async () => {
  await using relay = await startRelay();
  const answer = await answerTo(
    relay,
    "PUT /metrics/job/a HTTP/1.1\r\nHost: r\r\nContent-Length: 4\r\n\r\nx y\n",
  );
  expect(answer).toBe(
    "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\ncontent-length: 70\r\n" +
      "Connection: keep-alive\r\nKeep-Alive: timeout=76\r\n\r\n" +
      'text format parsing error in line 1: expected float as value, got "y"\n',
  );
});

test("one connection serves many pushes, refused ones among them", async () => {
  await using relay = await startRelay();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  agent.on("free", (socket) => ports.add(socket.localPort));
  for (const [body, status] of [
    ["x 1\n", 200],
    ["broken", 400],
    ["x 2\n", 200],
  ] as const) {
    expect((await relay.request("PUT", "/metrics/job/a", { body, agent })).status).toBe(status);
  }
  expect(ports.size).toBe(1);
  agent.destroy();
});

describe("the request target is read as it was sent", () => {
  test.each([
    ["/metrics/job/my+job", 'job="my+job"'],
    ["/metrics/job/a%20b", 'job="a b"'],
    ["/metrics/job/a/l//m/v", 'job="a",l="",m="v"'],
    ["/metrics/job/a/l/..", 'job="a",l=".."'],
    ["/metrics/job/a/l/./m/%2e%2E", 'job="a",l=".",m=".."'],
    ["/metrics/job/a%2Fl/v", 'job="a",l="v"'],
    ["/metrics/job/%C3%BC", 'job="ü"'],
    ["/metrics/job/a?b=c", 'job="a"'],
    ["http://other.example:1/metrics/job/a/l/../m/..", 'job="a",l="..",m=".."'],
    ["https://other.example/metrics/job/a", 'job="a"'],
    ["/metrics/job@base64/YS9i", 'job="a/b"'],
    ["/metrics/job/flink;v=1/l/a:b@c", 'job="flink;v=1",l="a:b@c"'],
  ])("%s", async (target, labels) => {
    await using relay = await startRelay();
    const answer = await relay.raw(
      `PUT ${target} HTTP/1.1\r\nHost: r\r\nContent-Length: 4\r\nConnection: close\r\n\r\nx 1\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    const stamps = (await relay.view("raw")).match(/^push_time_seconds\{instance="",(.*)\}/m);
    expect(stamps?.[1]).toBe(labels);
  });

  test.each([
    ["/metrics/job/a/l/%zz", "the path is not percent-encoded UTF-8: /job/a/l/%zz\n"],
    ["/metrics/job/%FF", "the path is not percent-encoded UTF-8: /job/%FF\n"],
    ["/metrics/job/a\\b", "the request cannot be read: Backslash in request path\n"],
  ])("%s is answered 400", async (target, message) => {
    await using relay = await startRelay();
    const answer = await relay.raw(
      `PUT ${target} HTTP/1.1\r\nHost: r\r\nContent-Length: 4\r\nConnection: close\r\n\r\nx 1\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.split("\r\n\r\n")[1]).toBe(message);
    expect(await relay.view("raw")).not.toContain("push_time_seconds");
  });
});

test.each([
  ["HTTP/1.0 without a Host", "GET /-/healthy HTTP/1.0\r\n\r\n"],
  ["an IPv6 Host", "GET /-/healthy HTTP/1.1\r\nHost: [::1]:9091\r\nConnection: close\r\n\r\n"],
  ["a Host with a low port", "GET /-/healthy HTTP/1.1\r\nHost: relay:80\r\nConnection: close\r\n\r\n"],
  ["a Host in capitals", "GET /-/healthy HTTP/1.1\r\nHost: RELAY.Example\r\nConnection: close\r\n\r\n"],
  [
    "a Host with an underscore",
    "GET /-/healthy HTTP/1.1\r\nHost: sluice_relay:9091\r\nConnection: close\r\n\r\n",
  ],
])("a probe with %s is answered", async (_, request) => {
  await using relay = await startRelay();
  expect(await relay.raw(request)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nOK$/);
});

test("a Host that is none is answered with a line that says so", async () => {
  await using relay = await startRelay();
  const answer = await relay.raw("GET /-/healthy HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*\r\n\r\nthe request cannot be read: Invalid URL\n$/);
});

test("HEAD is answered 405 without a body", async () => {
  await using relay = await startRelay();
  const answer = await relay.raw("HEAD /metrics HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n");
  expect(answer).toMatch(/^HTTP\/1\.1 405 [^]*allow: GET, OPTIONS\r\n[^]*\r\n\r\n$/);
});

test("Expect: 100-continue is answered before the body", async () => {
  await using relay = await startRelay();
  const answer = await relay.raw(
    "PUT /metrics/job/a HTTP/1.1\r\nHost: r\r\nContent-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
    "x 1\n",
  );
  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
});

test("a scrape of megabytes arrives whole, plain and compressed", async () => {
  await using relay = await startRelay();
  const filler = "y".repeat(90);
  const lines = Array.from({ length: 30_000 }, (_, i) => `x{i="${i}",l="${filler}"} ${i}\n`);
  expect((await relay.push("/metrics/job/a", lines.join(""))).status).toBe(200);
  const plain = await relay.view("raw");
  expect(plain.match(/^x\{/gm)).toHaveLength(30_000);
  expect(sampleOf(plain, `x{i="29999",instance="",job="a",l="${filler}"}`)).toBe(29_999);
  const { headers, body } = await relay.request("GET", "/metrics?view=raw", {
    headers: { "Accept-Encoding": "gzip" },
  });
  expect(headers["content-encoding"]).toBe("gzip");
  expect(body.length).toBeLessThan(plain.length / 5);
  expect(
    gunzipSync(body)
      .toString()
      .match(/^x\{.*/gm),
  ).toEqual(plain.match(/^x\{.*/gm));
});

test("a scraper that goes away in the middle harms nobody", async () => {
  await using relay = await startRelay();
  const lines = Array.from({ length: 40_000 }, (_, i) => `x{i="${i}",l="${"y".repeat(90)}"} ${i}\n`);
  await relay.push("/metrics/job/a", lines.join(""));
  for (const encoding of ["gzip", "identity"]) {
    const request = `GET /metrics HTTP/1.1\r\nHost: r\r\nAccept-Encoding: ${encoding}\r\n\r\n`;
    await Promise.all(Array.from({ length: 4 }, () => goAwayDuring(relay.port, request)));
  }
  expect((await relay.view("raw")).match(/^x\{/gm)).toHaveLength(40_000);
  expect(relay.log).toEqual([]);
});

async function goAwayDuring(port: number, request: string): Promise<void> {
  const { connect } = await import("node:net");
  const socket = connect(port, "127.0.0.1");
  await new Promise((resolve) => {
    socket.once("data", resolve).write(request);
  });
  socket.destroy();
}

test("a client that waits to be told to go on with its body is told", async () => {
  await using relay = await startRelay();
  const socket = createConnection({ host: "127.0.0.1", port: relay.port });
  socket.setEncoding("latin1");
  socket.write(
    "POST /metrics/job/a HTTP/1.1\r\nHost: r\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
  );
  const [first] = (await once(socket, "data")) as [string];
  expect(first).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  socket.write("x 1\n");
  const [second] = (await once(socket, "data")) as [string];
  expect(second).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  socket.destroy();
});
