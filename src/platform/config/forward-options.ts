import { durationMs } from "./duration.ts";
import { gatewayUrl } from "./gateway-url.ts";
import type { OptionTable } from "./option.ts";
import { textLike } from "./value-kinds.ts";

/** Where the merged view goes besides to who scrapes it. */
export interface ForwardConfig {
  /** The relay that gets it; empty if there is none. May hold a password. */
  readonly forwardUrl: string;
  /** The name of this relay there; empty for one that it makes and remembers. */
  readonly forwardId: string;
  readonly forwardIntervalMs: number;
}

const SHORTEST_INTERVAL_MS = 1_000;
/** What has begun more than 70 s before the other relay hears of it is not counted whole there. */
const LONGEST_INTERVAL_MS = 60_000;

/** The same on every platform. */
export const forwardOptions: OptionTable<ForwardConfig> = {
  forwardUrl: {
    flag: "--forward.url",
    group: "Forwarding",
    kind: gatewayUrl,
    default: "",
    help: "Another Sluice that gets the merged view, and adds its counters to those of the relays beside this one.",
  },
  forwardId: {
    flag: "--forward.id",
    group: "Forwarding",
    kind: textLike(
      "<name>",
      "up to 63 of the characters A-Z a-z 0-9 . _ -, the first a letter or digit",
      /^([A-Za-z0-9][A-Za-z0-9._-]{0,62})?$/,
    ),
    default: "",
    derived: "a name that is made once and stored",
    help: "The name of this relay at the one that --forward.url names, as sluice_relay; no two may have the same.",
  },
  forwardIntervalMs: {
    flag: "--forward.interval",
    group: "Forwarding",
    kind: durationMs,
    default: 10_000,
    help: "How often the merged view is forwarded.",
    refuse: (ms) =>
      ms >= SHORTEST_INTERVAL_MS && ms <= LONGEST_INTERVAL_MS ? undefined : "expected 1s to 1m",
  },
};
