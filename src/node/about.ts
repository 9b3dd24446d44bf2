import type { About } from "../http/api/status.ts";
import { version } from "./cli/version.ts";
import type { Config } from "./config/config.ts";
import { durationMs } from "../platform/config/duration.ts";
import { goDurationMs } from "./config/go-duration.ts";
import { options } from "./config/options.ts";
import type { Option } from "../platform/config/option.ts";
import { optionsOf } from "../platform/config/option.ts";

/** What the relay says about itself to whoever asks, in a Pushgateway's terms. */
export function about(config: Config, startMs: number): About {
  return {
    build: {
      branch: "",
      buildDate: "",
      buildUser: "",
      goVersion: `node${process.versions.node}`,
      revision: "",
      version,
    },
    flags: Object.fromEntries(flagsOf(config)),
    startTime: new Date(startMs).toISOString(),
  };
}

function flagsOf(config: Config): [name: string, value: string][] {
  const values = new Map<string, unknown>(Object.entries(config));
  return optionsOf(options).map(([name, option]) => [
    option.flag.slice(2),
    renderValue(option, values.get(name)),
  ]);
}

function renderValue({ kind }: Option<unknown>, value: unknown): string {
  if (typeof value === "boolean") return String(value);
  const isDuration = kind === durationMs || kind === goDurationMs;
  return isDuration && typeof value === "number" ? goDuration(value) : kind.render(value);
}

/** As Go prints durations: `5m0s`, `1h0m0s`, `1.5s`. */
function goDuration(ms: number): string {
  const [hours, minutes, seconds] = [
    Math.floor(ms / 3_600_000),
    Math.floor(ms / 60_000) % 60,
    (ms % 60_000) / 1000,
  ];
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
