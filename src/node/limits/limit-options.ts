import { durationMs } from "../../platform/config/duration.ts";
import type { OptionTable } from "../../platform/config/option.ts";
import { sizeBytes } from "../../platform/config/size.ts";
import { labelBoundOptions } from "../../platform/config/label-bound-options.ts";
import { relayOptions } from "../../platform/config/relay-options.ts";
import { count } from "../../platform/config/value-kinds.ts";
import type { LimitConfig } from "./limit-config.ts";

/** Nobody means no time at all. */
function refuseZero(ms: number): string | undefined {
  return ms > 0 ? undefined : "expected a duration above 0";
}

/** Defaults suit a fleet of 1,000 TaskManagers of some 3,000 series each, which push every ten seconds or less often. */
export const limitOptions: OptionTable<LimitConfig> = {
  maxHeaderBytes: {
    flag: "--limit.header-bytes",
    group: "Limits",
    kind: sizeBytes,
    default: 16 * 2 ** 10,
    help: "The largest head of a request: its first line, in which the grouping key stands, and its headers.",
  },
  maxBodyBytes: {
    flag: "--limit.body-bytes",
    group: "Limits",
    kind: sizeBytes,
    default: 16 * 2 ** 20,
    help: "The largest body of a push, as it comes and as it decodes.",
  },
  maxInflightBytes: {
    flag: "--limit.inflight-bytes",
    group: "Limits",
    kind: sizeBytes,
    default: 256 * 2 ** 20,
    help: "The bytes of all bodies that are being received or wait for their thread; past it, pushes get 503.",
  },
  maxInflightRequests: {
    flag: "--limit.inflight-requests",
    group: "Limits",
    kind: count(),
    default: 4096,
    help: "The most pushes that are being received or wait for their thread; past it, pushes get 503.",
  },
  maxWaitingBytes: {
    flag: "--limit.waiting-bytes",
    group: "Limits",
    kind: sizeBytes,
    default: 128 * 2 ** 20,
    help: "The same bytes for the groups of one thread, so that one that is slow leaves room for the others.",
  },
  maxWaitingMs: {
    flag: "--limit.waiting-time",
    group: "Limits",
    kind: durationMs,
    default: 500,
    help: "How long a push may wait for a thread that works off others; past it, pushes to that thread get 503.",
    refuse: refuseZero,
  },
  maxRequestMs: {
    flag: "--limit.request-time",
    group: "Limits",
    kind: durationMs,
    default: 60_000,
    help: "How long a client may take to send a request; then it gets 408.",
    refuse: refuseZero,
  },
  maxIdleMs: {
    flag: "--limit.idle-time",
    group: "Limits",
    kind: durationMs,
    // Flink's client drops a connection after 5 s unless it is told otherwise, and it pushes every ten seconds or every minute.
    default: 76_000,
    help: "How long a connection is kept on which nothing is asked.",
    refuse: refuseZero,
  },
  maxConnections: {
    flag: "--limit.connections",
    group: "Limits",
    kind: count(),
    default: 10_000,
    help: "The most connections; one more closes that on which nothing has been asked for longest.",
  },
  maxSeriesPerPush: relayOptions.maxSeriesPerPush,
  maxSeriesPerJob: {
    flag: "--limit.series-per-job",
    group: "Limits",
    kind: count(),
    default: 5_000_000,
    help: "The most series of one job; a fleet is one job, whatever suffixes its TaskManagers have.",
  },
  maxSeries: {
    flag: "--limit.series",
    group: "Limits",
    kind: count(),
    default: 10_000_000,
    help: "The most series in all; each takes some hundred bytes of memory.",
  },
  maxSources: {
    flag: "--limit.sources",
    group: "Limits",
    kind: count(),
    default: 50_000,
    help: "The most groups, and processes behind them, those of the last day among them; who has departed makes room for who is new.",
  },
  ...labelBoundOptions,
  maxTombstonesPerSource: relayOptions.maxTombstonesPerSource,
};
