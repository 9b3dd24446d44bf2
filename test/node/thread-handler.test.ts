import { constants, inflateRawSync } from "node:zlib";
import { valueSymbol } from "piscina";
import { expect, test, vi } from "vitest";
import { TEXT } from "../../src/core/exposition/write/format.ts";
import { parseGroupingKey } from "../../src/core/grouping-key.ts";
import type { Batch, BatchResult } from "../../src/core/shard/messages.ts";
import { createShard } from "../../src/core/shard/shard.ts";
import { createMemoryStore } from "../../src/core/shard/store.ts";
import { createBulk } from "../../src/core/view/bulk.ts";
import { freshMemory } from "../../src/core/view/bulk-memory.ts";
import { nodeBytes } from "../../src/platform/bytes.ts";
import type { Deflated } from "../../src/platform/gzip/deflated.ts";
import { compileRegex } from "../../src/platform/promql/regex.ts";
import { createPartsReceiver, NOTHING_KNOWN } from "../../src/platform/pack-parts.ts";
import { namedOnly } from "../support/rollups.ts";
import type { PartsAnswer } from "../../src/node/thread-handler.ts";
import { createThreadHandler, openShard } from "../../src/node/thread-handler.ts";
import { flinkBody, processSample, taskSample } from "../support/flink-body.ts";
import { defaultSettings } from "../support/in-memory-relay.ts";

const AT = { observedMs: 1_000, wallMs: 1_700_000_000_000 };

function push(id: number, path: string, body: string): Batch {
  const parsed = parseGroupingKey(path);
  if (!parsed.ok) throw new Error(parsed.message);
  const command = { kind: "push", method: "PUT", key: parsed.key, body: Buffer.from(body), ...AT } as const;
  return { orders: [{ kind: "push", id, partition: 0, command }] };
}

const verdict = (id: number): Batch => ({
  orders: [{ kind: "verdict", id, verdict: { conflicts: [], boundarySets: [] } }],
});

const DATA = { partitions: [0], settings: defaultSettings, storage: undefined, startWallMs: 0 };

const BATCHES: readonly Batch[] = [
  push(
    1,
    "/job/flink",
    flinkBody(
      taskSample("numRecordsIn", {}, "1.0E300"),
      taskSample("currentInputWatermark", {}, "-9.223372036854776E18"),
      taskSample("busyTimeMsPerSecond", {}, "NaN"),
      taskSample("isBackPressured", { subtask: 1 }, 0),
      processSample("Status_JVM_CPU_Load", "tm1", 0.1),
    ),
  ),
  verdict(1),
  push(2, "/job/kept/l/ü", '# TYPE h summary\nh{quantile="0.5"} NaN\nh_sum +Inf\nh_count 3\nx -0\n'),
  verdict(2),
];

function valueOf(answer: unknown): unknown {
  return (answer as { [valueSymbol]: unknown })[valueSymbol];
}

test.each(["merged", "raw"] as const)("a part of the view %s is the same on the other side", (view) => {
  const handle = createThreadHandler(() => openShard(DATA));
  const shard = createShard([0], createMemoryStore(), nodeBytes, compileRegex, defaultSettings);
  for (const batch of BATCHES) {
    expect(handle({ kind: "run", batch })).toMatchObject({ result: shard.run(batch) satisfies BatchResult });
  }
  const task = {
    kind: "parts",
    view,
    observedMs: 2_000,
    format: TEXT,
    scrape: 7,
    known: NOTHING_KNOWN,
    from: 0,
  } as const;
  const parts = createPartsReceiver().unpack((valueOf(handle(task)) as PartsAnswer).packed);
  const [wanted] = shard.parts(view, 2_000, TEXT);
  expect(parts).toEqual([wanted && namedOnly(wanted.part)]);
  expect(parts[0]?.families.length).toBeGreaterThan(1);
  const sections = parts.flatMap(({ partition, families }) =>
    families.flatMap(({ name, bulkSamples }) =>
      bulkSamples > 0 ? { family: name, partitions: [partition] } : [],
    ),
  );
  expect(sections.length > 0).toBe(view === "raw");
  if (view === "merged") return;
  const want = sections.map(({ family }) => {
    const bulk = createBulk({ memory: freshMemory(1) });
    wanted?.writeBulk(family, bulk);
    return Buffer.concat(bulk.take()).toString();
  });
  const bulks = { kind: "bulks", scrape: 7, sections } as const;
  for (const memory of [new SharedArrayBuffer(1024 * 1024), new SharedArrayBuffer(2_000)]) {
    const chunks = plainOrMoved(handle({ ...bulks, memory })) as Uint8Array[][];
    expect(chunks.map((each) => Buffer.concat(each).toString())).toEqual(want);
    expect(chunks.flat().some(({ buffer }) => buffer === memory)).toBe(true);
  }
  const compressed = handle({ ...bulks, memory: undefined }) as Deflated[][];
  expect(compressed.map(inflated)).toEqual(want);
  handle({ kind: "close-parts", scrape: 7 });
  expect(() => handle({ ...bulks, memory: undefined })).toThrow("scrape again");
});

/** What crosses without a copy is wrapped. */
function plainOrMoved(answer: unknown): unknown {
  return Array.isArray(answer) ? answer : valueOf(answer);
}

function inflated(parts: readonly Deflated[]): string {
  return Buffer.concat(
    parts.map(({ bytes }) => inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })),
  ).toString();
}

test("a view is told some partitions at a time, so that pushes need not wait for all of them", () => {
  const handle = createThreadHandler(() => openShard({ ...DATA, partitions: [0, 1, 2] }));
  let nowMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (nowMs += 10));
  const told: number[][] = [];
  for (let isAll = false; !isAll;) {
    const from = told.flat().length;
    const common = { view: "merged", observedMs: 0, format: TEXT, scrape: 1, known: NOTHING_KNOWN } as const;
    const answer = valueOf(handle({ kind: "parts", ...common, from })) as PartsAnswer;
    told.push(
      createPartsReceiver()
        .unpack(answer.packed)
        .map(({ partition }) => partition),
    );
    isAll = answer.isAll;
  }
  vi.restoreAllMocks();
  expect(told).toEqual([[0], [1], [2], []]);
});

test("a view for which nobody waits any more is not made", () => {
  const handle = createThreadHandler(() => openShard(DATA));
  const known = NOTHING_KNOWN;
  const task = {
    kind: "parts",
    view: "raw",
    observedMs: 0,
    format: TEXT,
    scrape: 1,
    known,
    from: 0,
  } as const;
  expect(handle({ ...task, untilMs: Date.now() - 1 })).toBeUndefined();
  expect(handle({ ...task, untilMs: Date.now() + 60_000 })).toBeDefined();
});
