import { expect } from "vitest";
import type { InMemoryRelay, InMemoryRelayOptions } from "./in-memory-relay.ts";
import { createInMemoryRelay } from "./in-memory-relay.ts";
import { series } from "./view-text.ts";

/** Cumulative numbers by boundary, without +Inf; the count; the sum. */
export interface Histogram {
  readonly [bound: string]: number | string;
}

/** `{ 1: 2, 5: 3, count: 4, sum: 9 }`; the +Inf bucket is the count if it is not said. */
export function histogramText(name: string, histogram: Histogram, labels = ""): string {
  const { count, sum, inf = count, ...buckets } = histogram;
  const lines = Object.entries(buckets).map(([le, value]) => `${name}_bucket{${labels}le="${le}"} ${value}`);
  if (inf !== undefined) lines.push(`${name}_bucket{${labels}le="+Inf"} ${inf}`);
  if (sum !== undefined) lines.push(`${name}_sum{${labels}} ${sum}`);
  if (count !== undefined) lines.push(`${name}_count{${labels}} ${count}`);
  return `# TYPE ${name} histogram\n${lines.join("\n")}\n`;
}

/** A relay that merges histograms `h` of the job `shop`, over its instances. */
export interface HistogramRelay {
  readonly relay: InMemoryRelay;
  /** Pushes a histogram a second after the last push. A gauge beside it makes each body a new one. */
  push(instance: string, histogram: Histogram, more?: string, method?: "PUT" | "POST"): void;
  /** What the merged view shows: numbers by boundary, count and sum. */
  shown(labels?: string): Record<string, number>;
  uncounted(reason: string): number;
  leftOut(reason: string): number;
}

export function createHistogramRelay(options: InMemoryRelayOptions): HistogramRelay {
  const relay = createInMemoryRelay(options);
  relay.advance(3_600_000);
  let beat = 0;
  return {
    relay,
    push(instance, histogram, more = "", method = "PUT") {
      beat += 1;
      relay.advance(1000);
      const text = `# TYPE beat gauge\nbeat ${beat}\n${more}${histogramText("h", histogram)}`;
      expect(relay.push(`/job/shop/instance/${instance}`, text, { method })).toBeUndefined();
    },
    shown: (labels = 'instance="",job="shop"') => shownHistogram(relay.view("merged"), "h", labels),
    uncounted: (reason) =>
      relay.tally("sluice_uncounted_increase_total", `family="h",job="shop",reason="${reason}"`),
    leftOut: (reason) =>
      relay.tally("sluice_left_out_series_total", `family="h",job="shop",reason="${reason}"`),
  };
}

/** The parts of the histogram with exactly these labels. */
export function shownHistogram(view: string, name: string, labels: string): Record<string, number> {
  const parts: Record<string, number> = {};
  const bucket = `${name}_bucket{${labels},le="`;
  for (const [text, value] of series(view)) {
    if (text.startsWith(bucket)) parts[text.slice(bucket.length, -2)] = value;
    if (text === `${name}_count{${labels}}`) parts["count"] = value;
    if (text === `${name}_sum{${labels}}`) parts["sum"] = value;
  }
  return parts;
}
