import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { type RunningRelay, sampleOf, startRelay } from "./running-relay.ts";

function head(method: string, target: string, ...headers: string[]): string {
  return [`${method} ${target} HTTP/1.1`, "Host: relay", ...headers, "", ""].join("\r\n");
}

/** Opens a connection, and gathers what comes back until the relay closes it. */
function dial({ port }: RunningRelay): { readonly socket: Socket; readonly closed: Promise<string> } {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk) => (text += String(chunk))).on("error", () => {});
  return { socket, closed: once(socket, "close").then(() => text) };
}

async function refusedWith(relay: RunningRelay, code: number): Promise<number | undefined> {
  const view = await relay.view("raw");
  return sampleOf(view, `sluice_http_requests_total{code="${code}",handler="refused",method=""}`);
}

test("a head that is too large is answered 431, and the flag is named", async () => {
  await using relay = await startRelay({ maxHeaderBytes: 2048 });
  const fits = head("PUT", `/metrics/job/${"a".repeat(1500)}`, "Content-Length: 4", "Connection: close");
  expect(await relay.raw(`${fits}x 1\n`)).toMatch(/^HTTP\/1\.1 200 /);
  const answer = await relay.raw(head("PUT", `/metrics/job/${"a".repeat(2048)}`, "Content-Length: 4"));
  expect(answer).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n[^]*Connection: close\r\n/);
  expect(answer.split("\r\n\r\n")[1]).toBe(
    "the head of the request has more than 2048 bytes: raise --limit.header-bytes, or send fewer\n",
  );
  const many = Array.from({ length: 300 }, (_, i) => `X-${i}: yyyy`);
  expect(await relay.raw(head("GET", "/metrics", ...many))).toMatch(/^HTTP\/1\.1 431 /);
  expect(await refusedWith(relay, 431)).toBe(2);
});

test("a client that sends a part of a request and no more is answered 408 in time, and leaves nothing", async () => {
  await using relay = await startRelay({ maxRequestMs: 1_500 });
  const parts = [
    "PUT /metrics/job/slow HTTP/1.1\r\nHost: r",
    head("PUT", "/metrics/job/slow", "Content-Length: 100") + "x 1\n",
    head("PUT", "/metrics/job/slow", "Transfer-Encoding: chunked") + "4\r\nx 1\n\r\n5\r\ny",
  ];
  const silent = dial(relay);
  const answers = await Promise.all(
    parts.map(async (part) => {
      const { socket, closed } = dial(relay);
      socket.write(part);
      return await closed;
    }),
  );
  for (const answer of answers) {
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer.split("\r\n\r\n")[1]).toBe(
      "the request was not sent within 1s500ms (--limit.request-time)\n",
    );
  }
  // One on which nothing was ever sent is closed as well.
  await silent.closed;
  const view = await relay.view("raw");
  expect(view).not.toMatch(/^(x|push_time_seconds)\{/m);
  expect(sampleOf(view, "sluice_inflight_body_bytes")).toBe(0);
});

test("a connection on which nothing is asked is closed", async () => {
  await using relay = await startRelay({ maxIdleMs: 100 });
  const { socket, closed } = dial(relay);
  socket.write(head("GET", "/-/ready"));
  expect(await closed).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*OK$/);
});

test("one connection too many costs that which has been idle for longest, and no request", async () => {
  await using relay = await startRelay({ maxConnections: 3 });
  const upload = dial(relay);
  upload.socket.write(head("PUT", "/metrics/job/a", "Content-Length: 4", "Connection: close"));
  await expect
    .poll(async () => sampleOf(await relay.view("raw"), "sluice_inflight_body_bytes"), { timeout: 10_000 })
    .toBe(65_536);
  const idle = [dial(relay), dial(relay)];
  // Each scrape is a connection more.
  const view = await relay.view("raw");
  expect(sampleOf(view, "sluice_evicted_connections_total")).toBeGreaterThan(0);
  expect(await idle[0]?.closed).toBe("");
  upload.socket.write("x 1\n");
  expect(await upload.closed).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  idle[1]?.socket.destroy();
});

test("behind an answer that has begun nothing is said of what cannot be read", async () => {
  await using relay = await startRelay();
  const lines = Array.from({ length: 8000 }, (_, i) => `x{i="${i}",l="${"y".repeat(1500)}"} ${i}\n`);
  await relay.push("/metrics/job/a", lines.join(""));
  const { socket, closed } = dial(relay);
  socket.pause();
  socket.write(head("GET", "/metrics?view=raw"));
  await once(socket, "readable");
  socket.write("no HTTP at all\r\n\r\n");
  socket.resume();
  const answer = await closed;
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
});
