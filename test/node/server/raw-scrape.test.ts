import { connect } from "node:net";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import type { RunningRelay } from "./running-relay.ts";
import { startRelay } from "./running-relay.ts";

const SOURCES = 24;
const SUBTASKS = 40;
/** Longer than what memory is laid out for, so that some of the lines do not fit into it. */
const LONG = "y".repeat(900);
const PUSHED = "match[]=%7B__name__%3D~%22flink_.*%22%7D";

let relay: RunningRelay;
beforeAll(async () => {
  relay = await startRelay({ threads: 2 });
  for (let source = 0; source < SOURCES; source += 1) {
    const tm = `tm${source}`;
    const task = source % 2 === 0 ? "map" : LONG;
    const samples = Array.from({ length: SUBTASKS }, (_, subtask) => subtask).flatMap((subtask) =>
      ["numRecordsIn", "busyTimeMsPerSecond", "currentInputWatermark"].map((metric) =>
        taskSample(metric, { tm, task, subtask }, source * 1_000.5 + subtask),
      ),
    );
    expect((await relay.push(`/metrics/job/flink${source}`, flinkBody(...samples))).status).toBe(200);
  }
});
afterAll(() => relay.stop());

const DECODE: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
};

/** The whole view where nothing is asked for: its bulks are told without a look at each series. */
async function scrape(headers: Record<string, string>, part = ""): Promise<Buffer> {
  const {
    status,
    headers: answered,
    body,
  } = await relay.request("GET", `/metrics?view=raw${part}`, { headers });
  expect(status).toBe(200);
  const coding = answered["content-encoding"];
  expect(coding).toBe(headers["Accept-Encoding"]);
  return DECODE[coding ?? "identity"]?.(body) ?? body;
}

/** In any order, and without what the relay says of itself: that changes. */
function pushedLines(view: Buffer): string[] {
  return view
    .toString()
    .split("\n")
    .filter((line) => line.startsWith("flink_") || line.startsWith("# TYPE flink_"))
    .toSorted();
}

test("every series of a fleet stands in the raw view once, its family once before all of them", async () => {
  const view = (await scrape({})).toString();
  const lines = pushedLines(Buffer.from(view));
  expect(lines).toHaveLength(3 + SOURCES * SUBTASKS * 3);
  expect(new Set(lines).size).toBe(lines.length);
  const families = [...view.matchAll(/^(?:# TYPE )?(flink_\w+)/gm)].map(([, name]) => name);
  const changes = families.filter((name, i) => name !== families[i - 1]);
  expect(changes).toEqual([...new Set(families)]);
});

test.each(["gzip", "zstd"])("the raw view is the same in %s", async (coding) => {
  const plain = await scrape({});
  const decoded = await scrape({ "Accept-Encoding": coding });
  expect(pushedLines(decoded)).toEqual(pushedLines(plain));
});

test.each([
  ["OpenMetrics", "application/openmetrics-text;version=1.0.0"],
  ["protobuf", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"],
])("the raw view in %s is the same in gzip", async (_, accept) => {
  const part = `&${PUSHED}`;
  const plain = await scrape({ Accept: accept }, part);
  expect(plain.length).toBeGreaterThan(SOURCES * SUBTASKS * 3 * 100);
  expect((await scrape({ Accept: accept, "Accept-Encoding": "gzip" }, part)).equals(plain)).toBe(true);
});

test("several scrapes at a time do not write into each other's memory", async () => {
  const want = pushedLines(await scrape({}));
  const codings = [undefined, "gzip", undefined, "zstd", undefined, "gzip"];
  const views = await Promise.all(
    codings.map((coding) => scrape(coding === undefined ? {} : { "Accept-Encoding": coding })),
  );
  for (const view of views) expect(pushedLines(view)).toEqual(want);
});

test("a scraper that stops reading is sent no more than it reads, and then the rest as it was", async () => {
  const want = pushedLines(await scrape({}));
  const socket = connect(relay.port, "127.0.0.1");
  socket.write("GET /metrics?view=raw HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n");
  await new Promise((resolve) => socket.once("readable", resolve));
  // Others write to their memory meanwhile.
  expect(pushedLines(await scrape({}))).toEqual(want);
  const answer = Buffer.concat((await socket.toArray()) as Buffer[]);
  const bodyAt = answer.indexOf("\r\n\r\n") + 4;
  expect(pushedLines(unchunked(answer.subarray(bodyAt)))).toEqual(want);
});

function unchunked(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf("\r\n", at);
    const bytes = Number.parseInt(body.toString("latin1", at, end), 16);
    chunks.push(body.subarray(end + 2, end + 2 + bytes));
    at = end + 2 + bytes + 2;
  }
  return Buffer.concat(chunks);
}
