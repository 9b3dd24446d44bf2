import { bench, do_not_optimize, group, run } from "mitata";
import { createBlockTable } from "../src/core/exposition/block-table.ts";
import { parseText } from "../src/core/exposition/parse-text.ts";
import { TEXT } from "../src/core/exposition/write/format.ts";
import type { GroupingKey } from "../src/core/grouping-key.ts";
import { parseGroupingKey } from "../src/core/grouping-key.ts";
import type { PushCommand } from "../src/core/partition/commands.ts";
import { createPlainKeeper } from "../src/core/layout-text/plain-keeper.ts";
import { createWasmKeeper } from "../src/core/layout-text/wasm-keeper.ts";
import { createLabelSetTable } from "../src/core/partition/label-set.ts";
import { createLayout, readValues } from "../src/core/partition/layout.ts";
import type { Order } from "../src/core/shard/messages.ts";
import type { Shard } from "../src/core/shard/shard.ts";
import { createShard } from "../src/core/shard/shard.ts";
import { createMemoryStore } from "../src/core/shard/store.ts";
import { createBulk } from "../src/core/view/bulk.ts";
import { reusedMemory } from "../src/core/view/bulk-memory.ts";
import type { View } from "../src/core/view/create-part.ts";
import type { OpenPart } from "../src/core/view/part.ts";
import { nodeBytes } from "../src/platform/bytes.ts";
import { loadLayoutTextModule } from "../src/node/layout-text-module.ts";
import { compileRegex } from "../src/platform/promql/regex.ts";
import { defaultSettings } from "../test/support/in-memory-relay.ts";
import type { AssembledBody } from "./http/assemble-body.ts";
import { bodyAt } from "./http/body-at.ts";
import type { FleetSource } from "./http/fleet.ts";
import { createFleet } from "./http/fleet.ts";

/**
 * What the parts of a push cost in one thread, on one body of 1,500 series: reading the values of a known layout,
 * the full parse, whole pushes through a shard, warm and after a restart; and a partition's part of the views. Each is checked before it is timed. One body after the
 * other is in a processor's cache here as it is not under load: compare these figures with themselves only.
 */
const MAX_BLOCKS = 100_000;
const memory = new Uint8Array(2 ** 20);
const texts = createWasmKeeper(loadLayoutTextModule(), nodeBytes);

type Push = Extract<Order, { kind: "push" }>;

const FLEET = 20;
const RESTARTS = 8;

const fleet = await createFleet({ sources: FLEET });
const restarted = await createFleet({ sources: 1, versions: RESTARTS, restarts: true });
const [source] = fleet;
const key = keyOf(source!);

benchParts();
benchPushes();
benchViews();
await run();

function benchParts(): void {
  const body = source!.body();
  const [first, second] = [bodyAt(body, 1), bodyAt(body, 2)];
  const blocks = createBlockTable(MAX_BLOCKS);
  const table = createLabelSetTable(key.labels);
  const options = {
    bytes: nodeBytes,
    blocks,
    utf8Names: false,
    maxSamples: defaultSettings.maxSeriesPerPush,
  };
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

/** Every push rises, as it does in life: making its body is not timed. */
function benchPushes(): void {
  const bodies = [source!.body()];
  const restarts = restarted.map((each) => each.body());
  group("shard", () => {
    bench("a warm push", pushesOf(bodies));
    bench("a cold push", pushesOf(restarts));
  });
}

/** Pushes of one source, whose versions take turns. */
function pushesOf(bodies: readonly AssembledBody[]): () => Generator {
  const shard = newShard();
  let id = 0;
  const nextPush = (): Push => {
    id += 1;
    return orderOf(id, key, bodyAt(bodies[id % bodies.length]!, Math.ceil(id / bodies.length)));
  };
  introduce(shard, nextPush());
  const { replies } = shard.run({ orders: [nextPush()] });
  check(
    "a push of known families is applied at once",
    replies.length === 1 && replies[0]!.refusal === undefined,
  );
  return function* push() {
    yield {
      [0]: nextPush,
      bench: (order: Order) => do_not_optimize(shard.run({ orders: [order] })),
    };
  };
}

function benchViews(): void {
  const shard = newShard();
  for (const [i, each] of fleet.entries())
    introduce(shard, orderOf(i + 1, keyOf(each), bodyAt(each.body(), 1)));
  group(`views of ${FLEET} sources`, () => {
    for (const view of ["raw", "merged"] as const) {
      const [{ part }] = shard.parts(view, FLEET, TEXT) as [OpenPart];
      check(`the ${view} view has families`, part.families.length + (part.rollups?.names.length ?? 0) > 0);
      bench(`the ${view} part`, () => do_not_optimize(render(shard, view)));
    }
  });
}

function render(shard: Shard, view: View): Uint8Array[] {
  return shard.parts(view, FLEET, TEXT).flatMap(({ part, writeBulk }) => {
    const bulk = createBulk({ memory: reusedMemory(memory) });
    for (const { name } of part.families) writeBulk(name, bulk);
    return bulk.take();
  });
}

function newShard(): Shard {
  return createShard([0], createMemoryStore(), nodeBytes, compileRegex, defaultSettings, texts);
}

/** A push with families that the shard may not know: the coordinator has nothing against them. */
function introduce(shard: Shard, order: Push): void {
  const { questions } = shard.run({ orders: [order] });
  if (questions.length > 0) {
    const verdict = { conflicts: [], boundarySets: [] };
    shard.run({ orders: [{ kind: "verdict", id: order.id, verdict }] });
  }
}

function orderOf(id: number, of: GroupingKey, body: Uint8Array): Push {
  const command: PushCommand = { kind: "push", method: "PUT", key: of, body, observedMs: id, wallMs: id };
  return { kind: "push", id, partition: 0, command };
}

function keyOf({ path }: FleetSource): GroupingKey {
  const parsed = parseGroupingKey(path.slice("/metrics".length));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.key;
}

function check(what: string, holds: boolean): void {
  if (!holds) throw new Error(`not so: ${what}`);
}
