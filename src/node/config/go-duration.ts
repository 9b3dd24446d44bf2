import { durationMs } from "../../platform/config/duration.ts";
import type { ValueKind } from "../../platform/config/option.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000_001,
};

const PART = /(\d+\.?\d*|\.\d+)(h|ms|m|s|us|[µμ]s|ns)/y;

/**
 * A duration as Go's `time.ParseDuration` reads it (`1.5h`, `1m30s`), in milliseconds: what Pushgateway's own
 * flags and web configuration take. Below a millisecond it is a fraction.
 */
export const goDurationMs: ValueKind<number> = {
  placeholder: "<duration>",
  expects: "a duration such as 90s, 5m or 1.5h",
  parse(text) {
    if (text === "0") return 0;
    let ms = 0;
    PART.lastIndex = 0;
    for (let end = 0; end < text.length || end === 0; end = PART.lastIndex) {
      const [, count = "", unit = ""] = PART.exec(text) ?? [];
      if (count === "") return undefined;
      ms += Number(count) * (UNIT_MS[unit.replace("μ", "µ")] ?? Number.NaN);
    }
    return Number.isFinite(ms) ? ms : undefined;
  },
  render: (ms) => durationMs.render(ms),
};
