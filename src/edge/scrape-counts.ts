import type { View } from "../core/view/create-part.ts";
import type { Observations } from "../platform/own-histogram.ts";

/** How a scrape ended. */
export type ScrapeOutcome =
  | { readonly view: View; readonly isDone: true; readonly seconds: number; readonly bytes: number }
  | { readonly view: View; readonly isDone: false };

/** How the scrapes of a view ended, since the registry was last loaded. */
export interface ScrapeCount {
  readonly view: View;
  readonly failed: number;
  readonly seconds: Observations;
  readonly bytes: Observations;
}

export const SCRAPE_SECONDS: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Each four times as large as the one before. */
export const SCRAPE_BYTES: readonly number[] = Array.from({ length: 7 }, (_, i) => 65_536 * 4 ** i);

export interface ScrapeCounts {
  note(outcome: ScrapeOutcome): void;
  list(): readonly ScrapeCount[];
}

export function createScrapeCounts(): ScrapeCounts {
  const counts = new Map<View, ScrapeCount>();
  return {
    note(outcome) {
      const { view } = outcome;
      const before = counts.get(view) ?? {
        view,
        failed: 0,
        seconds: none(SCRAPE_SECONDS),
        bytes: none(SCRAPE_BYTES),
      };
      counts.set(
        view,
        outcome.isDone
          ? {
              ...before,
              seconds: withOne(before.seconds, SCRAPE_SECONDS, outcome.seconds),
              bytes: withOne(before.bytes, SCRAPE_BYTES, outcome.bytes),
            }
          : { ...before, failed: before.failed + 1 },
      );
    },
    list: () => [...counts.values()],
  };
}

function none(bounds: readonly number[]): Observations {
  return { counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
}

function withOne({ counts, sum }: Observations, bounds: readonly number[], value: number): Observations {
  const found = bounds.findIndex((bound) => value <= bound);
  const place = found === -1 ? bounds.length : found;
  return { counts: counts.with(place, (counts[place] ?? 0) + 1), sum: sum + value };
}
