import type { Bytes } from "../bytes.ts";
import type { TextKeeper } from "../layout-text/layout-text.ts";
import { createPlainKeeper } from "../layout-text/plain-keeper.ts";
import { createBlockTable } from "../exposition/block-table.ts";
import type { Refusal, RulesCommand } from "../partition/commands.ts";
import { typeConflict } from "../partition/faults.ts";
import type { Partition, Verdict } from "../partition/partition.ts";
import { createPartition } from "../partition/partition.ts";
import type { NewBody } from "../partition/prepare.ts";
import { createRuling } from "../partition/ruling.ts";
import type { Settings } from "../partition/settings.ts";
import type { Undoable } from "../partition/undo.ts";
import type { CompileRegex, LabelTest } from "../selector/compile-selector.ts";
import { compileSelector } from "../selector/compile-selector.ts";
import type { Selector } from "../selector/selector.ts";
import type { View } from "../view/create-part.ts";
import type { ExplainPart } from "../view/explain-part.ts";
import type { PartitionStatus, ViewPart } from "../view/part.ts";
import { createFamilyLedger } from "./family-ledger.ts";
import type { AskedQuestion, Batch, BatchResult, Order, Reply } from "./messages.ts";
import type { PartitionStore, Touched } from "./store.ts";

/**
 * Label blocks that are known by their text, over all partitions of the shard: enough for the bodies that are
 * parsed at the moment. Each costs 1.5 KB, and what a process has pushed before is not parsed again.
 */
const MAX_BLOCKS = 2_000;

type Push = Extract<Order, { kind: "push" }>;

/** A push that waits for the coordinator, and what came for its key after it, in order. */
interface Waiting {
  readonly push: Push;
  readonly body: NewBody;
  /** Families whose type is settled here already. */
  readonly conflicts: Verdict["conflicts"];
  readonly asked: readonly string[];
  /** Families that are free for another type once this push is applied. */
  readonly freed: readonly string[];
  readonly behind: Exclude<Order, { kind: "verdict" }>[];
}

/** What owns partitions and is their single writer: a thread, a Durable Object. Synchronous, so that a batch is one transaction. */
export interface Shard {
  run(batch: Batch): BatchResult;
  parts(view: View, observedMs: number): ViewPart[];
  /** Throws for a selector whose regular expressions are none. */
  explain(selector: Selector, observedMs: number, most: number): ExplainPart[];
  /** What an operator's undo of the series that one of these selects concerns. */
  undoables(selectors: readonly Selector[]): Undoable[];
  statuses(): PartitionStatus[];
  idleOutputs(beforeMs: number): string[];
  busyOutputs(ids: readonly string[], beforeMs: number): string[];
}

export function createShard(
  partitionNumbers: readonly number[],
  store: PartitionStore,
  bytes: Bytes,
  compileRegex: CompileRegex,
  settings: Settings,
  texts: TextKeeper = createPlainKeeper(bytes),
): Shard {
  const ledger = createFamilyLedger();
  const surroundings = {
    ...createRuling(settings, compileRegex),
    bytes,
    texts,
    families: ledger,
    blocks: createBlockTable(MAX_BLOCKS),
  };
  const partitions = new Map<number, Partition>(
    partitionNumbers.map((number) => [number, createPartition(store.load(number), surroundings)]),
  );
  /** By canonical key. */
  const waiting = new Map<string, Waiting>();

  function partitionOf(number: number): Partition {
    const partition = partitions.get(number);
    if (partition === undefined) throw new Error(`BUG: partition ${number} belongs to another shard`);
    return partition;
  }

  /** What waits for the coordinator was read under the old ones. */
  function followRules({ settings: changed }: RulesCommand): void {
    Object.assign(surroundings, createRuling(changed, compileRegex));
    for (const [key, each] of waiting) {
      const body = partitionOf(each.push.partition).matchAnew(each.body);
      waiting.set(key, { ...each, body });
    }
  }

  function run({ orders }: Batch): BatchResult {
    const replies: Reply[] = [];
    const questions: AskedQuestion[] = [];
    const touched: Touched[] = [];

    function follow(order: Order): void {
      if (order.kind === "verdict") {
        settle(order.id, order.verdict);
        return;
      }
      const key = "key" in order.command ? order.command.key.canonical : undefined;
      const ahead = key === undefined ? undefined : waiting.get(key);
      if (ahead !== undefined) {
        ahead.behind.push(order);
        return;
      }
      try {
        if (order.kind === "push") startPush(order);
        else applyCommand(order, key);
      } catch (error) {
        replies.push({ id: order.id, refusal: internal(error) });
      }
    }

    function applyCommand(order: Extract<Order, { kind: "command" }>, key: string | undefined): void {
      const { command } = order;
      const before = { ...surroundings };
      if (command.kind === "rules") followRules(command);
      const numbers = order.partition === undefined ? partitionNumbers : [order.partition];
      for (const partition of numbers) {
        if (command.kind === "rules") partitionOf(partition).reload(command, before);
        else partitionOf(partition).apply(command);
        touched.push({ partition, canonicalKey: key });
      }
      replies.push({ id: order.id, refusal: undefined });
    }

    function startPush(push: Push): void {
      const partition = partitionOf(push.partition);
      const prepared = partition.prepare(push.command);
      if (prepared.kind !== "new") {
        finish(push, partition.push(push.command, prepared, { conflicts: [], boundarySets: [] }));
        return;
      }
      const question = partition.question(push.command, prepared);
      const freed = question.replaces.filter((name) => ledger.isUsedOnce(name));
      const open = new Set(freed);
      const news = question.families.filter(
        ({ name }) => ledger.typeOf(name) === undefined || open.has(name),
      );
      const asked = news.map(({ name }) => name);
      const conflicts = knownConflicts(prepared, asked);
      const { inferred, histograms } = question;
      const isSettled = news.length === 0 && inferred.length === 0 && histograms.length === 0;
      if (isSettled || (conflicts.length > 0 && !prepared.isFleet)) {
        finish(push, partition.push(push.command, prepared, { conflicts, boundarySets: [] }));
        return;
      }
      ledger.pin(asked);
      ledger.doubt(freed);
      const { key } = push.command;
      waiting.set(key.canonical, { push, body: prepared, conflicts, asked, freed, behind: [] });
      questions.push({ id: push.id, question: { ...question, families: news, replaces: freed } });
    }

    function settle(id: number, verdict: Verdict): void {
      const found = [...waiting].find(([, { push }]) => push.id === id);
      // The thread that asked has died, and this is the one after it.
      if (found === undefined) return;
      const [key, { push, body, conflicts, asked, freed, behind }] = found;
      waiting.delete(key);
      ledger.unpin(asked);
      ledger.trust(freed);
      const all = [...conflicts, ...verdict.conflicts];
      const refused = new Set(all.map(({ family }) => family));
      const isTaken = body.isFleet || all.length === 0;
      for (const { name, type } of body.layout.families) {
        if (isTaken && !refused.has(name)) ledger.register(name, type);
      }
      try {
        finish(push, partitionOf(push.partition).push(push.command, body, { ...verdict, conflicts: all }));
      } catch (error) {
        replies.push({ id, refusal: internal(error) });
      }
      for (const order of behind) follow(order);
    }

    function finish(push: Push, refusal: Refusal | undefined): void {
      touched.push({ partition: push.partition, canonicalKey: push.command.key.canonical });
      replies.push({ id: push.id, refusal });
    }

    for (const order of orders) follow(order);
    store.commit(touched);
    const nextDueMs = Math.min(...[...partitions.values()].map((partition) => partition.nextDueMs()));
    const marks = [...partitions.values()].flatMap((partition) => partition.takeNewMarks());
    return { replies, questions, marks, released: ledger.takeReleased(), nextDueMs };
  }

  function knownConflicts({ layout }: NewBody, asked: readonly string[]): Verdict["conflicts"] {
    const open = new Set(asked);
    return layout.families.flatMap(({ name, type }) => {
      const agreed = ledger.typeOf(name);
      return agreed === undefined || agreed === type || open.has(name)
        ? []
        : [{ family: name, reason: typeConflict(name, agreed, type) }];
    });
  }

  return {
    run,
    parts: (view, observedMs) =>
      [...partitions.values()].map((partition) => partition.part(view, observedMs)),
    explain(selector, observedMs, most) {
      const isSelected = compileSelector(selector, compileRegex);
      return [...partitions.values()].map((partition) => partition.explain(isSelected, observedMs, most));
    },
    undoables(selectors) {
      const tests = selectors.map((selector) => compileSelector(selector, compileRegex));
      const isSelected: LabelTest = (labels) => tests.some((test) => test(labels));
      return [...partitions.values()].map((partition) => partition.undoable(isSelected));
    },
    statuses: () => [...partitions.values()].map((partition) => partition.status()),
    idleOutputs: (beforeMs) =>
      [...partitions.values()].flatMap((partition) => partition.idleOutputs(beforeMs)),
    busyOutputs(ids, beforeMs) {
      const wanted = new Set(ids);
      return [...partitions.values()].flatMap((partition) => partition.busyOutputs(wanted, beforeMs));
    },
  };
}

/** A bug of ours in one push must not cost the others of the batch their replies. */
function internal(error: unknown): Refusal {
  return { code: "internal", message: error instanceof Error ? error.message : String(error) };
}
