import { once } from "node:events";
import { connect } from "node:net";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { MetricType } from "../../../src/core/exposition/protobuf/metrics_pb.ts";
import { readStrictText } from "../../fuzz/strict-text.ts";
import { labels, protobufBody } from "../../support/protobuf-body.ts";
import { snappyStream } from "../../support/snappy-frames.ts";
import { type RunningRelay, sampleOf, startRelay } from "./running-relay.ts";

let relay: RunningRelay;

beforeAll(async () => {
  // What is left open ends soon, so that an attack that is taken for a request is seen to be.
  relay = await startRelay({ maxBodyBytes: 2 ** 20, maxInflightBytes: 2 ** 22, maxIdleMs: 300 });
  await relay.push("/metrics/job/witness", "# TYPE seen gauge\nseen 7\n");
});
afterAll(() => relay.stop());

/** Whatever was sent: the relay is ready, both views are read by a strict reader, and the witness is what it was. */
afterEach(async () => {
  expect((await relay.request("GET", "/-/ready")).text).toBe("OK");
  for (const view of ["raw", "merged"] as const) {
    const text = await relay.view(view);
    readStrictText(Buffer.from(text));
    expect(sampleOf(text, 'seen{instance="",job="witness"}')).toBe(7);
    expect(text).not.toMatch(/^(?:evil|push_time_seconds)\{.*job="(?:attack|smuggled)"/m);
    expect(sampleOf(text, "sluice_thread_restarts_total")).toBe(0);
  }
  await expect
    .poll(async () => sampleOf(await relay.view("raw"), "sluice_inflight_body_bytes"), { timeout: 10_000 })
    .toBe(0);
});

/** Sends the bytes, and returns all that comes back until the relay closes; or hangs up behind them. */
async function exchange(bytes: string | Uint8Array, hangUp = false): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port: relay.port, noDelay: true });
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk) => (text += String(chunk))).on("error", () => {});
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  if (hangUp) socket.end();
  await once(socket, "close");
  return text;
}

function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\r\n`).join("");
}

function statusesOf(answers: string): string[] {
  return Array.from(answers.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => status ?? "");
}

const SMUGGLED = lines("PUT /metrics/job/smuggled HTTP/1.1", "Host: r", "Content-Length: 7", "") + "evil 1\n";
const PUT = "PUT /metrics/job/attack HTTP/1.1";
const BOTH_WAYS = `0\r\n\r\n${SMUGGLED}`;

describe("a request whose end is said in two ways is refused, and nothing behind it is read", () => {
  test.each<[string, string[]]>([
    ["a length and chunks", [`Content-Length: ${BOTH_WAYS.length}`, "Transfer-Encoding: chunked"]],
    ["chunks and a length", ["Transfer-Encoding: chunked", "Content-Length: 0"]],
    ["two lengths", ["Content-Length: 0", `Content-Length: ${BOTH_WAYS.length}`]],
    ["two equal lengths", ["Content-Length: 5", "Content-Length: 5"]],
    ["a list of lengths", ["Content-Length: 5, 5"]],
    ["a length with a sign", ["Content-Length: +5"]],
    ["a negative length", ["Content-Length: -1"]],
    ["a length in hexadecimal", ["Content-Length: 0x5"]],
    ["a length that is too large for any number", ["Content-Length: 99999999999999999999999999"]],
    ["an empty length", ["Content-Length:"]],
    ["a coding that is none", ["Transfer-Encoding: xchunked", "Content-Length: 5"]],
    ["a coding behind chunked", ["Transfer-Encoding: chunked, identity"]],
    ["chunked twice", ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked, gzip"]],
    ["a blank before the colon", ["Transfer-Encoding : chunked"]],
    ["a folded header", ["Content-Length: 5", "X: y", " Transfer-Encoding: chunked"]],
    ["a header behind a line feed alone", ["Content-Length: 5", "X: y\nTransfer-Encoding: chunked"]],
    ["a header behind a carriage return alone", ["Content-Length: 5", "X: y\rTransfer-Encoding: chunked"]],
    ["a NUL in a header", ["Content-Length: 5", "X: \0"]],
    ["a header without a name", ["Content-Length: 5", ": x"]],
  ])("%s", async (_, headers) => {
    const answer = await exchange(lines(PUT, "Host: r", ...headers, "") + BOTH_WAYS);
    expect(statusesOf(answer)).toEqual(["400"]);
    expect(answer.split("\r\n\r\n")[1]).toMatch(/^the request cannot be read: [^\n]{3,200}\n$/);
  });
});

test.each([
  ["no HTTP", "hello\r\n\r\n"],
  ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
  ["HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["a version that is none", lines("GET /metrics HTTP/9.9", "Host: r", "")],
  ["a method that is none", lines("SMUGGLE /metrics/job/attack HTTP/1.1", "Host: r", "")],
  ["a blank in the path", lines("PUT /metrics/job/attack evil HTTP/1.1", "Host: r", "")],
  ["no Host", lines("PUT /metrics/job/attack HTTP/1.1", "Content-Length: 7", "") + "evil 1\n"],
])("%s is answered 400 and the connection ends", async (_, bytes) => {
  expect(statusesOf(await exchange(bytes))).toEqual(["400"]);
});

describe("a body in chunks that are broken stores nothing", () => {
  const chunked = lines(PUT, "Host: r", "Transfer-Encoding: chunked", "");
  test.each([
    ["a size that is none", "zz\r\nevil 1\n\r\n0\r\n\r\n"],
    ["a negative size", "-7\r\nevil 1\n\r\n0\r\n\r\n"],
    ["a size in C", "0x7\r\nevil 1\n\r\n0\r\n\r\n"],
    ["a size of seventeen digits", "10000000000000007\r\nevil 1\n\r\n0\r\n\r\n"],
    ["an empty size", "\r\nevil 1\n\r\n0\r\n\r\n"],
    ["a chunk that is longer than it says", "6\r\nevil 1\n\r\n0\r\n\r\n"],
    ["a chunk that is shorter than it says", "8\r\nevil 1\n\r\n0\r\n\r\n"],
    ["line feeds alone", "7\nevil 1\n\n0\n\n"],
    ["an extension without end", `7;${"x".repeat(20_000)}\r\nevil 1\n\r\n0\r\n\r\n`],
    ["trailers without end", `7\r\nevil 1\n\r\n0\r\n${"X: y\r\n".repeat(20_000)}\r\n`],
  ])("%s", async (_, body) => {
    const statuses = statusesOf(await exchange(chunked + body));
    expect(statuses).toHaveLength(1);
    expect(Number(statuses[0])).toBeGreaterThanOrEqual(400);
    expect(Number(statuses[0])).toBeLessThan(500);
  });
});

const STAGES = lines(PUT, "Host: r", "Transfer-Encoding: chunked", "") + "7\r\nevil 1\n\r\n0\r\n\r\n";

test("an upload that breaks off at any byte stores nothing", async () => {
  const cuts = Array.from({ length: STAGES.length - 1 }, (_, i) => i + 1);
  const answers = await Promise.all(cuts.map((cut) => exchange(STAGES.slice(0, cut), true)));
  for (const answer of answers) expect(answer).not.toMatch(/^HTTP\/1\.1 [25]/);
});

describe("a compressed body that breaks off, or that decodes to more than there may be, stores nothing", () => {
  const text = Buffer.from(`evil 1\n${"# filler\n".repeat(2_000)}`);
  const zeros = Buffer.alloc(64 * 2 ** 20);
  test.each([
    ["gzip", gzipSync(text), gzipSync(zeros)],
    ["zstd", zstdCompressSync(text), zstdCompressSync(zeros)],
    ["snappy", snappyStream(text), snappyStream(zeros.subarray(0, 4 * 2 ** 20))],
  ])("%s", async (coding, whole, bomb) => {
    const send = (body: Uint8Array): Promise<number> =>
      relay
        .request("PUT", "/metrics/job/attack", { headers: { "Content-Encoding": coding }, body })
        .then(({ status }) => status);
    // A stream of snappy may end behind each of its chunks: nothing tells that one is missing.
    const cuts = [
      ...(coding === "snappy" ? [] : [0, 10]),
      1,
      2,
      5,
      11,
      whole.length >> 1,
      whole.length - 4,
      whole.length - 1,
    ];
    for (const cut of cuts) expect([cut, await send(whole.subarray(0, cut))]).toEqual([cut, 400]);
    expect(await send(bomb)).toBe(413);
  });
});

describe("a body that is no text of UTF-8 is refused by one line", () => {
  test.each([
    ["a value that is not UTF-8", 'evil{l="\xff"} 1\n'],
    ["an overlong slash", 'evil{l="\xc0\xaf"} 1\n'],
    ["half a character of two units", 'evil{l="\xed\xa0\x80"} 1\n'],
    ["a NUL in a name", "ev\0il 1\n"],
    ["a NUL as a value", "evil \0\n"],
    ["nothing but NUL", "\0".repeat(1_000)],
    ["no line feed at the end", "evil 1"],
    ["one long line", `evil{${'l="v",'.repeat(50_000)}`],
  ])("%s", async (_, body) => {
    const { status, text } = await relay.push("/metrics/job/attack", Buffer.from(body, "latin1"));
    expect(status).toBe(400);
    expect(text).toMatch(/^[^\n]{10,299}\n$/);
  });
});

const PROTOBUF = {
  "Content-Type":
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
};

/** One field of a message: number, wire type, bytes. */
function field(number: number, wireType: number, ...bytes: number[]): number[] {
  return [(number << 3) | wireType, ...bytes];
}

function delimited(message: readonly number[]): Uint8Array {
  return Uint8Array.from([(message.length & 0x7f) | 0x80, message.length >> 7, ...message]);
}

describe("a body that is no protobuf is refused by one line", () => {
  const name = field(1, 2, 4, ...Buffer.from("evil"));
  test.each([
    ["a length of 26 GB", Uint8Array.from([0x80, 0xb5, 0xf0, 0xfe, 0x60])],
    ["a length without end", Uint8Array.from({ length: 30 }, () => 0xff)],
    ["a length past the end", Uint8Array.from([20, ...name])],
    ["groups in groups", delimited([...name, ...Array.from({ length: 8_000 }, () => 0x7b)])],
    ["a group that ends and never began", delimited([...name, ...field(15, 4)])],
    ["a field without a number", delimited([...name, 0x02, 0x00])],
    ["a wire type that is none", delimited([...name, ...field(15, 7)])],
    [
      "a varint of eleven bytes",
      delimited([...name, ...field(3, 0), ...Array.from({ length: 11 }, () => 0xff)]),
    ],
    ["a metric that ends in a label", delimited([...name, ...field(4, 2, 10, 0x0a, 20, 0x0a)])],
    ["a name that is not UTF-8", delimited([...field(1, 2, 1, 0xff), ...field(4, 2, 0)])],
  ])("%s", async (_, body) => {
    const { status, text } = await relay.request("PUT", "/metrics/job/attack", { headers: PROTOBUF, body });
    expect(status).toBe(400);
    expect(text).toMatch(/^[^\n]{10,299}\n$/);
  });
});

/** Names that are something else to an object of JavaScript. */
const INHERITED = ["constructor", "toString", "valueOf", "hasOwnProperty", "prototype", "__proto__"];

test("names that an object of JavaScript has already are names like any other", async () => {
  for (const name of INHERITED) {
    const path = `/metrics/job/${name}`;
    expect([name, (await relay.push(path, `${name} 1\n`)).status]).toEqual([name, 200]);
    const family = {
      name: `${name}_p`,
      type: MetricType.GAUGE,
      metric: [{ label: labels({ l: name }), gauge: { value: 2 } }],
    };
    const body = protobufBody(family);
    const { status } = await relay.request("POST", path, { headers: PROTOBUF, body });
    expect([name, status]).toEqual([name, 200]);
    // A label must not begin with two underscores.
    const labelled = await relay.request("POST", path, { body: `${name}_l{${name}="v"} 3\n` });
    expect([name, labelled.status]).toEqual([name, name === "__proto__" ? 400 : 200]);
    const grouped = await relay.push(`/metrics/job/g/${name}/v`, "grouped 4\n");
    expect([name, grouped.status]).toEqual([name, name === "__proto__" ? 400 : 200]);
  }
  const view = await relay.view("raw");
  for (const name of INHERITED) {
    expect(sampleOf(view, `${name}{instance="",job="${name}"}`)).toBe(1);
    expect(sampleOf(view, `${name}_p{instance="",job="${name}",l="${name}"}`)).toBe(2);
  }
  const { text } = await relay.request("GET", "/api/v1/metrics");
  const groups = (JSON.parse(text) as { data: { labels: Record<string, string> }[] }).data;
  expect(groups.map(({ labels: { job } }) => job)).toEqual(expect.arrayContaining(INHERITED));
  expect((await relay.request("GET", "/api/v1/status")).status).toBe(200);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test.each([
  ["a NUL in the path", "/metrics/job/%00"],
  ["a line feed in the path", "/metrics/job/a%0Ab"],
  ["a quote in the path", "/metrics/job/a%22%7D%20evil%201"],
  ["half a percent code", "/metrics/job/%e"],
  ["a value that is not UTF-8", "/metrics/job/%ff"],
  ["base64 of what is not UTF-8", "/metrics/job@base64/_w"],
  ["four hundred slashes", `/metrics/job/a${"/".repeat(400)}`],
])("%s spoils no view", async (_, path) => {
  const { status, text } = await relay.push(path, "odd 1\n");
  expect([200, 400, 413]).toContain(status);
  expect(text).toMatch(/^(?:[^\n]{10,299}\n)?$/);
});
