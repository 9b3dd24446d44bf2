import { Buffer } from "node:buffer";
import { bench, do_not_optimize, group, run } from "mitata";
import { createBlockTable } from "../src/core/exposition/block-table.ts";
import { parseText } from "../src/core/exposition/parse-text.ts";
import type { GroupingKey } from "../src/core/grouping-key.ts";
import { parseGroupingKey } from "../src/core/grouping-key.ts";
import type { PushCommand } from "../src/core/partition/commands.ts";
import { createPlainKeeper } from "../src/core/layout-text/plain-keeper.ts";
import { createWasmKeeper } from "../src/core/layout-text/wasm-keeper.ts";
import { createLabelSetTable } from "../src/core/partition/label-set.ts";
import { createLayout, readValues } from "../src/core/partition/layout.ts";
import type { Settings } from "../src/core/partition/settings.ts";
import type { Order } from "../src/core/shard/messages.ts";
import { createShard } from "../src/core/shard/shard.ts";
import { createMemoryStore } from "../src/core/shard/store.ts";
import { nodeBytes } from "../src/platform/bytes.ts";
import { loadLayoutTextModule } from "../src/node/layout-text-module.ts";
import { compileRegex } from "../src/platform/promql/regex.ts";
import { valueAt } from "./http/assemble-body.ts";
import type { FleetSource } from "./http/fleet.ts";
import { createFleet } from "./http/fleet.ts";

/**
 * What the parts of a push cost in one thread, on one body of 1,500 series: reading the values of a known layout,
 * the full parse, and a whole warm push through a shard. Each is checked before it is timed. One body after the
 * other is in a processor's cache here as it is not under load: compare these figures with themselves only.
 */
const SETTINGS: Settings = {
  flink: true,
  rules: [],
  jobs: [],
  level: "task",
  counterType: "counter",
  instanceLabel: "",
  companions: true,
  utf8Names: false,
  intervals: false,
  consistencyCheck: true,
  staleness: "auto",
  maxSeriesPerPush: 100_000,
  maxTombstones: 10_000,
  maxSeriesPerJob: 5_000_000,
  maxSeries: 10_000_000,
  maxSources: 50_000,
  maxLabels: 64,
  maxLabelNameLength: 1024,
  maxLabelValueLength: 16_384,
  maxMetricNameLength: 1024,
};
const MAX_BLOCKS = 100_000;
const texts = createWasmKeeper(loadLayoutTextModule(), nodeBytes);

const [source] = await createFleet({ sources: 1 });
const key = keyOf(source!);

benchParts();
benchShard();
await run();

function benchParts(): void {
  const [first, second] = [bodyAt(source!, 1), bodyAt(source!, 2)];
  const blocks = createBlockTable(MAX_BLOCKS);
  const table = createLabelSetTable(key.labels);
  const options = { bytes: nodeBytes, blocks, utf8Names: false, maxSamples: SETTINGS.maxSeriesPerPush };
  const parsed = parseText(first, options);
  const layout = createLayout(parsed, table);
  const spans = { starts: parsed.valueStart, ends: parsed.valueEnd };
  const plain = { ...layout, text: createPlainKeeper(nodeBytes).keep(first, spans) };
  layout.text = texts.keep(first, spans);
  const out = new Float64Array(source!.series);

  const wanted = Float64Array.from(parseText(second, options).values);
  check("the fast path knows the layout", readValues(layout, second, out));
  check(
    "the fast path reads what the parser reads",
    out.every((value, i) => Object.is(value, wanted[i])),
  );

  group("parts", () => {
    bench("readValues", () => do_not_optimize(readValues(layout, second, out)));
    bench("readValues without WebAssembly", () => do_not_optimize(readValues(plain, second, out)));
    bench("parseText, blocks known", () => do_not_optimize(parseText(second, options)));
    bench("parseText and createLayout, nothing known", () => {
      const fresh = { ...options, blocks: createBlockTable(MAX_BLOCKS) };
      do_not_optimize(createLayout(parseText(second, fresh), createLabelSetTable(key.labels)));
    });
  });
}

function benchShard(): void {
  const shard = createShard([0], createMemoryStore(), nodeBytes, compileRegex, SETTINGS, texts);
  let id = 0;
  const nextPush = (): Order => {
    id += 1;
    return orderOf(id, bodyAt(source!, id));
  };

  const { questions } = shard.run({ orders: [nextPush()] });
  check("a new layout asks the coordinator", questions.length === 1);
  shard.run({ orders: [{ kind: "verdict", id, verdict: { conflicts: [], boundarySets: [] } }] });
  const { replies } = shard.run({ orders: [nextPush()] });
  check("a warm push is applied at once", replies.length === 1 && replies[0]!.refusal === undefined);

  group("shard", () => {
    // Every push rises, as it does in life: making its body is not timed.
    bench("a warm push", function* warmPush() {
      yield {
        [0]: nextPush,
        bench: (order: Order) => do_not_optimize(shard.run({ orders: [order] })),
      };
    });
  });
}

function orderOf(id: number, body: Uint8Array): Order {
  const command: PushCommand = { kind: "push", method: "PUT", key, body, observedMs: id, wallMs: id };
  return { kind: "push", id, partition: 0, command };
}

function keyOf({ path }: FleetSource): GroupingKey {
  const parsed = parseGroupingKey(path.slice("/metrics".length));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.key;
}

/** The body of push number `push`, by the same digits that load.c raises. */
function bodyAt(of: FleetSource, push: number): Uint8Array {
  const first = of.body();
  const moving = new Map(first.moving.map((sample) => [sample.text + sample.value, sample]));
  const lines = first.text.split("\n").map((line) => {
    const sample = moving.get(line);
    return sample === undefined ? line : `${sample.text}${javaNumber(valueAt(sample, push))}`;
  });
  return Buffer.from(lines.join("\n"));
}

/** As Java prints a double of these magnitudes. */
function javaNumber(value: number): string {
  if (value < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  return value.toExponential().replace("e+", "E");
}

function check(what: string, holds: boolean): void {
  if (!holds) throw new Error(`not so: ${what}`);
}
