import type { OpenPart } from "../core/view/part.ts";

/** A scraper that reads nothing for so long has gone. */
const KEPT_MS = 60_000;

/**
 * The views whose bulks a thread is asked for while they are sent, a few families at a time: so that no scrape keeps
 * a thread from pushes for long, and no more of one lies in memory than its scraper takes.
 */
export interface OpenViews {
  /** Opens the parts, beside those of the view that are open. */
  open(scrape: number, parts: readonly OpenPart[], nowMs: number): void;
  /** Throws where the view is not open: nobody had asked for so long, or the thread has been started again. */
  partOf(scrape: number, partition: number, nowMs: number): OpenPart | undefined;
  close(scrape: number): void;
}

export function createOpenViews(): OpenViews {
  const views = new Map<number, { readonly parts: Map<number, OpenPart>; usedMs: number }>();
  return {
    open(scrape, parts, nowMs) {
      for (const [other, { usedMs }] of views) if (nowMs - usedMs > KEPT_MS) views.delete(other);
      const withBulk = parts.filter(({ part }) => part.families.some(({ bulkSamples }) => bulkSamples > 0));
      if (withBulk.length === 0) return;
      const view = views.get(scrape) ?? { parts: new Map<number, OpenPart>(), usedMs: nowMs };
      for (const each of withBulk) view.parts.set(each.part.partition, each);
      view.usedMs = nowMs;
      views.set(scrape, view);
    },
    partOf(scrape, partition, nowMs) {
      const view = views.get(scrape);
      if (view === undefined) throw new Error("the view is not open any more: scrape again");
      view.usedMs = nowMs;
      return view.parts.get(partition);
    },
    close: (scrape) => void views.delete(scrape),
  };
}
