import { Buffer } from "node:buffer";
import { pack } from "msgpackr";
import { move, transferableSymbol, valueSymbol } from "piscina";
import type { Settings } from "../core/partition/settings.ts";
import type { Selector } from "../core/selector/selector.ts";
import type { Batch } from "../core/shard/messages.ts";
import { createShard } from "../core/shard/shard.ts";
import { createWasmKeeper } from "../core/layout-text/wasm-keeper.ts";
import { createMemoryStore } from "../core/shard/store.ts";
import type { View } from "../core/view/create-part.ts";
import type { GroupSummary } from "../core/view/group-summary.ts";
import type { ViewPart } from "../core/view/part.ts";
import { nodeBytes } from "./bytes.ts";
import { loadLayoutTextModule } from "./layout-text-module.ts";
import { compileRegex } from "./config-file/regex.ts";

/** What a thread is started with. */
export interface ThreadData {
  readonly partitions: readonly number[];
  readonly settings: Settings;
}

/** What a thread can be asked. All of it is synchronous: piscina keeps a waiting thread off its event loop. */
export type ThreadTask =
  /** Answered once the thread is ready. */
  | { readonly kind: "hello" }
  | { readonly kind: "run"; readonly batch: Batch }
  | { readonly kind: "parts"; readonly view: View; readonly observedMs: number }
  | {
      readonly kind: "explain";
      readonly selector: Selector;
      readonly observedMs: number;
      readonly most: number;
    }
  | { readonly kind: "undoables"; readonly selectors: readonly Selector[] }
  | { readonly kind: "statuses" }
  | { readonly kind: "groups"; readonly observedMs: number }
  | { readonly kind: "group-texts"; readonly groups: readonly GroupName[] }
  | { readonly kind: "idle-outputs"; readonly beforeMs: number }
  | { readonly kind: "busy-outputs"; readonly ids: readonly string[]; readonly beforeMs: number };

/** Where a group is. */
type GroupName = Pick<GroupSummary, "partition" | "canonicalKey">;

export type ThreadHandler = (task: ThreadTask) => unknown;

export type PackedPart = Omit<ViewPart, "bulk">;

/** The parts of a view as they cross: records by msgpackr, the bulk text of each part beside them. */
export interface PackedParts {
  readonly records: Uint8Array<ArrayBuffer>;
  readonly bulks: readonly Uint8Array<ArrayBuffer>[];
}

export function createThreadHandler({ partitions, settings }: ThreadData): ThreadHandler {
  const texts = createWasmKeeper(loadLayoutTextModule(), nodeBytes);
  const shard = createShard(partitions, createMemoryStore(), nodeBytes, compileRegex, settings, texts);
  return (task) => {
    switch (task.kind) {
      case "hello":
        return "hello";
      case "run":
        return shard.run(task.batch);
      case "parts":
        return packParts(task.view, task.observedMs);
      case "explain":
        return shard.explain(task.selector, task.observedMs, task.most);
      case "undoables":
        return shard.undoables(task.selectors);
      case "statuses":
        return shard.statuses();
      case "groups":
        return shard.groups(task.observedMs);
      case "group-texts":
        return packTexts(shard.groupTexts(task.groups));
      case "idle-outputs":
        return shard.idleOutputs(task.beforeMs);
      case "busy-outputs":
        return shard.busyOutputs(task.ids, task.beforeMs);
    }
  };

  function packParts(view: View, observedMs: number): unknown {
    const parts = shard.parts(view, observedMs);
    const bulks = parts.map((part) => new Uint8Array(part.bulk));
    // A copy of its own: msgpackr answers with a slice of a buffer that it goes on using.
    const records = Uint8Array.from(pack(parts.map(withoutBulk)));
    const value: PackedParts = { records, bulks };
    const buffers = [records.buffer, ...bulks.map((bulk) => bulk.buffer)];
    return move({ [transferableSymbol]: buffers, [valueSymbol]: value });
  }
}

/** Joined by commas; as bytes, which cross without being copied. */
function packTexts(texts: readonly string[]): unknown {
  const bytes = Uint8Array.from(Buffer.from(texts.join(",")));
  return move({ [transferableSymbol]: [bytes.buffer], [valueSymbol]: bytes });
}

function withoutBulk({ partition, families, rollups }: ViewPart): PackedPart {
  return { partition, families, rollups };
}
