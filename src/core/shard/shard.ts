import type { Bytes } from "../bytes.ts";
import type { TextKeeper } from "../layout-text/layout-text.ts";
import { createPlainKeeper } from "../layout-text/plain-keeper.ts";
import { createBlockTable } from "../exposition/block-table.ts";
import { createKnownPieces } from "../exposition/parse-scanned.ts";
import type { Partition } from "../partition/partition.ts";
import { createRuling } from "../partition/ruling.ts";
import type { Settings } from "../partition/settings.ts";
import type { CompileRegex } from "../selector/compile-selector.ts";
import type { Suspect } from "../partition/twins.ts";
import { findSuspects } from "../partition/twins.ts";
import type { Refusal, RulesCommand } from "../partition/commands.ts";
import { createFamilyLedger } from "./family-ledger.ts";
import type { Holdings } from "./holdings.ts";
import { loadHoldings, partitionIn } from "./holdings.ts";
import type { Batch, BatchResult, Order, Reply, ShardReport } from "./messages.ts";
import { isNumbered } from "./messages.ts";
import { outageOf } from "./failures.ts";
import { createRoom, type OutOfRoom } from "./room.ts";
import { runOrders } from "./run-orders.ts";
import type { ShardReads } from "./shard-reads.ts";
import { createShardReads } from "./shard-reads.ts";
import type { PartitionStore } from "./store.ts";
import type { Waiting } from "./waiting.ts";

/**
 * Label blocks that are known by their text, over all partitions of the shard: enough for the bodies that are
 * parsed at the moment. Each costs 1.5 KB, and what a process has pushed before is not parsed again.
 */
const MAX_BLOCKS = 2_000;

/** What owns partitions and is their single writer: a thread, a Durable Object. Synchronous, so that a batch is one transaction. */
export interface Shard extends ShardReads {
  /** What it has loaded. */
  report(): ShardReport;
  /** The same of what it holds now, for a coordinator that begins anew while the shard goes on. */
  reportNow(): ShardReport;
  run(batch: Batch): BatchResult;
  /** Writes what it holds so that it is read again quickly, and lets go of the store. */
  close(observedMs: number): void;
  /** What groups whose keys have these names may show too of the push that has asked under that number. */
  suspects(id: number, nameSets: readonly (readonly string[])[]): Suspect[];
}

/**
 * `startWallMs` is the time of the change where the partitions were committed under other settings. Throws
 * where the store cannot be read.
 */
export function createShard(
  partitionNumbers: readonly number[],
  store: PartitionStore,
  bytes: Bytes,
  compileRegex: CompileRegex,
  settings: Settings,
  texts: TextKeeper = createPlainKeeper(bytes),
  startWallMs = 0,
  outOfRoom: OutOfRoom = () => undefined,
): Shard {
  const surroundings = {
    ...createRuling(settings, compileRegex),
    bytes,
    texts,
    families: createFamilyLedger(),
    blocks: createBlockTable(MAX_BLOCKS),
    pieces: createKnownPieces(settings.utf8Names),
  };
  let held = load();
  const room = createRoom(() => Array.from(held.partitions.values(), ({ sizes }) => sizes));
  /** By canonical key. */
  const waiting = new Map<string, Waiting>();
  /** Why the store takes nothing, since it has refused a batch. */
  let outage: string | undefined;
  let latestMs = held.report.observedMs;
  const fixed = {
    partitionNumbers,
    waiting,
    room,
    outOfRoom,
    surroundings,
    followRules,
    noteTime(observedMs: number): void {
      latestMs = Math.max(latestMs, observedMs);
    },
  };

  function load(): Holdings {
    return loadHoldings(partitionNumbers, store, surroundings, compileRegex, startWallMs);
  }

  function partitionOf(number: number): Partition {
    return partitionIn(held, number);
  }

  /** What waits for the coordinator was read under the old ones. */
  function followRules({ settings: changed }: RulesCommand): void {
    Object.assign(surroundings, createRuling(changed, compileRegex));
    for (const [key, each] of waiting) {
      const body = partitionOf(each.push.partition).matchAnew(each.push.command, each.body);
      waiting.set(key, { ...each, body });
    }
  }

  function run({ orders }: Batch): BatchResult {
    if (outage !== undefined && !isBack()) return refuseAll(orders, []);
    const { replies, questions, bugs } = runOrders(orders, { ...fixed, held });
    const lost = commit();
    if (lost !== undefined) return { ...refuseAll(orders, replies), reloaded: lost };
    const marks = [...held.partitions.values()].flatMap((partition) => partition.takeNewMarks());
    const released = held.ledger.takeReleased();
    const sizes = room.takeChanged();
    return { replies, questions, marks, released, sizes, bugs, nextDueMs: nextDueMs(), outage };
  }

  function nextDueMs(): number {
    return Math.min(...[...held.partitions.values()].map((partition) => partition.nextDueMs()));
  }

  /** Commits what the batch has done. Where that fails the shard goes back to what was committed before. */
  function commit(): ShardReport | undefined {
    try {
      const changes = held.journal?.take(latestMs);
      if (changes !== undefined) store.commit(changes);
      return undefined;
    } catch (error) {
      outage = outageOf(error);
      held = load();
      return held.report;
    }
  }

  function isBack(): boolean {
    try {
      store.probe();
      outage = undefined;
      return true;
    } catch (error) {
      outage = outageOf(error);
      return false;
    }
  }

  /** Nothing of the batch was committed, nor is what waits for the coordinator. Who was refused before stays so. */
  function refuseAll(orders: readonly Order[], replies: readonly Reply[]): BatchResult {
    const refusal: Refusal = { code: "storage", message: `${outage}: push again when there is room` };
    const refusals = new Map<number, Refusal>();
    for (const order of orders) if (isNumbered(order)) refusals.set(order.id, refusal);
    for (const { push, behind } of waiting.values()) {
      for (const order of [push, ...behind]) refusals.set(order.id, refusal);
    }
    waiting.clear();
    for (const reply of replies) refusals.set(reply.id, reply.refusal ?? refusal);
    return {
      replies: [...refusals].map(([id, each]) => ({ id, refusal: each })),
      questions: [],
      marks: [],
      released: [],
      sizes: [],
      bugs: [],
      nextDueMs: nextDueMs(),
      outage,
    };
  }

  return {
    report: () => held.report,
    reportNow: () => ({ ...held.reportNow(), observedMs: latestMs }),
    run,
    close(observedMs) {
      latestMs = Math.max(latestMs, observedMs);
      held.journal?.replaceAll();
      commit();
      store.close();
    },
    ...createShardReads(() => held.partitions.values(), partitionOf, compileRegex),
    suspects(id, nameSets) {
      const asking = [...waiting.values()].find(({ push }) => push.id === id);
      return asking === undefined ? [] : findSuspects(asking.push.command.key, asking.body.layout, nameSets);
    },
  };
}
