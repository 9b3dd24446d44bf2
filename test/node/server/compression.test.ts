import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MetricType } from "../../../src/core/exposition/protobuf/metrics_pb.ts";
import { protobufBody } from "../../support/protobuf-body.ts";
import { snappyBlock, snappyStream } from "../../support/snappy-frames.ts";
import { type RunningRelay, sampleOf, startRelay } from "./running-relay.ts";

const LIMITS = { maxBodyBytes: 256 * 1024, maxInflightBytes: 512 * 1024 };
// One for all tests: each pushes jobs of its own, or nothing that stays.
let relay: RunningRelay;
beforeAll(async () => {
  relay = await startRelay(LIMITS);
});
afterAll(() => relay.stop());

const BODY = Buffer.from("x 42\n");

/** A body of that many bytes that compresses to next to nothing. */
function bodyOf(bytes: number): Buffer {
  const end = "x 42\n";
  return Buffer.from(`${"#".repeat(bytes - end.length - 1)}\n${end}`);
}

const inflight = "sluice_inflight_body_bytes";

describe("is decoded:", () => {
  test.each<[what: string, coding: string, body: Buffer]>([
    ["gzip", "gzip", gzipSync(BODY)],
    ["GZip, in any case", "GZip", gzipSync(BODY)],
    ["gzip of several members", "gzip", Buffer.concat([gzipSync("y 1\n"), gzipSync(BODY)])],
    ["gzip that has to grow", "gzip", gzipSync(bodyOf(200_000))],
    ["gzip of exactly the limit", "gzip", gzipSync(bodyOf(LIMITS.maxBodyBytes))],
    ["framed snappy", "snappy", snappyStream(bodyOf(200_000))],
    ["zstd", "zstd", zstdCompressSync(bodyOf(200_000))],
    ["zstd of several frames", "zstd", Buffer.concat([zstdCompressSync("y 1\n"), zstdCompressSync(BODY)])],
    ["what is not compressed, in an encoding that nobody knows", "deflate", BODY],
  ])("%s", async (_, coding, body) => {
    const headers = { "Content-Encoding": coding };
    expect(await relay.request("PUT", "/metrics/job/a", { body, headers })).toMatchObject({
      status: 200,
      text: "",
    });
    const chunked = { ...headers, "Transfer-Encoding": "chunked" };
    expect((await relay.request("POST", "/metrics/job/b", { body, headers: chunked })).status).toBe(200);
    const view = await relay.view("raw");
    expect(["a", "b"].map((job) => sampleOf(view, `x{instance="",job="${job}"}`))).toEqual([42, 42]);
    expect(sampleOf(view, inflight)).toBe(0);
    for (const job of ["a", "b"]) await relay.request("DELETE", `/metrics/job/${job}`);
  });

  test("zstd by its first bytes, where no encoding is named", async () => {
    const body = zstdCompressSync(bodyOf(200_000));
    expect((await relay.push("/metrics/job/sniffed", body)).status).toBe(200);
    const view = await relay.view("raw");
    expect([sampleOf(view, 'x{instance="",job="sniffed"}'), sampleOf(view, inflight)]).toEqual([42, 0]);
    const named = await relay.request("PUT", "/metrics/job/identity", {
      body,
      headers: { "Content-Encoding": "identity" },
    });
    expect(named.text).toMatch(/^text format parsing error in line 1/);
  });

  test("protobuf in gzip", async () => {
    const body = gzipSync(
      protobufBody({ name: "p", type: MetricType.GAUGE, metric: [{ gauge: { value: 42 } }] }),
    );
    const headers = {
      "Content-Encoding": "gzip",
      "Content-Type":
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
    };
    expect((await relay.request("PUT", "/metrics/job/protobuf", { body, headers })).status).toBe(200);
    expect(sampleOf(await relay.view("raw"), 'p{instance="",job="protobuf"}')).toBe(42);
  });
});

describe("is refused, and leaves nothing:", () => {
  const gz = gzipSync(BODY);
  const zst = zstdCompressSync(BODY);
  test.each<[what: string, coding: string, body: Buffer, message: string]>([
    ["no gzip at all", "gzip", BODY, "gzip: invalid header\n"],
    ["an empty body", "gzip", Buffer.alloc(0), "EOF\n"],
    ["gzip that breaks off", "gzip", gz.subarray(0, -1), "unexpected EOF\n"],
    ["a gzip header that breaks off", "gzip", gz.subarray(0, 5), "unexpected EOF\n"],
    [
      "gzip with a wrong checksum",
      "gzip",
      Buffer.concat([gz.subarray(0, -8), Buffer.alloc(8)]),
      "gzip: invalid checksum\n",
    ],
    ["something behind gzip", "gzip", Buffer.concat([gz, BODY]), "gzip: invalid header\n"],
    ["zeroes behind gzip", "gzip", Buffer.concat([gz, Buffer.alloc(9)]), "gzip: invalid header\n"],
    [
      "a broken member",
      "gzip",
      Buffer.concat([gz.subarray(0, 10), Buffer.alloc(20, 0xff)]),
      "flate: corrupt input: invalid block type\n",
    ],
    ["a raw block of snappy", "snappy", snappyBlock(BODY), "snappy: corrupt input\n"],
    ["snappy that breaks off", "snappy", snappyStream(BODY).subarray(0, -1), "snappy: corrupt input\n"],
    ["no zstd at all", "zstd", BODY, "zstd: Unknown frame descriptor\n"],
    ["an empty body as zstd", "zstd", Buffer.alloc(0), "EOF\n"],
    ["zstd that breaks off", "zstd", zst.subarray(0, -1), "unexpected EOF\n"],
    ["something behind zstd", "zstd", Buffer.concat([zst, BODY]), "zstd: Unknown frame descriptor\n"],
  ])("%s", async (_, coding, body, message) => {
    const answer = await relay.request("PUT", "/metrics/job/a", {
      body,
      headers: { "Content-Encoding": coding },
    });
    expect([answer.status, answer.text]).toEqual([400, message]);
    const view = await relay.view("raw");
    expect(view).not.toContain('push_time_seconds{instance="",job="a"}');
    expect(sampleOf(view, inflight)).toBe(0);
  });

  test.each(["gzip", "snappy", "zstd"])("%s that decodes to more than the limit", async (coding) => {
    const bomb = bodyOf(20_000_000);
    const body = { gzip: gzipSync, snappy: snappyStream, zstd: zstdCompressSync }[coding]!(bomb);
    // Snappy makes a twentieth of it at best, which is over the limit by itself.
    const headers: Record<string, string> = { "Content-Encoding": coding, "Transfer-Encoding": "chunked" };
    const answer = await relay.request("PUT", "/metrics/job/a", { body, headers });
    expect([answer.status, answer.text]).toEqual([
      413,
      "the body is larger than 262144 bytes: raise --limit.body-bytes or push less in one group\n",
    ]);
    expect(sampleOf(await relay.view("raw"), inflight)).toBe(0);
  });

  test("more compressed bytes than the limit, though they decode to nothing", async () => {
    const empty = gzipSync("");
    const body = Buffer.concat(Array.from({ length: 20_000 }, () => empty));
    const headers = { "Content-Encoding": "gzip", "Transfer-Encoding": "chunked" };
    expect((await relay.request("PUT", "/metrics/job/a", { body, headers })).status).toBe(413);
  });

  test("what a client that goes away has sent of it", async () => {
    const head =
      "PUT /metrics/job/a HTTP/1.1\r\nHost: r\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n";
    await relay.cutOff(head, gz.toString("latin1").slice(0, 12));
    await expect.poll(async () => sampleOf(await relay.view("raw"), inflight)).toBe(0);
    expect(await relay.view("raw")).not.toContain('push_time_seconds{instance="",job="a"}');
  });
});

test("a scrape and a DELETE that say so and have no body are refused, as on a Pushgateway", async () => {
  const headers = { "Content-Encoding": "gzip" };
  expect((await relay.request("GET", "/metrics", { headers })).text).toBe("EOF\n");
  expect((await relay.request("DELETE", "/metrics/job/a", { headers })).status).toBe(400);
});
