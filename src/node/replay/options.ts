import type { OptionTable, ValueKind } from "../../platform/config/option.ts";
import { relayUrl } from "../config/relay-url.ts";
import { toggle } from "../../platform/config/value-kinds.ts";

export interface ReplayOptions {
  readonly relay: URL;
  readonly speed: number;
  readonly loop: boolean;
}

const factor: ValueKind<number> = {
  placeholder: "<factor>",
  expects: "a number above 0 such as 1, 10 or 0.5",
  parse: (given) => (/^\d+(\.\d+)?$/.test(given) && Number(given) > 0 ? Number(given) : undefined),
  render: String,
};

export const replayOptions: OptionTable<ReplayOptions> = {
  relay: {
    flag: "--url",
    group: "Replay",
    kind: relayUrl,
    default: new URL("http://127.0.0.1:9091"),
    help: "Where to send the recording; a path in it goes before that of every request.",
  },
  speed: {
    flag: "--speed",
    group: "Replay",
    kind: factor,
    default: 1,
    help: "How many times faster than it was recorded.",
  },
  loop: {
    flag: "--loop",
    group: "Replay",
    kind: toggle,
    default: false,
    help: "Start again at the end, each time as new processes that run new jobs.",
  },
};
