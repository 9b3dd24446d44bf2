import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { type RunningRelay, sampleOf, send, startRelay } from "./running-relay.ts";

const LIMITS = { maxBodyBytes: 256 * 1024, maxInflightBytes: 512 * 1024 };

/** A body of about that many bytes, in short lines. */
function bodyOf(bytes: number): string {
  return `# TYPE x gauge\n${"# filler\n".repeat(Math.ceil(bytes / 9))}x 1\n`;
}

function chunked(...chunks: string[]): string {
  return [...chunks, ""].map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("");
}

function head(method: string, target: string, ...headers: string[]): string {
  return [`${method} ${target} HTTP/1.1`, "Host: relay", ...headers, "", ""].join("\r\n");
}

/** Resolves with the first bytes that come back on a connection. */
function firstAnswer(socket: ReturnType<typeof connect>): Promise<string> {
  return new Promise((resolve) => {
    socket.once("data", (chunk) => resolve(chunk.toString("latin1")));
  });
}

/** Waits until the relay has seen what a client did: came, or went. */
async function untilInflight(relay: RunningRelay, bytes: number): Promise<void> {
  await expect
    .poll(async () => sampleOf(await relay.view("raw"), "sluice_inflight_body_bytes"), { timeout: 10_000 })
    .toBe(bytes);
}

test("bodies come with a length or in chunks, of any size below the limit", async () => {
  await using relay = await startRelay(LIMITS);
  const sizes = [0, 1, 60_000, 65_536, 70_000, 200_000, 262_000];
  for (const bytes of sizes) {
    const body = `${bodyOf(bytes).slice(0, bytes)}\n`;
    const name = `/metrics/job/j${bytes}`;
    expect([bytes, (await relay.push(name, body)).status]).toEqual([bytes, 200]);
    const headers = { "Transfer-Encoding": "chunked" };
    const { status } = await relay.request("PUT", `${name}/sent/chunked`, { body, headers });
    expect([bytes, status]).toEqual([bytes, 200]);
  }
  const view = await relay.view("raw");
  expect(view.match(/^push_time_seconds\{/gm)).toHaveLength(2 * sizes.length);
  expect(sampleOf(view, "sluice_inflight_body_bytes")).toBe(0);
});

test("a chunk may end anywhere", async () => {
  await using relay = await startRelay();
  const body = chunked("#", " TYPE x gau", "ge\nx{l", '="a', '"} 4', "2\n");
  const headers = ["Transfer-Encoding: chunked", "Connection: close"];
  const answer = await relay.raw(head("PUT", "/metrics/job/a", ...headers), ...body.split(""));
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-length: 0\r\n/);
  expect(sampleOf(await relay.view("raw"), 'x{instance="",job="a",l="a"}')).toBe(42);
});

describe("a body over the limit", () => {
  test.each(["Content-Length", "chunked"])("(%s) is read to its end, then answered 413", async (how) => {
    await using relay = await startRelay(LIMITS);
    const body = bodyOf(3_000_000);
    const isChunked = how === "chunked";
    const socket = connect(relay.port, "127.0.0.1");
    const answered = firstAnswer(socket);
    socket.write(
      head(
        "PUT",
        "/metrics/job/a",
        isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`,
      ),
    );
    const wire = isChunked ? chunked(body.slice(0, 1_000_000), body.slice(1_000_000)) : body;
    const last = wire.length - 10;
    await new Promise((resolve) => {
      socket.write(wire.slice(0, last), resolve);
    });
    // A scrape takes longer than an answer that does not wait for the rest.
    expect(await Promise.race([answered, relay.view("raw").then(() => "none yet")])).toBe("none yet");
    socket.write(wire.slice(last));
    expect(await answered).toMatch(
      /^HTTP\/1\.1 413 [^]*\r\n\r\nthe body is larger than 262144 bytes: raise --limit\.body-bytes or push less in one group\n$/,
    );
    // The connection goes on to serve.
    const next = firstAnswer(socket);
    socket.write(head("GET", "/-/ready"));
    expect(await next).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
    expect(await relay.view("raw")).not.toContain('push_time_seconds{instance="",job="a"}');
  });

  test("whose client goes away is forgotten", async () => {
    await using relay = await startRelay(LIMITS);
    const answer = await relay.cutOff(
      head("PUT", "/metrics/job/a", "Content-Length: 3000000"),
      bodyOf(300_000),
    );
    expect(answer).not.toContain("200 OK");
    await untilInflight(relay, 0);
    expect(await relay.view("raw")).not.toContain('push_time_seconds{instance="",job="a"}');
  });
});

test.each([
  ["PUT", "/metrics/jobs/a", 404],
  ["PATCH", "/metrics/job/a", 405],
  ["PUT", "/metrics/job/a/odd", 400],
])("a %s to %s is read to its end before it is answered %i", async (method, target, status) => {
  await using relay = await startRelay(LIMITS);
  const socket = connect(relay.port, "127.0.0.1");
  const answered = firstAnswer(socket);
  await new Promise((resolve) => {
    socket.write(head(method, target, "Content-Length: 200001") + "x".repeat(200_000), resolve);
  });
  expect(await Promise.race([answered, relay.view("raw").then(() => "none yet")])).toBe("none yet");
  socket.write("x");
  expect(await answered).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  socket.destroy();
});

describe("a client that stops half way leaves nothing", () => {
  test.each([
    ["in a body of known length", ["Content-Length: 1000"], "# TYPE x gauge\nx 1\n"],
    ["after the last chunk but one", ["Transfer-Encoding: chunked"], "4\r\nx 1\n\r\n"],
    ["in a chunk", ["Transfer-Encoding: chunked"], "40\r\nx 1\n"],
    ["with a chunk that is none", ["Transfer-Encoding: chunked"], "4\r\nx 1\n\r\nzz\r\nx"],
  ])("%s", async (_, headers, sent) => {
    await using relay = await startRelay();
    await relay.push("/metrics/job/a", "x 7\n");
    const answer = await relay.cutOff(head("PUT", "/metrics/job/a", ...headers), sent);
    expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
    await untilInflight(relay, 0);
    expect(sampleOf(await relay.view("raw"), 'x{instance="",job="a"}')).toBe(7);
  });
});

test("past the bound on bodies in flight a push is answered 503 and counts as a sign of life", async () => {
  await using relay = await startRelay(LIMITS);
  const slow = ["a", "b"].map((job) => {
    const socket = connect(relay.port, "127.0.0.1");
    socket.write(head("PUT", `/metrics/job/${job}`, "Content-Length: 262144"));
    return socket;
  });
  await untilInflight(relay, 524_288);
  const shed = await relay.push("/metrics/job/c", "x 1\n");
  expect([shed.status, shed.text]).toEqual([
    503,
    "too many bodies in flight (--limit.inflight-bytes): the next push will bring the same totals\n",
  ]);
  expect(shed.headers["retry-after"]).toBe("5");
  expect((await relay.request("DELETE", "/metrics/job/c")).status).toBe(202);
  for (const socket of slow) socket.destroy();
  await untilInflight(relay, 0);
  expect((await relay.push("/metrics/job/c", "x 1\n")).status).toBe(200);
});

test("a body of one push never shows through in another's, though both lie in the same memory", async () => {
  await using relay = await startRelay();
  expect((await relay.push("/metrics/job/long", `x{l="${"y".repeat(16_000)}"} 1\n`)).status).toBe(200);
  expect((await relay.push("/metrics/job/short", "z 1")).status).toBe(400);
  expect((await send(relay.port, "PUT", "/metrics/job/short", { body: "z 1\n" })).status).toBe(200);
  expect(sampleOf(await relay.view("raw"), 'z{instance="",job="short"}')).toBe(1);
});

test("who sends without end is cut off", async () => {
  await using relay = await startRelay(LIMITS);
  const { port } = relay;
  const socket = connect(port, "127.0.0.1");
  const closed = new Promise((resolve) => {
    socket.on("error", () => {}).once("close", resolve);
  });
  socket.write(head("PUT", "/metrics/job/a", "Content-Length: 99999999999"));
  const megabyte = Buffer.alloc(2 ** 20, "#");
  let sent = 0;
  const sendMore = (): void => {
    while (sent < 512 && socket.writable) {
      sent += 1;
      if (!socket.write(megabyte)) return;
    }
  };
  socket.on("drain", sendMore);
  sendMore();
  await closed;
  expect(sent).toBeLessThan(512);
  expect(await relay.view("raw")).not.toMatch(/^push_time_seconds\{/m);
}, 60_000);
