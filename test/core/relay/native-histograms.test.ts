import { expect, test } from "vitest";
import { MetricType } from "../../../src/core/exposition/protobuf/metrics_pb.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import type { KeptStore } from "../../support/kept-store.ts";
import { createKeptStore } from "../../support/kept-store.ts";
import { protobufBody } from "../../support/protobuf-body.ts";
import { shownHistogram } from "../../support/histogram-source.ts";
import { rule } from "../rollup/rules/rules.ts";

interface Native {
  readonly schema: number;
  readonly zeroThreshold?: number;
  readonly zero?: number;
  /** From bucket 1 on. */
  readonly counts: readonly number[];
}

const LABELS = 'instance="",job="shop"';

function newRelay(partitions = 8, store?: KeptStore): InMemoryRelay {
  const rules = [rule("h", { without: ["instance"] })];
  const relay = createInMemoryRelay({
    settings: { rules },
    partitions,
    shards: 1,
    ...(store === undefined ? {} : { store }),
  });
  relay.advance(3_600_000);
  return relay;
}

/** Pushes a native histogram, with a classic one beside it if `classic` says how many lie at or below 1. */
function push(relay: InMemoryRelay, instance: string, native: Native | number, classic?: number): void {
  const count = typeof native === "number" ? native : sum([native.zero ?? 0, ...native.counts]);
  const bucket = [{ upperBound: 1, cumulativeCount: BigInt(classic ?? 0) }];
  const body = protobufBody({
    name: "h",
    type: MetricType.HISTOGRAM,
    metric: [
      {
        histogram: {
          sampleCount: BigInt(count),
          sampleSum: 2 * count,
          ...(classic === undefined ? {} : { bucket }),
          ...(typeof native === "number" ? {} : nativeFields(native)),
        },
      },
    ],
  });
  relay.advance(1000);
  expect(relay.push(`/job/shop/instance/${instance}`, body, { format: "protobuf" })).toBeUndefined();
}

function nativeFields({ schema, zeroThreshold = 2 ** -128, zero = 0, counts }: Native) {
  const positiveDelta = counts.map((count, i) => BigInt(count - (counts[i - 1] ?? 0)));
  const positiveSpan = counts.length === 0 ? [] : [{ offset: 1, length: counts.length }];
  return { schema, zeroThreshold, zeroCount: BigInt(zero), positiveDelta, positiveSpan };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Schema, zero bucket and positive buckets of the merged histogram. */
function merged(relay: InMemoryRelay): unknown {
  const native = relay.natives().get(`{${LABELS}}`);
  if (native === undefined) return undefined;
  const { schema, zeroThreshold, zeroCount, positive } = native;
  const buckets = Object.fromEntries(positive.indexes.map((index, i) => [index, positive.counts[i]]));
  return { schema, zero: [zeroThreshold, zeroCount], buckets };
}

const NONE = 2 ** -128;

test("the increases of several sources are added up at the coarser schema", () => {
  const relay = newRelay();
  push(relay, "a", { schema: 0, counts: [10, 0, 10] });
  push(relay, "b", { schema: 1, counts: [] });
  push(relay, "a", { schema: 0, counts: [11, 0, 13] });
  push(relay, "b", { schema: 1, counts: [1, 2, 3, 4] });
  // What a had counted before is a baseline. Buckets 1 and 2 of schema 1 are bucket 1 of schema 0.
  expect(merged(relay)).toEqual({ schema: 0, zero: [NONE, 0], buckets: { 1: 4, 2: 7, 3: 3 } });
  expect(shownHistogram(relay.view("merged"), "h", LABELS)).toEqual({ "+Inf": 14, count: 14, sum: 28 });
});

test("the zero bucket is widened to the larger threshold", () => {
  const relay = newRelay();
  push(relay, "a", { schema: 0, counts: [] });
  push(relay, "b", { schema: 0, counts: [], zeroThreshold: 2 });
  push(relay, "a", { schema: 0, counts: [1, 2, 4], zero: 8 });
  push(relay, "b", { schema: 0, counts: [0, 16], zero: 32, zeroThreshold: 2 });
  expect(merged(relay)).toEqual({ schema: 0, zero: [2, 41], buckets: { 2: 18, 3: 4 } });
});

test("a source that changes schema and threshold goes on exactly", () => {
  const relay = newRelay();
  push(relay, "a", { schema: 1, counts: [] });
  push(relay, "a", { schema: 1, counts: [1, 1, 1, 1] });
  push(relay, "a", { schema: 0, counts: [2, 5] });
  push(relay, "a", { schema: 0, counts: [0, 5], zero: 3, zeroThreshold: 2 });
  expect(merged(relay)).toEqual({ schema: 0, zero: [2, 3], buckets: { 2: 5 } });
});

test("a restart is decided by the count", () => {
  const relay = newRelay();
  push(relay, "a", { schema: 0, counts: [] });
  push(relay, "a", { schema: 0, counts: [5, 5] });
  push(relay, "a", { schema: 0, counts: [1] });
  push(relay, "a", { schema: 0, counts: [1, 0, 1] });
  expect(merged(relay)).toEqual({ schema: 0, zero: [NONE, 0], buckets: { 1: 6, 2: 5, 3: 1 } });
});

test("a bucket that falls while the count rises contradicts it: nothing is added, of nothing", () => {
  const relay = newRelay();
  push(relay, "a", { schema: 0, counts: [] }, 0);
  push(relay, "a", { schema: 0, counts: [5, 5] }, 5);
  push(relay, "a", { schema: 0, counts: [4, 9] }, 5);
  expect(merged(relay)).toEqual({ schema: 0, zero: [NONE, 0], buckets: { 1: 5, 2: 5 } });
  expect(shownHistogram(relay.view("merged"), "h", LABELS)).toEqual({ 1: 5, "+Inf": 10, count: 10, sum: 20 });
  expect(relay.tally("sluice_left_out_series_total", 'reason="quarantined"')).toBe(1);
});

test("where one source counts in classic buckets alone there is no native histogram of them all", () => {
  const relay = newRelay();
  for (const n of [0, 1]) {
    push(relay, "a", { schema: 0, counts: [n] }, n);
    push(relay, "b", n, n);
  }
  expect(merged(relay)).toBeUndefined();
  expect(shownHistogram(relay.view("merged"), "h", LABELS)).toEqual({ 1: 2, "+Inf": 2, count: 2, sum: 4 });
});

test("an operator's undo begins it anew", () => {
  const relay = newRelay();
  push(relay, "a", { schema: 0, counts: [0] });
  push(relay, "a", { schema: 0, counts: [3] });
  relay.undo(`h_count{job="shop"}`);
  push(relay, "a", { schema: 0, counts: [3, 1] });
  expect(merged(relay)).toEqual({ schema: 0, zero: [NONE, 0], buckets: { 2: 1 } });
});

test("many partitions add up to what one would have", () => {
  const histories = [1, 8].map((partitions) => {
    const relay = newRelay(partitions);
    for (const n of [0, 1, 2]) {
      for (let i = 0; i < 12; i += 1) {
        const schema = i % 5;
        push(relay, `i${i}`, { schema, zeroThreshold: i / 40, zero: n, counts: [n * i, 2 * n, n] });
      }
    }
    return merged(relay);
  });
  expect(histories[0]).toBeDefined();
  expect(histories[0]).toEqual(histories[1]);
});

test("a restart of the relay keeps the merged histogram, and what each source had last", () => {
  for (const isOrderly of [false, true]) {
    const relay = newRelay(4, createKeptStore());
    push(relay, "a", { schema: 0, counts: [] }, 0);
    push(relay, "b", { schema: 0, counts: [] }, 0);
    push(relay, "a", { schema: 0, counts: [1, 2] }, 1);
    if (isOrderly) relay.close();
    relay.restart();
    push(relay, "a", { schema: 0, counts: [1, 3] }, 1);
    push(relay, "b", { schema: 0, counts: [5] }, 4);
    push(relay, "c", 0);
    expect(merged(relay)).toEqual({ schema: 0, zero: [NONE, 0], buckets: { 1: 6, 2: 3 } });
    expect(shownHistogram(relay.view("merged"), "h", LABELS)).toEqual({ 1: 5, "+Inf": 9, count: 9, sum: 18 });
    // What has no boundary at all lacks one.
    expect(relay.tally("sluice_histogram_layout_conflicts_total", 'family="h"')).toBe(1);
  }
});
