import type { RefusedJob } from "../core/coordinator/refusals.ts";
import type { ViewFormat } from "../core/exposition/write/format.ts";
import type { BulkRef } from "../core/exposition/write/writer.ts";
import type { View } from "../core/view/create-part.ts";
import type { ScrapeAnswer, ScrapeRequest } from "../http/relay.ts";
import { finishView, noPartition, readFilter } from "../platform/finish-view.ts";
import { createPartsReceiver } from "../platform/pack-parts.ts";
import { nodePacking } from "../platform/packing.ts";
import type { Piece } from "../platform/view-pieces.ts";
import { piecesOfView } from "../platform/view-pieces.ts";
import { renderOwnFamilies } from "./own-families.ts";
import type { PartitionPort, Place, SentView, SiteContext } from "./ports.ts";

export interface EdgeScrapeDeps {
  readonly partitions: number;
  readonly lingerMs: number;
  readonly mostSources: number;
  context(this: void): Promise<SiteContext>;
  partition(this: void, number: number): PartitionPort;
}

/** Of a scraper that does not say how long it waits. */
const LONGEST_WAIT_MS = 30_000;

/** Asks the objects side by side. One that does not answer fails the scrape: half of the truth makes every rate wrong. */
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

  async function askOne(partition: number, observedMs: number): Promise<SentView> {
    const place: Place = { partition, partitions };
    const request = { view, format, observedMs, filter, mostSources };
    try {
      const stream = await deps.partition(partition).view(place, request);
      const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
      return nodePacking.unpack(bytes) as SentView;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`partition ${partition} does not answer (${reason})`, { cause: error });
    }
  }

  /** Parts that were made before and after a change make no view. */
  async function gather(): Promise<{ readonly context: SiteContext; readonly views: readonly SentView[] }> {
    for (;;) {
      const { observedMs, version } = await deps.context();
      const views = await Promise.all(numbers.map((number) => askOne(number, observedMs)));
      const context = await deps.context();
      if (context.version === version) return { context: { ...context, observedMs }, views };
    }
  }

  try {
    const { context, views } = await within(untilMs - Date.now(), gather());
    const { families, observedMs } = context;
    const unpacked = views.map(({ parts, bulks }) => ({ parts: createPartsReceiver().unpack(parts), bulks }));
    const { families: written } = finishView({
      parts: unpacked.flatMap(({ parts }) => parts),
      own: renderOwnFamilies({
        statuses: views.flatMap(({ statuses }) => statuses),
        facts: new Map(views.map(({ facts }, i) => [numbers[i] ?? 0, facts])),
        refused: mergeRefused(views.map(({ refused }) => refused)),
        mostSources,
      }),
      context: {
        observedMs,
        lingerMs,
        helpOf: (name) => families.get(name),
        isPushed: (name) => families.has(name),
      },
      format,
      filter,
    });
    const bulks = new Map(
      unpacked.flatMap(({ parts, bulks: of }) => parts.map(({ partition }) => [partition, of])),
    );
    const bulkOf = ({ partition, family }: BulkRef): readonly Piece[] =>
      bulks.get(partition)?.get(family) ?? [];
    const pieces = piecesOfView(written, format, (refs) => Promise.resolve(refs.map(bulkOf)));
    return { ok: true, pieces };
  } catch (error) {
    return { ok: false, code: "out", message: error instanceof Error ? error.message : String(error) };
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise: timeUp, reject } = Promise.withResolvers<never>();
  const seconds = Math.round(ms / 100) / 10;
  const timer = setTimeout(
    () => reject(new Error(`not all partitions have answered within ${seconds} s`)),
    ms,
  );
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    clearTimeout(timer);
  }
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
