import { unpack } from "msgpackr";
import type { FamilyRegistry } from "../core/coordinator/family-registry.ts";
import type { RefusedJob } from "../core/coordinator/refusals.ts";
import type { ViewFormat } from "../core/exposition/write/format.ts";
import { writeFamilies } from "../core/exposition/write/write-families.ts";
import type { View } from "../core/view/create-part.ts";
import { mergeParts } from "../core/view/merge.ts";
import type { FamilyText } from "../core/view/own-families.ts";
import { readOwnFamilies } from "../core/view/own-families.ts";
import type { PartitionStatus, ViewPart } from "../core/view/part.ts";
import { nodeBytes } from "./bytes.ts";
import type { ShardThread } from "./shard-thread.ts";
import type { PackedPart, PackedParts } from "./thread-handler.ts";
import { counted, piecesOf } from "./view-pieces.ts";

/** What a scrape needs besides the threads. */
export interface ScrapeDeps {
  readonly registry: FamilyRegistry;
  readonly lingerMs: number;
  /** Sources of a partition of more than that are not told of by themselves. */
  readonly mostSources: number;
  /** The relay's own metrics. */
  ownFamilies(
    statuses: readonly PartitionStatus[],
    refused: readonly RefusedJob[],
  ): Promise<readonly FamilyText[]>;
  /** Told of each scrape that was taken to its end. */
  onScrape(view: View, seconds: number, bytes: number): void;
  /** Told of metrics that a scrape leaves out, because others have the names that the client would read. */
  onCollisions(count: number): void;
}

/** How all threads are asked the same; parts of a view must be asked for between two changes. */
interface Threads {
  readonly gather: <T>(ask: (thread: ShardThread) => Promise<T>) => Promise<T[]>;
  readonly gatherParts: <T>(ask: (thread: ShardThread) => Promise<T[]>) => Promise<T[]>;
}

/** The pieces of a view of all threads. */
export async function scrapeThreads(
  { gather, gatherParts }: Threads,
  {
    view,
    format,
    observedMs,
  }: { readonly view: View; readonly format: ViewFormat; readonly observedMs: number },
  refused: () => readonly RefusedJob[],
  deps: ScrapeDeps,
): Promise<Iterable<Uint8Array>> {
  const startMs = performance.now();
  const { registry, lingerMs, mostSources } = deps;
  const [parts, statuses] = await Promise.all([
    gatherParts((thread) => askParts(thread, view, observedMs, format)),
    gather((thread) => thread.ask<PartitionStatus[]>({ kind: "statuses", mostSources })),
  ]);
  const own = readOwnFamilies(await deps.ownFamilies(statuses.flat(), refused()), nodeBytes);
  const context = {
    observedMs,
    lingerMs,
    helpOf: (name: string) => registry.helpOf(name),
    isPushed: (name: string) => registry.isPushed(name),
  };
  const { families, collisions } = mergeParts(parts, context, format, own);
  if (collisions > 0) deps.onCollisions(collisions);
  return counted(piecesOf(writeFamilies(families, format)), (bytes) =>
    deps.onScrape(view, (performance.now() - startMs) / 1_000, bytes),
  );
}

async function askParts(
  thread: ShardThread,
  view: View,
  observedMs: number,
  format: ViewFormat,
): Promise<ViewPart[]> {
  const { records, bulks } = await thread.ask<PackedParts>({ kind: "parts", view, observedMs, format });
  const parts = unpack(records) as PackedPart[];
  return parts.map((part, i) => Object.assign(part, { bulk: bulks[i] ?? new Uint8Array() }));
}
