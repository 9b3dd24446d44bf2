import { Role } from "../exposition/parsed-body.ts";
import type { OutputSpec } from "../rollup/output.ts";
import type { OutputTable } from "../rollup/output-table.ts";
import type { SourceQuantiles } from "../rollup/summary/source-quantiles.ts";
import type { FeedList } from "./feeds.ts";
import type { Source } from "./group.ts";
import type { LabelSet } from "./label-set.ts";
import type { Layout } from "./layout.ts";
import { seriesName } from "./layout.ts";

/** A summary of one label set whose quantiles are certified over the sources. */
export interface SummaryFeed {
  readonly quantiles: readonly number[];
  /** Of each quantile. */
  readonly samples: readonly number[];
  /** The place of its count among the counters of the feeds, or -1. */
  readonly counter: number;
  /** As many observations stand behind its quantiles at most. */
  readonly window: number;
  /** How many it has made between the last two bodies, within the window; NaN until two are known. */
  weight: number;
}

/** The samples of one summary, as they are met in a layout. */
export interface SummarySamples {
  readonly quantiles: number[];
  readonly samples: number[];
  count: number;
}

export function newSummary(): SummarySamples {
  return { quantiles: [], samples: [], count: -1 };
}

export function addToSummary(summary: SummarySamples, i: number, role: number, bound: number): void {
  if (role === Role.count) summary.count = i;
  if (role !== Role.quantile) return;
  summary.quantiles.push(bound);
  summary.samples.push(i);
}

interface SummaryLists {
  readonly counters: FeedList;
  readonly intervals: { -readonly [K in keyof FeedList]: FeedList[K][number][] };
  readonly summaries: SummaryFeed[];
}

/** Connects a summary that has quantiles, when its count is connected. */
export function connectSummary(
  { quantiles, samples, count }: SummarySamples,
  window: number,
  skip: readonly number[],
  spec: OutputSpec,
  { outputs, wallMs }: { readonly outputs: OutputTable; readonly wallMs: number },
  { counters, intervals, summaries }: SummaryLists,
): void {
  const [first] = samples;
  // Where another rule has made it otherwise, its quantiles are told as conflicts already.
  const output = first === undefined ? undefined : outputs.find(spec, wallMs);
  if (first === undefined || output === undefined) return;
  intervals.samples.push(first);
  intervals.outputs.push(output);
  intervals.skips.push(skip);
  const counter = counters.samples.indexOf(count);
  summaries.push({ quantiles, samples, counter, window, weight: Number.NaN });
}

interface NewBody {
  readonly layout: Layout;
  readonly values: Float64Array;
}

/** Looks at a new body before its counters are added up: what they were is forgotten then. */
export function noteWeights(
  source: Source,
  body: NewBody,
  counters: FeedList,
  summaries: readonly SummaryFeed[],
): void {
  for (const summary of summaries) {
    const i = counters.samples[summary.counter];
    if (i === undefined) continue;
    const increase = (body.values[i] ?? Number.NaN) - lastCount(source, body, counters, summary.counter, i);
    // After a restart nobody knows how many there were before it.
    summary.weight = increase >= 0 ? Math.min(increase, summary.window) : Number.NaN;
  }
}

function lastCount(source: Source, { layout }: NewBody, counters: FeedList, k: number, i: number): number {
  const set = layout.sets[i];
  for (const counted of source.counted) {
    const { feeds, last } = counted;
    if (feeds.counters === counters) return last[k] ?? Number.NaN;
    const at = placeOf(set, seriesName(layout, i), counted.layout, feeds.counters);
    if (at !== -1) return last[at] ?? Number.NaN;
  }
  return Number.NaN;
}

function placeOf(set: LabelSet | undefined, name: string, layout: Layout, { samples }: FeedList): number {
  return samples.findIndex((i) => layout.sets[i] === set && seriesName(layout, i) === name);
}

/** What the last body says of the summary's distribution; undefined of an empty one, whose quantiles are NaN. */
export function sourceQuantiles(
  { quantiles, samples, weight }: SummaryFeed,
  body: Float64Array,
  skip: readonly number[],
): SourceQuantiles | undefined {
  const values = samples.map((i) => body[i] ?? Number.NaN);
  const isValue = (value: number | undefined): boolean => !Number.isNaN(value) && !skip.includes(value ?? 0);
  if (values.every(isValue)) return { quantiles, values, weight };
  const known = quantiles.filter((_, j) => isValue(values[j]));
  return known.length === 0 ? undefined : { quantiles: known, values: values.filter(isValue), weight };
}
