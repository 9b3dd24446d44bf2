import { labelBoundOptions } from "../platform/config/label-bound-options.ts";
import type { FoldConfig } from "../platform/config/fold-config.ts";
import type { ForwardConfig } from "../platform/config/forward-options.ts";
import { forwardOptions } from "../platform/config/forward-options.ts";
import { mergeOptions } from "../platform/config/merge-options.ts";
import type { OptionTable } from "../platform/config/option.ts";
import type { RelayConfig } from "../platform/config/relay-options.ts";
import { relayOptions } from "../platform/config/relay-options.ts";
import { sizeBytes } from "../platform/config/size.ts";
import { count, secretText, toggle } from "../platform/config/value-kinds.ts";

/** What the operator of a site decided. The bounds on series and sources are of what one partition holds: no object knows what the others do. */
export interface EdgeConfig extends FoldConfig, ForwardConfig, RelayConfig {
  /** How many there are was decided at the first deployment. */
  readonly partitions: number;
  /** Secrets; empty where there is none, and then nobody may do it. */
  readonly pushToken: string;
  readonly readToken: string;
  readonly adminToken: string;
  /** Goes to the relay that gets the merged view; empty where it asks for none. */
  readonly forwardToken: string;
  /** Whether anybody may push and read without a token. */
  readonly open: boolean;

  readonly maxBodyBytes: number;
  /** Of all bodies that one isolate has at once. */
  readonly maxInflightBytes: number;
  /** About how much memory what was pushed may take in one isolate. */
  readonly maxHeldBytes: number;
}

const MAX_PARTITIONS = 256;
const MIB = 2 ** 20;
/** An isolate has 128 MB. Some 10 MB of these are the program, and scrapes need room beside what is held. */
const LARGEST_BODY_BYTES = 24 * MIB;
const MOST_INFLIGHT_BYTES = 48 * MIB;
const MOST_HELD_BYTES = 80 * MIB;
/** Of 8 to 16 µs each, where none is known. */
const MOST_SERIES_PER_PUSH = 500_000;

const token = secretText("<token>");

/** Every option of a site. Those that Node's relay has too keep their names and defaults: `--flink.level` is `SLUICE_FLINK_LEVEL`. */
export const edgeOptions: OptionTable<EdgeConfig> = {
  partitions: {
    flag: "--partitions",
    group: "Site",
    kind: count(MAX_PARTITIONS),
    default: 16,
    help: "How many Durable Objects hold what is pushed; it can be chosen before the first push only.",
  },
  pushToken: {
    flag: "--push-token",
    group: "Secrets",
    kind: token,
    default: "",
    help: "Lets its bearer push and delete groups.",
    refuse: refuseShort,
  },
  readToken: {
    flag: "--read-token",
    group: "Secrets",
    kind: token,
    default: "",
    help: "Lets its bearer scrape, and read everything else.",
    refuse: refuseShort,
  },
  adminToken: {
    flag: "--admin-token",
    group: "Secrets",
    kind: token,
    default: "",
    help: "Lets its bearer do all of that, and delete what many have pushed.",
    refuse: refuseShort,
  },
  open: {
    flag: "--open",
    group: "Site",
    kind: toggle,
    default: false,
    help: "Whether everybody may do everything: for a site on one's own machine.",
  },
  ...forwardOptions,
  forwardToken: {
    flag: "--forward.token",
    group: "Secrets",
    kind: token,
    default: "",
    help: "Goes to SLUICE_FORWARD_URL as a bearer.",
  },
  openMetrics: relayOptions.openMetrics,
  utf8Names: relayOptions.utf8Names,
  uncheckedPushes: relayOptions.uncheckedPushes,
  view: relayOptions.view,
  staleness: relayOptions.staleness,
  rollupLingerMs: relayOptions.rollupLingerMs,
  ...mergeOptions,
  maxBodyBytes: {
    flag: "--limit.body-bytes",
    group: "Limits",
    kind: sizeBytes,
    default: 16 * MIB,
    help: "The largest body of a push.",
    refuse: (bytes) =>
      bytes <= LARGEST_BODY_BYTES
        ? undefined
        : "expected 24MiB at most: an isolate has 128 MB for all that it does",
  },
  maxInflightBytes: {
    flag: "--limit.inflight-bytes",
    group: "Limits",
    kind: sizeBytes,
    default: 32 * MIB,
    help: "The most that the bodies of pushes may take at once in one isolate, which has 128 MB.",
    refuse: (bytes) =>
      bytes <= MOST_INFLIGHT_BYTES
        ? undefined
        : "expected 48MiB at most: an isolate has 128 MB for all that it does",
  },
  maxHeldBytes: {
    flag: "--limit.held-bytes",
    group: "Limits",
    kind: sizeBytes,
    default: 64 * MIB,
    help: "About how much memory what was pushed may take in one isolate, which has 128 MB.",
    refuse: (bytes) =>
      bytes <= MOST_HELD_BYTES
        ? undefined
        : "expected 80MiB at most: an isolate has 128 MB for all that it does",
  },
  maxSeriesPerPush: {
    ...relayOptions.maxSeriesPerPush,
    refuse: (series) =>
      series <= MOST_SERIES_PER_PUSH
        ? undefined
        : `expected ${MOST_SERIES_PER_PUSH} at most: a call has 30 s of processor time`,
  },
  maxTombstonesPerSource: relayOptions.maxTombstonesPerSource,
  maxSeriesPerJob: {
    flag: "--limit.series-per-job",
    group: "Limits",
    kind: count(),
    default: 200_000,
    help: "The most series of one job in one partition.",
  },
  maxSeries: {
    flag: "--limit.series",
    group: "Limits",
    kind: count(),
    default: 200_000,
    help: "The most series in one partition, whose object has 128 MB.",
  },
  maxSources: {
    flag: "--limit.sources",
    group: "Limits",
    kind: count(),
    default: 5_000,
    help: "The most groups, and processes behind them, in one partition.",
  },
  ...labelBoundOptions,
  allSources: relayOptions.allSources,
};

const SHORTEST_TOKEN = 16;

function refuseShort(given: string): string | undefined {
  const isSafe = given === "" || (given.length >= SHORTEST_TOKEN && /^[A-Za-z0-9_.~-]+$/.test(given));
  return isSafe ? undefined : `expected ${SHORTEST_TOKEN} or more of the characters A-Z a-z 0-9 - _ . ~`;
}
