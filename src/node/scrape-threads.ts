import type { FamilyRegistry } from "../core/coordinator/family-registry.ts";
import type { RefusedJob } from "../core/coordinator/refusals.ts";
import type { ViewFormat } from "../core/exposition/write/format.ts";
import type { WrittenFamily } from "../core/exposition/write/writer.ts";
import { FORWARD_FORMAT } from "../core/forwarding/split-view.ts";
import type { View } from "../core/view/create-part.ts";
import type { MergeContext } from "../core/view/merge.ts";
import type { FamilyText } from "../core/view/own-families.ts";
import type { PartitionStatus, ViewPart } from "../core/view/part.ts";
import type { ScrapeAnswer, ScrapeRequest } from "../http/relay.ts";
import { finishView, noPartition, readFilter } from "../platform/finish-view.ts";
import type { PartsReceiver } from "../platform/pack-parts.ts";
import { createTurns } from "../platform/turns.ts";
import type { RollupIndex } from "../core/view/rollup-index.ts";
import { gzipOf } from "../platform/gzip/gzip-pieces.ts";
import type { Deflated } from "../platform/gzip/deflated.ts";
import { fetchDeflated, fetchPlain } from "./fetch-bulks.ts";
import type { ShardThread } from "./shard-thread.ts";
import type { PartsAnswer, PartsTask } from "./thread-handler.ts";
import type { Piece } from "../platform/view-pieces.ts";
import { piecesOfView } from "../platform/view-pieces.ts";

/** What a scrape needs besides the threads. */
export interface ScrapeDeps {
  readonly partitions: number;
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

/** What is known from one scrape to the next. */
export interface ScrapeMemory {
  readonly received: PartsReceiver;
  readonly index: RollupIndex;
}

/** How all threads are asked the same; parts of a view must be asked for between two changes. */
interface Threads {
  readonly gather: <T>(ask: (thread: ShardThread) => Promise<T>) => Promise<T[]>;
  readonly gatherParts: <T>(ask: (thread: ShardThread) => Promise<T[]>) => Promise<T[]>;
}

interface Wanted {
  /** No other has the number. */
  readonly scrape: number;
  readonly view: View;
  readonly format: ViewFormat;
  readonly observedMs: number;
  readonly asked: ScrapeRequest | undefined;
}

/** The pieces of a view of all threads. */
export async function scrapeThreads(
  { gather, gatherParts }: Threads,
  { scrape, view: asView, format, observedMs, asked }: Wanted,
  refused: () => readonly RefusedJob[],
  memory: ScrapeMemory,
  deps: ScrapeDeps,
): Promise<ScrapeAnswer> {
  const partition = asked?.partition;
  if (partition !== undefined && partition >= deps.partitions) return noPartition(partition, deps.partitions);
  const isAsked = (each: { readonly partition: number }): boolean =>
    partition === undefined || each.partition === partition;
  const read = readFilter(asked);
  if (!read.ok) return read;
  const { filter } = read;
  const task = { view: asView, observedMs, format, filter, untilMs: asked?.untilMs, scrape };
  let isLate = false;
  const startMs = performance.now();
  const { mostSources } = deps;
  const owners = new Map<number, ShardThread>();
  const [parts, statuses] = await Promise.all([
    gatherParts(async (thread) => {
      const some = await askParts(thread, task, memory.received);
      isLate ||= some === undefined;
      for (const part of some ?? []) owners.set(part.partition, thread);
      return some ?? [];
    }),
    gather((thread) => thread.ask<PartitionStatus[]>({ kind: "statuses", mostSources })),
  ]);
  if (isLate) return { ok: false, code: "late", message: "the view was not ready in time" };
  const own = await deps.ownFamilies(statuses.flat().filter(isAsked), refused());
  const { families, collisions } = await finishView({
    parts: parts.filter(isAsked),
    own,
    context: contextOf(deps, memory, observedMs),
    format,
    filter,
  });
  if (collisions > 0) deps.onCollisions(collisions);
  if (asked?.coding !== "gzip") return { ok: true, pieces: told(plain()) };
  // The length of a message stands before it, and is not known from what is compressed.
  const sent =
    format.encoding === "protobuf" ? plain() : piecesOfView(families, format, fetchDeflated(owners, scrape));
  return { ok: true, coding: "gzip", pieces: gzipOf(told(sent)) };

  function plain(): AsyncIterable<Piece> {
    return piecesOfView(families, format, fetchPlain(owners, scrape));
  }

  async function* told<Chunk extends Piece | Deflated>(pieces: AsyncIterable<Chunk>): AsyncIterable<Chunk> {
    let bytes = 0;
    try {
      const giveTurn = createTurns();
      for await (const piece of pieces) {
        bytes += piece instanceof Uint8Array ? piece.length : piece.plainBytes;
        yield piece;
        // A socket that takes all at once lets nobody else have one, and some megabytes are written before a thread is waited for.
        await giveTurn();
      }
      deps.onScrape(asView, (performance.now() - startMs) / 1_000, bytes);
    } finally {
      if (parts.some(hasBulk)) await gather((thread) => closeParts(thread, scrape));
    }
  }
}

/** What is forwarded of the merged view of all threads. */
export async function familiesToForward(
  { gatherParts }: Pick<Threads, "gatherParts">,
  observedMs: number,
  memory: ScrapeMemory,
  deps: ScrapeDeps,
): Promise<readonly WrittenFamily[]> {
  // Fleets have no bulk in the merged view, so nobody asks for it by that number.
  const task = { view: "merged", observedMs, format: FORWARD_FORMAT, scrape: 0 } as const;
  const parts = await gatherParts(async (thread) => (await askParts(thread, task, memory.received)) ?? []);
  const context = contextOf(deps, memory, observedMs);
  const view = await finishView({ parts, own: [], context, format: FORWARD_FORMAT, filter: undefined });
  return view.families;
}

function contextOf(
  { registry, lingerMs }: ScrapeDeps,
  { index }: ScrapeMemory,
  observedMs: number,
): MergeContext {
  return {
    observedMs,
    lingerMs,
    helpOf: (name) => registry.helpOf(name),
    isPushed: (name) => registry.isPushed(name),
    index,
  };
}

/** Some partitions at a time: pushes go on between. Undefined where it was too late for them. */
async function askParts(
  thread: ShardThread,
  task: Omit<PartsTask, "known" | "from">,
  received: PartsReceiver,
): Promise<ViewPart[] | undefined> {
  const parts: ViewPart[] = [];
  for (;;) {
    const wanted = { kind: "parts", ...task, known: received.known(), from: parts.length } as const;
    const answer = await thread.ask<PartsAnswer | undefined>(wanted);
    if (answer === undefined) return undefined;
    parts.push(...received.unpack(answer.packed));
    if (answer.isAll) return parts;
  }
}

function hasBulk({ families }: ViewPart): boolean {
  return families.some(({ bulkSamples }) => bulkSamples > 0);
}

/** Where that fails the thread forgets the view by itself, or has done so. */
async function closeParts(thread: ShardThread, scrape: number): Promise<void> {
  await thread.ask({ kind: "close-parts", scrape }).catch(() => {});
}
