import { Buffer } from "node:buffer";
import { pack } from "msgpackr";
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
import type { ViewPart } from "../core/view/part.ts";
import type { ViewFilter } from "../core/view/view-filter.ts";
import { nodeBytes } from "../platform/bytes.ts";
import { loadLayoutTextModule } from "./layout-text-module.ts";
import { compileRegex } from "../platform/promql/regex.ts";
import { createCommitGate } from "./storage/commit-gate.ts";
import { withCommitStats } from "./storage/commit-stats.ts";
import { foreign } from "../platform/storage/schema.ts";
import { createSqliteStore } from "./storage/sqlite-store.ts";
import { reasonOf, StorageError } from "../platform/storage/storage-error.ts";

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
  | {
      readonly kind: "explain";
      readonly selector: Selector;
      readonly observedMs: number;
      readonly most: number;
    }
  | { readonly kind: "undoables"; readonly selectors: readonly Selector[] }
  | { readonly kind: "statuses"; readonly mostSources: number }
  | { readonly kind: "close"; readonly observedMs: number }
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
}

export type ThreadHandler = (task: ThreadTask) => unknown;

export type PackedPart = Omit<ViewPart, "bulk">;

/** The parts of a view as they cross: records by msgpackr, the bulk text of each part beside them. */
export interface PackedParts {
  readonly records: Uint8Array<ArrayBuffer>;
  readonly bulks: readonly Uint8Array<ArrayBuffer>[];
}

/** `open` is called once, with the first task. */
export function createThreadHandler(open: () => Shard): ThreadHandler {
  let opened: Shard | undefined;
  return (task) => {
    if (task.kind === "hello") return hello();
    const shard = (opened ??= open());
    switch (task.kind) {
      case "run":
        return runTimed(shard, task.batch);
      case "parts":
        return packParts(shard, task);
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

/** Undefined where nobody waits for it any more: scrapes that are late must not hold up what comes after them. */
function packParts(
  shard: Shard,
  { view, observedMs, format, filter, untilMs = Number.POSITIVE_INFINITY }: PartsTask,
): unknown {
  const late = new Error("nobody waits for the view any more");
  const parts = ((): ViewPart[] | undefined => {
    try {
      return shard.parts(view, observedMs, format, filter, () => {
        if (Date.now() > untilMs) throw late;
      });
    } catch (error) {
      if (error === late) return undefined;
      throw error;
    }
  })();
  if (parts === undefined) return undefined;
  const bulks = parts.map((part) => new Uint8Array(part.bulk));
  // A copy of its own: msgpackr answers with a slice of a buffer that it goes on using.
  const records = Uint8Array.from(pack(parts.map(withoutBulk)));
  const value: PackedParts = { records, bulks };
  const buffers = [records.buffer, ...bulks.map((bulk) => bulk.buffer)];
  return move({ [transferableSymbol]: buffers, [valueSymbol]: value });
}

/** Joined by commas; as bytes, which cross without being copied. */
function packTexts(texts: readonly string[]): unknown {
  const bytes = Uint8Array.from(Buffer.from(texts.join(",")));
  return move({ [transferableSymbol]: [bytes.buffer], [valueSymbol]: bytes });
}

function withoutBulk({ partition, families, rollups, collisions }: ViewPart): PackedPart {
  return { partition, families, rollups, collisions };
}
