import type { RefusedJob } from "../core/coordinator/refusals.ts";
import type { ViewFormat } from "../core/exposition/write/format.ts";
import type { BulkRef } from "../core/exposition/write/writer.ts";
import type { View } from "../core/view/create-part.ts";
import type { ScrapeAnswer, ScrapeRequest } from "../http/relay.ts";
import { finishView, noPartition, readFilter } from "../platform/finish-view.ts";
import { createPartsReceiver } from "../platform/pack-parts.ts";
import type { Piece } from "../platform/view-pieces.ts";
import { piecesOfView } from "../platform/view-pieces.ts";
import { renderOwnFamilies } from "./own-families.ts";
import type { PartitionPort, Place, SiteContext } from "./ports.ts";
import { someAtATime } from "./some-at-a-time.ts";
import type { ReceivedView } from "./sent-view.ts";
import { receiveView } from "./sent-view.ts";

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

  const opened = new Set<ReceivedView>();
  let isOver = false;
  let headBytes = 0;

  function finish(): void {
    isOver = true;
    for (const received of opened) received.close();
  }

  function admit(bytes: number): void {
    headBytes += bytes;
    if (headBytes > MOST_HEAD_BYTES) throw new TooLarge();
  }

  async function askOne(partition: number, observedMs: number): Promise<ReceivedView> {
    const place: Place = { partition, partitions };
    const request = { view, format, observedMs, filter, mostSources };
    try {
      const received = await receiveView(await deps.partition(partition).view(place, request), admit);
      opened.add(received);
      if (isOver) received.close();
      return received;
    } catch (error) {
      if (error instanceof TooLarge) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`partition ${partition} does not answer (${reason})`, { cause: error });
    }
  }

  /** Parts that were made before and after a change make no view. */
  async function gather(): Promise<{
    readonly context: SiteContext;
    readonly views: readonly ReceivedView[];
  }> {
    for (;;) {
      const { observedMs, version } = await deps.context();
      const views = await someAtATime(numbers, AT_A_TIME, (number) => askOne(number, observedMs));
      const context = await deps.context();
      if (context.version === version) return { context: { ...context, observedMs }, views };
      for (const received of views) received.close();
      headBytes = 0;
    }
  }

  try {
    const { context, views } = await within(untilMs - Date.now(), gather());
    const { families, observedMs } = context;
    const heads = views.map(({ head }) => head);
    const { families: written } = finishView({
      parts: heads.flatMap(({ parts }) => createPartsReceiver().unpack(parts)),
      own: renderOwnFamilies({
        statuses: heads.flatMap(({ statuses }) => statuses),
        facts: new Map(heads.map(({ facts }, i) => [numbers[i] ?? 0, facts])),
        refused: mergeRefused(heads.map(({ refused }) => refused)),
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
    const byPartition = new Map(views.map((received, i) => [numbers[i], received]));
    const bulkOf = async ({ partition, family }: BulkRef): Promise<readonly Piece[]> =>
      (await byPartition.get(partition)?.bulk(family)) ?? [];
    const pieces = piecesOfView(written, format, (refs) => Promise.all(refs.map(bulkOf)));
    return { ok: true, pieces: endingWith(finish, pieces) };
  } catch (error) {
    finish();
    return { ok: false, code: "out", message: error instanceof Error ? error.message : String(error) };
  }
}

/** Each makes its part in memory, and all may do that in one isolate. */
const AT_A_TIME = 4;

/** What of a view is merged must be there all at once, and takes some times as much when it is unpacked. */
const MOST_HEAD_BYTES = 16 * 2 ** 20;

class TooLarge extends Error {
  constructor() {
    super(
      "the view has more than 16 MiB of merged series and kept groups, too much for one isolate: ask for less by name[], match[] or job, or scrape partitions by themselves (?partition=0)",
    );
  }
}

async function* endingWith(finish: () => void, pieces: AsyncIterable<Piece>): AsyncIterable<Piece> {
  try {
    yield* pieces;
  } finally {
    finish();
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
