import type { RefusedJob } from "../core/coordinator/refusals.ts";
import type { ViewFormat } from "../core/exposition/write/format.ts";
import type { BulkRef, WrittenFamily } from "../core/exposition/write/writer.ts";
import { FORWARD_FORMAT } from "../core/forwarding/split-view.ts";
import type { View } from "../core/view/create-part.ts";
import type { MergeContext } from "../core/view/merge.ts";
import type { ScrapeAnswer, ScrapeRequest } from "../http/relay.ts";
import { finishView, noPartition, readFilter } from "../platform/finish-view.ts";
import { createPartsReceiver } from "../platform/pack-parts.ts";
import type { Piece } from "../platform/view-pieces.ts";
import { piecesOfView } from "../platform/view-pieces.ts";
import { renderOwnFamilies } from "./own-families.ts";
import type { GatherDeps } from "./gather-views.ts";
import { gatherViews } from "./gather-views.ts";
import type { SiteContext } from "./ports.ts";
import type { ScrapeOutcome } from "./scrape-counts.ts";

export interface EdgeScrapeDeps extends GatherDeps<SiteContext> {
  readonly lingerMs: number;
  readonly mostSources: number;
  told(this: void, outcome: ScrapeOutcome): void;
}

/** Of a scraper that does not say how long it waits. */
const LONGEST_WAIT_MS = 30_000;

/** A view of the site, or of one partition. */
export async function scrapeObjects(
  deps: EdgeScrapeDeps,
  view: View,
  format: ViewFormat,
  asked: ScrapeRequest | undefined,
): Promise<ScrapeAnswer> {
  const { partitions, lingerMs, mostSources } = deps;
  const only = asked?.partition;
  if (only !== undefined && only >= partitions) return noPartition(only, partitions);
  const read = readFilter(asked);
  if (!read.ok) return read;
  const { filter } = read;
  const numbers = only === undefined ? Array.from({ length: partitions }, (_, i) => i) : [only];
  const untilMs = asked?.untilMs ?? Date.now() + LONGEST_WAIT_MS;

  const startMs = Date.now();
  const request = { view, format, filter, mostSources };
  const { gather, finish } = gatherViews(deps, numbers, request);

  async function* told(pieces: AsyncIterable<Piece>): AsyncIterable<Piece> {
    let bytes = 0;
    let isDone = false;
    try {
      for await (const piece of pieces) {
        bytes += piece.length;
        yield piece;
      }
      isDone = true;
    } finally {
      finish();
      deps.told(isDone ? { view, isDone, seconds: (Date.now() - startMs) / 1_000, bytes } : { view, isDone });
    }
  }

  try {
    const { context, views } = await gather(untilMs);
    const heads = views.map(({ head }) => head);
    const { families: written } = await finishView({
      parts: heads.flatMap(({ parts }) => createPartsReceiver().unpack(parts)),
      own: renderOwnFamilies({
        statuses: heads.flatMap(({ statuses }) => statuses),
        facts: new Map(heads.map(({ facts }, i) => [numbers[i] ?? 0, facts])),
        refused: mergeRefused(heads.map(({ refused }) => refused)),
        scrapes: context.scrapes,
        forwarded: context.forwarded,
        mostSources,
      }),
      context: mergeContext(context, lingerMs),
      format,
      filter,
    });
    const byPartition = new Map(views.map((received, i) => [numbers[i], received]));
    const bulkOf = async ({ partition, family }: BulkRef): Promise<readonly Piece[]> =>
      (await byPartition.get(partition)?.bulk(family)) ?? [];
    const bulksOf = async (bulks: readonly BulkRef[]): Promise<readonly Piece[]> =>
      (await Promise.all(bulks.map(bulkOf))).flat();
    const pieces = piecesOfView(written, format, (sections) => Promise.all(sections.map(bulksOf)));
    return { ok: true, pieces: told(pieces) };
  } catch (error) {
    finish();
    deps.told({ view, isDone: false });
    return { ok: false, code: "out", message: error instanceof Error ? error.message : String(error) };
  }
}

/** What is forwarded of the merged view of a site. Rejects where a partition does not answer. */
export async function familiesToForward(
  deps: GatherDeps<KnownContext> & { readonly lingerMs: number },
): Promise<readonly WrittenFamily[]> {
  const numbers = Array.from({ length: deps.partitions }, (_, i) => i);
  const format = FORWARD_FORMAT;
  const request = { view: "merged", format, filter: undefined, mostSources: 0 } as const;
  const { gather, finish } = gatherViews(deps, numbers, request);
  try {
    const { context, views } = await gather(Date.now() + LONGEST_WAIT_MS);
    const parts = views.flatMap(({ head }) => createPartsReceiver().unpack(head.parts));
    const merging = mergeContext(context, deps.lingerMs);
    const view = await finishView({ parts, own: [], context: merging, format, filter: undefined });
    return view.families;
  } finally {
    finish();
  }
}

type KnownContext = Omit<SiteContext, "forwarded" | "scrapes">;

function mergeContext({ observedMs, families }: KnownContext, lingerMs: number): MergeContext {
  return {
    observedMs,
    lingerMs,
    helpOf: (name) => families.get(name),
    isPushed: (name) => families.has(name),
  };
}

/** Refusals of one job that several partitions tell of. */
export function mergeRefused(lists: readonly (readonly RefusedJob[])[]): RefusedJob[] {
  const jobs = Map.groupBy(lists.flat(), ({ job }) => job);
  return [...jobs].map(([job, found]) => {
    const byReason = new Map<string, number>();
    for (const [reason, count] of found.flatMap((each) => [...each.byReason])) {
      byReason.set(reason, (byReason.get(reason) ?? 0) + count);
    }
    const [last] = found.map((each) => each.last).toSorted((a, b) => b.wallMs - a.wallMs);
    if (last === undefined) throw new Error("BUG: a group of nothing");
    return { job, byReason, last };
  });
}
