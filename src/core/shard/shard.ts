import type { Bytes } from "../bytes.ts";
import type { TextKeeper } from "../layout-text/layout-text.ts";
import { createPlainKeeper } from "../layout-text/plain-keeper.ts";
import { createBlockTable } from "../exposition/block-table.ts";
import { createKnownPieces } from "../exposition/parse-scanned.ts";
import type { Partition, Verdict } from "../partition/partition.ts";
import type { JobSize } from "../partition/job-sizes.ts";
import type { Prepared } from "../partition/prepare.ts";
import { createRuling } from "../partition/ruling.ts";
import type { Settings } from "../partition/settings.ts";
import type { CompileRegex } from "../selector/compile-selector.ts";
import type { Suspect } from "../partition/twins.ts";
import { findSuspects } from "../partition/twins.ts";
import type { Command, PushCommand, Refusal, RulesCommand } from "../partition/commands.ts";
import type { LogRecord } from "../store/log-record.ts";
import { recordCommand, recordPush } from "../store/log-record.ts";
import { createFamilyLedger } from "./family-ledger.ts";
import { knownConflicts } from "./known-conflicts.ts";
import type { Holdings } from "./holdings.ts";
import { loadHoldings } from "./holdings.ts";
import type { AskedQuestion, Batch, BatchResult, Bug, Order, Reply, ShardReport } from "./messages.ts";
import { isNumbered } from "./messages.ts";
import { internal, outageOf, stackOf, TAKEN_BACK } from "./failures.ts";
import { evictionOf } from "./make-room.ts";
import { createRoom, type OutOfRoom } from "./room.ts";
import type { ShardReads } from "./shard-reads.ts";
import { createShardReads } from "./shard-reads.ts";
import type { PartitionStore } from "./store.ts";
import type { Push, Waiting } from "./waiting.ts";

/**
 * Label blocks that are known by their text, over all partitions of the shard: enough for the bodies that are
 * parsed at the moment. Each costs 1.5 KB, and what a process has pushed before is not parsed again.
 */
const MAX_BLOCKS = 2_000;

const NO_CONFLICTS: Verdict = { conflicts: [], boundarySets: [] };

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

  function load(): Holdings {
    return loadHoldings(partitionNumbers, store, surroundings, compileRegex, startWallMs);
  }

  function partitionOf(number: number): Partition {
    const partition = held.partitions.get(number);
    if (partition === undefined) throw new Error(`BUG: partition ${number} belongs to another shard`);
    return partition;
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
    const { ledger, journal } = held;
    const replies: Reply[] = [];
    const questions: AskedQuestion[] = [];
    const bugs: Bug[] = [];
    /** The partition to which something is happening, and whether the journal has it. */
    let changing: { readonly number: number; readonly isNoted: boolean } | undefined;

    function follow(order: Order): void {
      if (order.kind === "verdict") {
        settle(order.id, order.verdict);
        return;
      }
      if (order.kind === "elsewhere") {
        room.noteElsewhere(order.sizes);
        return;
      }
      const key = "key" in order.command ? order.command.key.canonical : undefined;
      const ahead = key === undefined ? undefined : waiting.get(key);
      if (ahead !== undefined) {
        ahead.behind.push(order);
        return;
      }
      latestMs = Math.max(latestMs, order.command.observedMs);
      try {
        if (order.kind === "push") startPush(order);
        else applyCommand(order);
      } catch (error) {
        fail(order, error);
      }
    }

    /** A bug may have left half of it behind. Nothing goes on from there: the partition is what it was before. */
    function fail({ id }: Pick<Push, "id">, error: unknown): void {
      replies.push({ id, refusal: internal(error) });
      bugs.push({ stack: stackOf(error), partition: changing?.number });
      if (changing === undefined) return;
      const { number, isNoted } = changing;
      changing = undefined;
      // They were read by the side of what is gone.
      for (const [key, each] of waiting) {
        if (each.push.partition !== number) continue;
        waiting.delete(key);
        ledger.unpin(each.families);
        ledger.trust(each.freed);
        for (const order of [each.push, ...each.behind]) replies.push({ id: order.id, refusal: TAKEN_BACK });
      }
      room.noteTakenBack(
        partitionOf(number)
          .sizes.list()
          .map(({ job }) => job),
      );
      if (isNoted) journal?.retract(number);
      held.takeBack(number, journal?.noted(number) ?? []);
    }

    /** Notes what is about to happen to a partition, and lets it happen. */
    function change<T>(number: number, record: LogRecord | undefined, apply: (partition: Partition) => T): T {
      if (record !== undefined) journal?.note(number, record);
      changing = { number, isNoted: record !== undefined };
      const result = apply(partitionOf(number));
      changing = undefined;
      return result;
    }

    function applyCommand(order: Extract<Order, { kind: "command" }>): void {
      const { command } = order;
      const before = { ...surroundings };
      if (command.kind === "rules") followRules(command);
      const numbers = order.partition === undefined ? partitionNumbers : [order.partition];
      for (const partition of numbers) {
        if (isIdle(partitionOf(partition), command)) continue;
        change(partition, recordCommand(command), (each) => {
          if (command.kind === "rules") each.reload(command, before);
          else each.apply(command);
        });
      }
      replies.push({ id: order.id, refusal: undefined });
    }

    function startPush(push: Push): void {
      const partition = partitionOf(push.partition);
      const prepared = partition.prepare(push.command);
      if (prepared.kind === "known") {
        finish(push, prepared, NO_CONFLICTS);
        return;
      }
      const growth = partition.growth(push.command, prepared);
      const crowded = findRoom(push, growth) ?? outOfRoom(growth);
      if (crowded !== undefined) {
        // What is wrong with a body is more to its sender than that there is no room for it.
        const refusal = prepared.kind === "refused" ? prepared.refusal : crowded;
        replies.push({ id: push.id, refusal });
        return;
      }
      if (prepared.kind !== "new") {
        finish(push, prepared, NO_CONFLICTS);
        return;
      }
      const question = partition.question(push.command, prepared);
      const freed = question.replaces.filter((name) => ledger.isUsedOnce(name));
      const open = new Set(freed);
      const news = question.families.filter(
        ({ name }) => ledger.typeOf(name) === undefined || open.has(name),
      );
      const asked = news.map(({ name }) => name);
      const conflicts = knownConflicts(ledger, question.families, asked);
      const { inferred, histograms } = question;
      // Whether another group shows one of the series is not known here.
      const isSettled =
        prepared.isLenient && news.length === 0 && inferred.length === 0 && histograms.length === 0;
      if (isSettled || (conflicts.length > 0 && !prepared.isLenient)) {
        finish(push, prepared, { conflicts, boundarySets: [] });
        return;
      }
      // Those that are known as well: whoever has them now may give them up.
      const { families } = question;
      ledger.pin(families);
      ledger.doubt(freed);
      const { key } = push.command;
      const body = prepared;
      waiting.set(key.canonical, { push, body, families, conflicts, freed, behind: [], growth });
      questions.push({ id: push.id, question: { ...question, families: news, replaces: freed } });
    }

    /** Why there is none for the push. Before that, sources that have departed make room for one that is there. */
    function findRoom({ command }: Push, growth: JobSize): Refusal | undefined {
      const claimed = Array.from(waiting.values(), (each) => each.growth);
      const { settings: bounds } = surroundings;
      const refusal = room.refusal(growth, claimed, bounds);
      if (refusal?.code !== "too_many_sources") return refusal;
      const eviction = evictionOf(held.partitions.values(), bounds.maxSources, command);
      if (eviction === undefined) return refusal;
      for (const [number, partition] of held.partitions) {
        if (!eviction.concerns(partition)) continue;
        change(number, recordCommand(eviction.command), (each) => each.apply(eviction.command));
      }
      return room.refusal(growth, claimed, bounds);
    }

    function settle(id: number, verdict: Verdict): void {
      const found = [...waiting].find(([, { push }]) => push.id === id);
      // The thread that asked has died, and this is the one after it.
      if (found === undefined) return;
      const [key, { push, body, families, conflicts, freed, behind }] = found;
      waiting.delete(key);
      ledger.unpin(families);
      ledger.trust(freed);
      const all = [...conflicts, ...verdict.conflicts];
      const refused = new Set(all.map(({ family }) => family));
      const isTaken = body.isLenient || all.length === 0;
      for (const { name, type } of families) {
        if (isTaken && !refused.has(name)) ledger.register(name, type);
      }
      try {
        finish(push, body, { ...verdict, conflicts: all });
      } catch (error) {
        fail(push, error);
      }
      for (const order of behind) follow(order);
    }

    function finish(push: Push, prepared: Prepared, verdict: Verdict): void {
      const { command } = push;
      const record = journal && recordPush(command, prepared, verdict);
      const refusal = change(push.partition, record, (each) => each.push(command, prepared, verdict));
      replies.push({ id: push.id, refusal });
    }

    if (outage !== undefined && !isBack()) return refuseAll(orders, []);
    for (const order of orders) follow(order);
    const lost = commit();
    if (lost !== undefined) return { ...refuseAll(orders, replies), reloaded: lost };
    const marks = [...held.partitions.values()].flatMap((partition) => partition.takeNewMarks());
    const released = ledger.takeReleased();
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

/** Nothing comes of a tick before its time. */
function isIdle(partition: Partition, command: Exclude<Command, PushCommand>): boolean {
  return command.kind === "tick" && command.observedMs < partition.nextDueMs();
}
