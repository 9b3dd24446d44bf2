import { runInNewContext } from "node:vm";
import { setFlagsFromString } from "node:v8";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { GroupingKey } from "../src/core/grouping-key.ts";
import { parseGroupingKey } from "../src/core/grouping-key.ts";
import type { PushCommand } from "../src/core/partition/commands.ts";
import type { Order } from "../src/core/shard/messages.ts";
import type { Shard } from "../src/core/shard/shard.ts";
import { defaultSettings } from "../test/support/in-memory-relay.ts";
import type { AssembledBody } from "./http/assemble-body.ts";
import { bodyAt } from "./http/body-at.ts";
import { createFleet } from "./http/fleet.ts";
import { median } from "./http/statistics.ts";

/**
 * Processor time of one thread for a push to a shard, warm and of a restarted job, and what a series holds then: of
 * this checkout and of another, in turn and in one process, because absolute rates of a machine that is shared lie.
 *
 *   npm run bench:beside -- [--against=<another checkout>] [--sources=40] [--rounds=8] [--works=cold,warm]
 */
const { values: flags } = parseArgs({
  options: {
    against: { type: "string" },
    sources: { type: "string", default: "40" },
    rounds: { type: "string", default: "8" },
    works: { type: "string", default: "cold,warm" },
  },
});
const SOURCES = Number(flags.sources);
const ROUNDS = Number(flags.rounds);
const WARM_UP = 2;
const PARTITIONS = 32;
/** So many pushes are timed together: the clock of a thread ticks in milliseconds. */
const CHUNK = 20;
/** Everybody pushes every ten seconds. */
const STEP_MS = 10_000 / SOURCES;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

type Push = Extract<Order, { kind: "push" }>;

/** Some pushes of one source, which take turns. */
interface PushedBody {
  readonly key: GroupingKey;
  readonly series: number;
  readonly body: AssembledBody;
}

interface Candidate {
  readonly name: string;
  newShard(this: void): Shard;
}

interface Run {
  readonly name: string;
  /** A push of each body. Milliseconds of processor time a push, for some pushes at a time. */
  lap(this: void): number[];
  heldBytes(this: void): number;
}

const candidates = [await loadCandidate("this checkout", new URL("../", import.meta.url))];
if (flags.against !== undefined) {
  candidates.push(await loadCandidate(flags.against, pathToFileURL(`${flags.against}/`)));
}
for (const work of flags.works.split(",")) await measure(work);

async function measure(work: string): Promise<void> {
  const isCold = work === "cold";
  const fleet = await createFleet({ sources: SOURCES, versions: isCold ? 2 : 1, restarts: isCold });
  const bodies = fleet.map(({ path, series, body }) => ({ key: keyOf(path), series, body: body() }));
  const runs = candidates.map((candidate) => startRun(candidate, bodies));
  const times = new Map(runs.map((run) => [run, [] as number[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const run of round % 2 === 0 ? runs : runs.toReversed()) {
      const ms = run.lap();
      // In the first rounds the bodies are new, and the code is.
      if (round >= WARM_UP) times.get(run)?.push(...ms);
    }
  }
  for (const [{ name, heldBytes }, ms] of times) {
    const sorted = ms.toSorted((a, b) => a - b);
    // Who shares the machine only ever adds to a time.
    const quiet = (sorted[Math.floor(sorted.length / 10)] ?? Number.NaN).toFixed(3);
    const held = (heldBytes() / SOURCES / (bodies[0]?.series ?? 1)).toFixed(0);
    console.log(
      `${work}, ${name}: ${quiet} ms a push where it is quiet, median ${median(ms).toFixed(3)}; ${held} bytes a series`,
    );
  }
}

function startRun({ name, newShard }: Candidate, bodies: readonly PushedBody[]): Run {
  const before = usedBytes();
  const shard = newShard();
  let id = 0;
  let push = 0;

  function orderOf(source: number, { key, body }: PushedBody): Push {
    id += 1;
    const nowMs = Math.round(id * STEP_MS);
    const at = { observedMs: nowMs, wallMs: nowMs };
    const command: PushCommand = { kind: "push", method: "PUT", key, body: bodyAt(body, push), ...at };
    return { kind: "push", id, partition: source % PARTITIONS, command };
  }

  function run(order: Push): void {
    const { questions, replies } = shard.run({ orders: [order] });
    const refusal = replies[0]?.refusal;
    if (refusal !== undefined) throw new Error(refusal.message);
    if (questions.length === 0) return;
    const verdict = { conflicts: [], boundarySets: [] };
    shard.run({ orders: [{ kind: "verdict", id: order.id, verdict }] });
  }

  return {
    name,
    lap() {
      push += 1;
      const ms: number[] = [];
      for (let from = 0; from < bodies.length; from += CHUNK) {
        const chunk = bodies.slice(from, from + CHUNK);
        const orders = chunk.map((body, i) => orderOf((from + i) % SOURCES, body));
        const start = process.threadCpuUsage();
        for (const order of orders) run(order);
        const { user, system } = process.threadCpuUsage(start);
        ms.push((user + system) / 1000 / chunk.length);
      }
      return ms;
    },
    heldBytes: () => usedBytes() - before,
  };
}

function usedBytes(): number {
  // What buffers had is given back by a later one.
  for (let i = 0; i < 4; i += 1) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The modules of a checkout: another one may have others under these names. */
async function loadCandidate(name: string, root: URL): Promise<Candidate> {
  const load = async <T>(path: string): Promise<T> => (await import(new URL(path, root).href)) as T;
  const [{ createShard }, { createMemoryStore }, { createWasmKeeper }] = [
    await load<typeof import("../src/core/shard/shard.ts")>("src/core/shard/shard.ts"),
    await load<typeof import("../src/core/shard/store.ts")>("src/core/shard/store.ts"),
    await load<typeof import("../src/core/layout-text/wasm-keeper.ts")>(
      "src/core/layout-text/wasm-keeper.ts",
    ),
  ];
  const [{ nodeBytes }, { compileRegex }, { loadLayoutTextModule }] = [
    await load<typeof import("../src/platform/bytes.ts")>("src/platform/bytes.ts"),
    await load<typeof import("../src/platform/promql/regex.ts")>("src/platform/promql/regex.ts"),
    await load<typeof import("../src/node/layout-text-module.ts")>("src/node/layout-text-module.ts"),
  ];
  const numbers = Array.from({ length: PARTITIONS }, (_, i) => i);
  return {
    name,
    newShard() {
      const texts = createWasmKeeper(loadLayoutTextModule(), nodeBytes);
      return createShard(numbers, createMemoryStore(), nodeBytes, compileRegex, defaultSettings, texts);
    },
  };
}

function keyOf(path: string): GroupingKey {
  const parsed = parseGroupingKey(path.slice("/metrics".length));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.key;
}
