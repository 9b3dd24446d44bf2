import type { FoldConfig } from "./fold-config.ts";
import { durationMs } from "./duration.ts";
import type { OptionTable } from "./option.ts";
import { stalenessRule } from "./staleness.ts";
import { choice, count, toggle } from "./value-kinds.ts";

/** What the operator of any relay decides about pushes and views. */
export interface RelayConfig extends Pick<
  FoldConfig,
  "utf8Names" | "uncheckedPushes" | "staleness" | "maxSeriesPerPush" | "maxTombstonesPerSource"
> {
  /** Whether a scraper that asks for OpenMetrics gets it. */
  readonly openMetrics: boolean;
  /** What a scrape without `?view=` gets. */
  readonly view: "merged" | "raw";
  /** How long an output without live contributors stays in the merged view. */
  readonly rollupLingerMs: number;
  /** Whether each source has a metric of its own, however many there are. */
  readonly allSources: boolean;
}

/** The same on every platform. A table takes them one by one, for its own order is that of the help text. */
export const relayOptions: OptionTable<RelayConfig> = {
  openMetrics: {
    flag: "--web.openmetrics",
    group: "Web",
    kind: toggle,
    default: false,
    help: "Answer a scraper that asks for OpenMetrics with that; counters whose names do not end in _total are unknown in it.",
  },
  utf8Names: {
    flag: "--push.enable-utf8-names",
    group: "Push",
    kind: toggle,
    default: false,
    help: "Take metric and label names of any UTF-8: in quotes in text, and in the path as U__ and its escapes.",
  },
  uncheckedPushes: {
    flag: "--push.disable-consistency-check",
    group: "Push",
    kind: toggle,
    default: false,
    help: "Answer pushes 202 and refuse none for what others push; series that cannot stand beside theirs are left out.",
  },
  view: {
    flag: "--view",
    group: "View",
    kind: choice("merged", "raw"),
    default: "merged",
    help: "What a scrape without ?view= gets: fleets rolled up, or what a Pushgateway would show.",
  },
  staleness: {
    flag: "--staleness",
    group: "View",
    kind: stalenessRule,
    default: "auto",
    help: "How long a source of a fleet may be silent before it leaves; auto learns it from the intervals of its pushes, a minute at least.",
  },
  rollupLingerMs: {
    flag: "--rollup-linger",
    group: "View",
    kind: durationMs,
    default: 900_000,
    help: "How long a rolled-up counter stays after the last source that fed it has left.",
  },
  allSources: {
    flag: "--telemetry.sources",
    group: "Logging",
    kind: toggle,
    default: false,
    help: "Show sluice_source_last_push_timestamp_seconds for each source even where there are more than 1,000.",
  },
  maxSeriesPerPush: {
    flag: "--limit.series-per-push",
    group: "Limits",
    kind: count(),
    default: 50_000,
    help: "The most series in one push.",
  },
  maxTombstonesPerSource: {
    flag: "--limit.tombstones",
    group: "Limits",
    kind: count(),
    default: 10_000,
    help: "The most series of one source that are gone and still remembered, so that they may return.",
  },
};
