import type { ValueKind } from "./option.ts";

/** Longest first: the order in which Prometheus wants them written. */
const UNITS_MS = [
  ["y", 31_536_000_000],
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** A duration in Prometheus style (`90s`, `1h30m`), in milliseconds. */
export const durationMs: ValueKind<number> = {
  placeholder: "<duration>",
  expects: "a duration such as 90s, 15m or 1h30m",
  parse: parseDurationMs,
  render: renderDurationMs,
};

function parseDurationMs(text: string): number | undefined {
  if (text === "0") return 0;
  const counts = text === "" ? null : DURATION.exec(text);
  if (counts === null) return undefined;
  const ms = UNITS_MS.reduce((sum, [, unitMs], i) => sum + Number(counts[i + 1] ?? 0) * unitMs, 0);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** Days are the longest unit written: a week or a year is a round number to nobody who reads a limit. */
function renderDurationMs(ms: number): string {
  let rest = ms;
  let text = "";
  for (const [unit, unitMs] of UNITS_MS.slice(2)) {
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text === "" ? "0s" : text;
}
