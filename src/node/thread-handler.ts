import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { move, transferableSymbol, valueSymbol } from "piscina";
import type { ViewFormat } from "../core/exposition/write/format.ts";
import type { Settings } from "../core/partition/settings.ts";
import type { Suspect } from "../core/partition/twins.ts";
import type { Selector } from "../core/selector/selector.ts";
import type { Batch, BatchResult, ShardReport } from "../core/shard/messages.ts";
import type { Shard } from "../core/shard/shard.ts";
import { createShard } from "../core/shard/shard.ts";
import { createWasmKeeper } from "../core/layout-text/wasm-keeper.ts";
import { createMemoryStore } from "../core/shard/store.ts";
import type { View } from "../core/view/create-part.ts";
import type { GroupSummary } from "../core/view/group-summary.ts";
import type { ViewFilter } from "../core/view/view-filter.ts";
import { nodeBytes } from "../platform/bytes.ts";
import { loadLayoutTextModule } from "./layout-text-module.ts";
import type { OpenViews } from "./open-views.ts";
import { createOpenViews } from "./open-views.ts";
import { compileRegex } from "../platform/promql/regex.ts";
import { createCommitGate } from "./storage/commit-gate.ts";
import { withCommitStats } from "./storage/commit-stats.ts";
import { createGarbageCollection } from "./garbage.ts";
import type { KnownRows, PackedParts, PartsSender } from "../platform/pack-parts.ts";
import { createPartsSender } from "../platform/pack-parts.ts";
import { foreign } from "../platform/storage/schema.ts";
import { createSqliteStore } from "./storage/sqlite-store.ts";
import { reasonOf, StorageError } from "../platform/storage/storage-error.ts";
import type { BulksTask } from "./write-bulks.ts";
import { createBulkWriter } from "./write-bulks.ts";

/** What a thread is started with. */
export interface ThreadData {
  readonly partitions: readonly number[];
  readonly settings: Settings;
  /** Undefined where all is kept in memory. */
  readonly storage: ThreadStorage | undefined;
  /** Wall-clock time, of what changes because the settings have changed since the last commit. */
  readonly startWallMs: number;
}

export interface ThreadStorage {
  /** The database of all threads. */
  readonly database: string;
  readonly gate: SharedArrayBuffer;
  /** Where the thread tells how its commits went. */
  readonly stats: SharedArrayBuffer;
}

/** What a thread can be asked. All of it is synchronous: piscina keeps a waiting thread off its event loop. */
export type ThreadTask =
  /** Answered with a `Hello` once the thread is ready. */
  | { readonly kind: "hello" }
  | { readonly kind: "run"; readonly batch: Batch }
  | ({ readonly kind: "parts" } & PartsTask)
  | ({ readonly kind: "bulks" } & BulksTask)
  | { readonly kind: "close-parts"; readonly scrape: number }
  | {
      readonly kind: "explain";
      readonly selector: Selector;
      readonly observedMs: number;
      readonly most: number;
    }
  | { readonly kind: "undoables"; readonly selectors: readonly Selector[] }
  | { readonly kind: "statuses"; readonly mostSources: number }
  | { readonly kind: "close"; readonly observedMs: number }
  | { readonly kind: "collect-garbage" }
  | { readonly kind: "groups"; readonly observedMs: number }
  | { readonly kind: "group-texts"; readonly groups: readonly GroupName[] }
  | {
      readonly kind: "suspects";
      readonly id: number;
      readonly nameSets: readonly (readonly string[])[];
    }
  | { readonly kind: "twins"; readonly partition: number; readonly suspects: readonly Suspect[] }
  | { readonly kind: "idle-outputs"; readonly beforeMs: number }
  | { readonly kind: "busy-outputs"; readonly ids: readonly string[]; readonly beforeMs: number };

/** Where a group is. */
type GroupName = Pick<GroupSummary, "partition" | "canonicalKey">;

/** What came of a batch, and how long the thread has worked on it. */
export interface RunAnswer {
  readonly result: BatchResult;
  readonly workedMs: number;
}

/** What the thread has loaded, or why it cannot read what is stored: an error loses its class on its way. */
export type Hello = ShardReport | { readonly storageError: string };

export interface PartsTask {
  readonly view: View;
  readonly observedMs: number;
  readonly format: ViewFormat;
  readonly filter?: ViewFilter | undefined;
  /** Unix time after which nobody waits for them. */
  readonly untilMs?: number | undefined;
  /** By which bulks are asked for. */
  readonly scrape: number;
  /** What needs not to be told again. */
  readonly known: KnownRows;
  /** How many of its partitions the thread has told of already. */
  readonly from: number;
}

/** The parts of some partitions, and whether they are the last. */
export interface PartsAnswer {
  readonly packed: PackedParts;
  readonly isAll: boolean;
}

/** After so long pushes have their turn. */
const LONGEST_PARTS_MS = 3;

export type ThreadHandler = (task: ThreadTask) => unknown;

/** `open` is called once, with the first task. */
export function createThreadHandler(open: () => Shard): ThreadHandler {
  const collectGarbage = createGarbageCollection();
  let opened: Shard | undefined;
  const views = createOpenViews();
  const bulks = createBulkWriter(views);
  const sender = createPartsSender(randomUUID());
  return (task) => {
    if (task.kind === "hello") return hello();
    const shard = (opened ??= open());
    switch (task.kind) {
      case "run":
        return runTimed(shard, task.batch);
      case "parts":
        return openParts(shard, task, views, sender);
      case "bulks":
        return bulks.write(task);
      case "close-parts":
        return views.close(task.scrape);
      case "collect-garbage":
        return collectGarbage();
      case "explain":
        return shard.explain(task.selector, task.observedMs, task.most);
      case "undoables":
        return shard.undoables(task.selectors);
      case "statuses":
        return shard.statuses(task.mostSources);
      case "groups":
        return shard.groups(task.observedMs);
      case "group-texts":
        return packTexts(shard.groupTexts(task.groups));
      case "suspects":
        return shard.suspects(task.id, task.nameSets);
      case "twins":
        return shard.twins(task.partition, task.suspects);
      case "idle-outputs":
        return shard.idleOutputs(task.beforeMs);
      case "busy-outputs":
        return shard.busyOutputs(task.ids, task.beforeMs);
      case "close":
        return shard.close(task.observedMs);
    }
  };

  function hello(): Hello {
    try {
      opened ??= open();
      return opened.report();
    } catch (error) {
      if (error instanceof StorageError) return { storageError: error.message };
      throw error;
    }
  }
}

function runTimed(shard: Shard, batch: Batch): RunAnswer {
  const startMs = performance.now();
  const result = shard.run(batch);
  return { result, workedMs: performance.now() - startMs };
}

/** Throws a `StorageError` where what is stored cannot be read. */
export function openShard({ partitions, settings, storage, startWallMs }: ThreadData): Shard {
  const texts = createWasmKeeper(loadLayoutTextModule(), nodeBytes);
  const store =
    storage === undefined
      ? createMemoryStore()
      : withCommitStats(createSqliteStore(storage.database, createCommitGate(storage.gate)), storage.stats);
  try {
    return createShard(partitions, store, nodeBytes, compileRegex, settings, texts, startWallMs);
  } catch (error) {
    if (storage === undefined || error instanceof StorageError) throw error;
    throw foreign(storage.database, reasonOf(error));
  }
}

/**
 * Some parts of a view, packed. Undefined where nobody waits for it any more: scrapes that are late must not hold up
 * what comes after them.
 */
function openParts(shard: Shard, task: PartsTask, views: OpenViews, sender: PartsSender): unknown {
  const { view, observedMs, format, filter, untilMs = Number.POSITIVE_INFINITY, scrape, known, from } = task;
  if (Date.now() > untilMs) return undefined;
  const enoughMs = performance.now() + LONGEST_PARTS_MS;
  let isAll = true;
  const parts = shard.parts(view, observedMs, format, filter, from, () => {
    isAll = performance.now() < enoughMs;
    return !isAll;
  });
  views.open(scrape, parts, Date.now());
  const packed = sender.pack(
    parts.map(({ part }) => part),
    known,
  );
  const answer: PartsAnswer = { packed, isAll };
  return move({
    [transferableSymbol]: [packed.records, ...packed.numbers].map(({ buffer }) => buffer),
    [valueSymbol]: answer,
  });
}

function moved(bytes: Uint8Array<ArrayBuffer>): unknown {
  return move({ [transferableSymbol]: [bytes.buffer], [valueSymbol]: bytes });
}

/** Joined by commas; as bytes, which cross without being copied. */
function packTexts(texts: readonly string[]): unknown {
  return moved(Uint8Array.from(Buffer.from(texts.join(","))));
}
