import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { parseConfigFile } from "../../../src/platform/config-file/parse-config-file.ts";
import { snapshotStorage } from "../../../src/node/storage/snapshot.ts";
import { openSqlite } from "../../../src/node/storage/sqlite.ts";
import { flinkBody, processSample, taskSample } from "../../support/flink-body.ts";
import { type FamilyInit, labels, protobufBody } from "../../support/protobuf-body.ts";
import { valuesOf } from "../../support/view-text.ts";
import type { RunningRelay } from "../server/running-relay.ts";
import { startRelay } from "../server/running-relay.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A folder for each schema, with a store as the last version that wrote it left it under load, and what it showed. */
const STORES = new URL("../../fixtures/stores/", import.meta.url).pathname;

const RULES = `rules:
  - match: requests_total
    kind: counter
    without: [pod]
  - match: request_seconds
    kind: histogram
    without: [pod]
  - match: queue_length
    function: max
    without: [pod]
`;
const COUNTER = "flink_taskmanager_job_task_numRecordsIn";

async function start(storageFolder: string): Promise<RunningRelay> {
  const read = parseConfigFile(RULES, "sluice.yaml");
  if (!read.ok) throw new Error(read.errors.join("\n"));
  return await startRelay({ storageFolder, threads: 1, rules: read.config.rules });
}

function taskBody(tm: string, records: number, attempt: number): string {
  return flinkBody(
    taskSample("numRecordsIn", { tm, attempt }, records),
    taskSample("currentInputWatermark", { tm, attempt }, -9223372036854776000),
    processSample("Status_JVM_Threads_Count", tm, 5 + attempt),
  );
}

/** Images, and logs behind them, with something of everything that a partition can hold. */
async function pushAll(relay: RunningRelay): Promise<void> {
  const push = async (path: string, body: string | Uint8Array, type?: string): Promise<void> => {
    const headers = type === undefined ? {} : { "Content-Type": type };
    const { status, text } = await relay.request("PUT", path, { body, headers });
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  };
  for (const [records, attempt] of [
    [100, 0],
    [130, 0],
    [7, 1],
    [20, 1],
  ] as const) {
    for (const tm of ["tm1", "tm2", "tm3"])
      await push(`/metrics/job/flink/tm/${tm}`, taskBody(tm, records, attempt));
  }
  await relay.request("DELETE", "/metrics/job/flink/tm/tm3");
  for (const count of [3, 9]) {
    for (const pod of ["a", "b"]) {
      await push(
        `/metrics/job/shop/pod/${pod}`,
        `# TYPE requests_total counter\nrequests_total{code="200"} ${count}\n` +
          `# TYPE request_seconds histogram\nrequest_seconds_bucket{le="1"} ${count}\n` +
          `request_seconds_bucket{le="+Inf"} ${count + 1}\nrequest_seconds_sum ${count}.5\nrequest_seconds_count ${count + 1}\n` +
          `# TYPE queue_length gauge\nqueue_length ${count}\n`,
      );
    }
  }
  await push(
    "/metrics/job/nightly",
    '# HELP took How long.\n# TYPE took summary\ntook{quantile="0.5"} 3\ntook_sum 9\ntook_count 2\n',
  );
  await push("/metrics/job/nightly/x@base64/Lw", 'done{l="\\"é\\n"} 1e300\nlost NaN\n');
  const native: FamilyInit = {
    name: "native_seconds",
    type: 4,
    metric: [
      {
        label: labels({ a: "b" }),
        histogram: {
          sampleCount: 3n,
          sampleSum: 4.5,
          schema: 3,
          zeroThreshold: 1e-9,
          zeroCount: 1n,
          positiveSpan: [{ offset: 2, length: 1 }],
          positiveDelta: [2n],
        },
      },
    ],
  };
  const type = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
  await push("/metrics/job/native", protobufBody(native), type);
}

/** Without what the relay says of itself. */
async function shown(relay: RunningRelay, view: "merged" | "raw"): Promise<string> {
  const text = await relay.view(view);
  const own = /^(# (HELP|TYPE) )?(sluice|process|nodejs|pushgateway)_/;
  return text
    .split("\n")
    .filter((line) => !own.test(line))
    .toSorted()
    .join("\n");
}

if (process.env["UPDATE_STORES"] === "1") {
  using folder = temporaryFolder();
  await using relay = await start(join(folder.path, "data"));
  await pushAll(relay);
  snapshotStorage(join(folder.path, "data"), join(folder.path, "copy"));
  const file = join(folder.path, "copy", "sluice.db");
  const database = openSqlite(file);
  const schema = database.all("SELECT value FROM meta WHERE key = 'schema'")[0]?.["value"];
  database.close();
  const target = join(STORES, `schema-${String(schema)}`);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "sluice.db.gz"), gzipSync(readFileSync(file), { level: 9 }));
  for (const view of ["merged", "raw"] as const) {
    writeFileSync(join(target, `${view}.txt`), await shown(relay, view));
  }
}

test.each(readdirSync(STORES))("the store %s is read, and shows and counts what it did", async (name) => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, "sluice.db"), gunzipSync(readFileSync(join(STORES, name, "sluice.db.gz"))));
  const wanted = (view: string): string => readFileSync(join(STORES, name, `${view}.txt`), "utf8");
  {
    await using relay = await start(folder.path);
    for (const view of ["merged", "raw"] as const) expect(await shown(relay, view)).toBe(wanted(view));
  }
  // As this version has written it at its end.
  await using relay = await start(folder.path);
  for (const view of ["merged", "raw"] as const) expect(await shown(relay, view)).toBe(wanted(view));
  const before = valuesOf(await relay.view("merged"), COUNTER).reduce((sum, value) => sum + value);
  const body = flinkBody(taskSample("numRecordsIn", { tm: "tm1", attempt: 1 }, 25));
  expect((await relay.push("/metrics/job/flink/tm/tm1", body)).status).toBe(200);
  const after = valuesOf(await relay.view("merged"), COUNTER).reduce((sum, value) => sum + value);
  expect(after - before).toBe(5);
});

test("a store of each schema that this version reads is there", () => {
  const source = readFileSync(new URL("../../../src/platform/storage/schema.ts", import.meta.url), "utf8");
  const schema = Number(/const SCHEMA = (\d+);/.exec(source)?.[1]);
  expect(readdirSync(STORES)).toContain(`schema-${schema}`);
});
