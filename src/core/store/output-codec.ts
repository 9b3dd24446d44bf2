import type { Feeds, FeedList } from "../partition/feeds.ts";
import type { HistogramFeed } from "../partition/histogram-feeds.ts";
import type { Output } from "../rollup/output.ts";
import type { OutputTable } from "../rollup/output-table.ts";
import { createOutputTable } from "../rollup/output-table.ts";
import type { Codec } from "./codec.ts";
import { data, integers, mapOf, optional, record } from "./codec.ts";
import { shared, sharedList } from "./shared.ts";

const outputCodec: Codec<Output> = record({
  family: data<string>(),
  suffix: data<Output["suffix"]>(),
  labels: data<string>(),
  type: data<Output["type"]>(),
  function: data<Output["function"]>(),
  companions: data<Output["companions"]>(),
  perProcess: data<boolean>(),
  origin: data<number>(),
  boundaries: data<Output["boundaries"]>(),
  hi: data<number>(),
  lo: data<number>(),
  native: data<Output["native"]>(),
  contributors: data<number>(),
  lastLiveMs: data<number>(),
  isRetired: data<boolean>(),
  formerRule: data<Output["formerRule"]>(),
  uncounted: data<Output["uncounted"]>(),
  epochWallMs: data<number>(),
  // Rows are counted anew.
  row: { write: () => undefined, read: () => -1 },
});

/** What feeds it may know an output that the table no longer has. */
const OUTPUTS = "outputs";
export const outputRef: Codec<Output> = shared(OUTPUTS, outputCodec);
const outputRefs: Codec<readonly Output[]> = sharedList(OUTPUTS, outputCodec);

/** In its order, which is that of the lines of a view. */
export const outputTableCodec: Codec<OutputTable> = {
  write: ({ families }, writing) =>
    outputRefs.write(
      [...families.values()].flatMap(({ outputs }) => Array.from(outputs.values())),
      writing,
    ),
  read: (stored, reading) => createOutputTable(outputRefs.read(stored, reading)),
};

const feedListCodec: Codec<FeedList> = record({
  samples: integers,
  outputs: outputRefs,
  skips: sharedList("skips", data<readonly number[]>(), (skip) => skip.join()),
});

const histogramCodec: Codec<HistogramFeed> = record({
  identity: data<string>(),
  buckets: integers,
  infinity: data<number>(),
  sum: data<number>(),
  outputs: record({ buckets: outputRefs, infinity: outputRef, sum: optional(outputRef), count: outputRef }),
});

export const feedsRef: Codec<Feeds> = shared(
  "feeds",
  record({
    counters: feedListCodec,
    histograms: mapOf<number, HistogramFeed>(histogramCodec),
    followers: feedListCodec,
    gauges: feedListCodec,
    intervals: feedListCodec,
    summaries: data<Feeds["summaries"]>(),
    countless: integers,
    conflicts: integers,
    unsettled: integers,
    otherLayouts: integers,
  }),
);
