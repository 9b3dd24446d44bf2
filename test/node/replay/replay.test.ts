import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readCapture } from "../../../src/node/replay/read-capture.ts";
import { replay } from "../../../src/node/replay/replay.ts";
import { startRecordingRelay } from "./recording-relay.ts";

const ID = "bbcdab39bb7c16a40a2f8fe759dd805a";
const CAPTURE = `{"t":0,"event":"start"}
{"t":1000,"method":"PUT","path":"/metrics/job/flink${ID}//x","headers":{"content-type":"text/plain; version=0.0.4"},"body":"a{l=\\"ü\\"} 1\\n"}
{"t":2000,"method":"DELETE","path":"/metrics/job/flink${ID}"}
`;
const quiet = (): void => {};

function fileOf(name: string, content: string | Buffer): string {
  const file = join(mkdtempSync(join(tmpdir(), "sluice-")), name);
  writeFileSync(file, content);
  return file;
}

test.each([
  ["run.jsonl", CAPTURE],
  ["run.jsonl.gz", gzipSync(CAPTURE)],
])("the requests of %s arrive in order and byte by byte, over one connection", async (name, content) => {
  await using relay = await startRecordingRelay(202, "");
  const file = fileOf(name, content);
  const tally = await replay({ file, relay: relay.url, speed: 1000, loop: false, print: quiet });
  expect(tally).toEqual({ sent: 2, failed: 0 });
  const [put, del] = relay.received;
  expect(put).toMatchObject({ method: "PUT", target: `/metrics/job/flink${ID}//x`, body: 'a{l="ü"} 1\n' });
  expect(put?.headers).toMatchObject({ "content-type": "text/plain; version=0.0.4", "content-length": "12" });
  expect(del).toMatchObject({ method: "DELETE", target: `/metrics/job/flink${ID}`, body: "" });
  expect(del?.headers["content-type"]).toBeUndefined();
  expect(del?.socket).toBe(put?.socket);
});

test("the path of the relay's URL goes before every request's", async () => {
  await using relay = await startRecordingRelay(200, "");
  const under = new URL("/push/", relay.url);
  await replay({ file: fileOf("run.jsonl", CAPTURE), relay: under, speed: 1000, loop: false, print: quiet });
  expect(relay.received[1]?.target).toBe(`/push/metrics/job/flink${ID}`);
});

test("refusals are counted and printed with their reason", async () => {
  await using relay = await startRecordingRelay(400, "no\n");
  const printed: string[] = [];
  const print = (line: string): void => void printed.push(line);
  const file = fileOf("run.jsonl", CAPTURE);
  expect(await replay({ file, relay: relay.url, speed: 1000, loop: false, print })).toEqual({
    sent: 2,
    failed: 2,
  });
  expect(printed).toContain(`    2.0 s  DELETE /metrics/job/flink${ID} was answered 400: no`);
});

test("a loop sends new processes each round, until it is stopped", async () => {
  await using relay = await startRecordingRelay(200, "");
  const stop = new AbortController();
  const print = (line: string): void => {
    if (line.startsWith("round 3")) stop.abort();
  };
  const file = fileOf("run.jsonl", CAPTURE);
  await replay({ file, relay: relay.url, speed: 1000, loop: true, print, signal: stop.signal });
  const deleted = relay.received.filter(({ method }) => method === "DELETE").map(({ target }) => target);
  expect(deleted).toHaveLength(2);
  expect(deleted[0]).toBe(`/metrics/job/flink${ID}`);
  expect(deleted[1]).toMatch(/^\/metrics\/job\/flink[\da-f]{32}$/);
  expect(deleted[1]).not.toBe(deleted[0]);
});

describe("a capture that cannot be read", () => {
  test.each([
    ["broken.jsonl", "{}\n", 'line 1 has no number under "t"'],
    ["events.jsonl", '{"t":0,"event":"start"}\n', "no line of it is a request"],
    ["empty.jsonl", "", "no line of it is a request"],
    ["plain.jsonl.gz", CAPTURE, "incorrect header check"],
    ["cut.jsonl.gz", gzipSync(CAPTURE).subarray(0, 100), "unexpected end of file"],
  ])("%s", async (name, content, message) => {
    const relay = new URL("http://127.0.0.1:1");
    const file = fileOf(name, content);
    await expect(replay({ file, relay, speed: 1e9, loop: true, print: quiet })).rejects.toThrow(message);
  });

  test("a missing file", async () => {
    await expect(readCapture("/no/such.jsonl.gz").next()).rejects.toThrow("no such file or directory");
  });
});

test("the recorded Flink runs are captures", async () => {
  const file = join(import.meta.dirname, "../../fixtures/captures/flink-2.3.0.jsonl.gz");
  const counts = { request: 0, event: 0, truth: 0 };
  for await (const line of readCapture(file)) counts[line.kind]++;
  expect(counts).toEqual({ request: 502, event: 36, truth: 9 });
});
