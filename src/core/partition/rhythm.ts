/** How often a source pushes, as far as it has shown. All times are observed milliseconds. */
export interface Rhythm {
  /** The last gaps between applied pushes that were no repeats, oldest first. */
  gapsMs: number[];
  /** Undefined before the first push. */
  lastPushMs: number | undefined;
  /** Twice the limit: it has come back soon after an expiry once. */
  doubled: boolean;
}

/** `auto` learns from the gaps; `never` and a number of milliseconds are an operator's word. */
export type StalenessSetting = "auto" | "never" | number;

const KEPT_GAPS = 8;
const KNOWN_AFTER = 4;
const UNKNOWN_LIMIT_MS = 5 * 60_000;
const SHORTEST_LIMIT_MS = 60_000;
const LONGEST_LIMIT_MS = 5 * 60_000;
/** Flink's client waits 10 s to connect and 10 s for an answer: one slow reply must never expire a source. */
const CLIENT_TIMEOUTS_MS = 20_000;

export function createRhythm(): Rhythm {
  return { gapsMs: [], lastPushMs: undefined, doubled: false };
}

/** How long a source may be silent before it is stale: `clamp(3·I + 20 s, 60 s, max(5 min, 2·I))`. */
export function silenceLimitMs(rhythm: Rhythm, setting: StalenessSetting): number {
  if (setting === "never") return Number.POSITIVE_INFINITY;
  const limit = setting === "auto" ? learnedLimitMs(rhythm.gapsMs) : setting;
  return rhythm.doubled ? 2 * limit : limit;
}

/** Notes a push that was applied. A repeat of an earlier body says nothing about the interval. */
export function notePush(rhythm: Rhythm, observedMs: number, isRepeat: boolean): void {
  if (isRepeat) return;
  if (rhythm.lastPushMs !== undefined) rhythm.gapsMs.push(observedMs - rhythm.lastPushMs);
  if (rhythm.gapsMs.length > KEPT_GAPS) rhythm.gapsMs.shift();
  rhythm.lastPushMs = observedMs;
}

function learnedLimitMs(gapsMs: readonly number[]): number {
  if (gapsMs.length < KNOWN_AFTER) return UNKNOWN_LIMIT_MS;
  const interval = Math.max(...gapsMs);
  const longest = Math.max(LONGEST_LIMIT_MS, 2 * interval);
  return Math.min(Math.max(3 * interval + CLIENT_TIMEOUTS_MS, SHORTEST_LIMIT_MS), longest);
}
