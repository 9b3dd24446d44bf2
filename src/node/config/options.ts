import { availableParallelism } from "node:os";
import { limitOptions } from "../limits/limit-options.ts";
import { isToken, TOKEN_FORM } from "../path-token/path-tokens.ts";
import type { FlagConfig } from "./config.ts";
import { forwardOptions } from "../../platform/config/forward-options.ts";
import { relayOptions } from "../../platform/config/relay-options.ts";
import { gatewayUrl } from "../../platform/config/gateway-url.ts";
import { goDurationMs } from "./go-duration.ts";
import { listenAddresses, refuseVsock } from "./listen-address.ts";
import { mergeOptions } from "../../platform/config/merge-options.ts";
import type { OptionTable } from "../../platform/config/option.ts";
import { withoutUser } from "../../platform/config/without-user.ts";
import { choice, count, secretText, text, textLike, toggle } from "../../platform/config/value-kinds.ts";

/** A partition has one writer, so more threads than the 64 partitions would have nothing to write. */
const MAX_THREADS = 64;

const path = textLike("<path>", "a path such as /metrics", /^\/[^?#\s]*$/);
const url = {
  ...textLike(
    "<url>",
    "a URL such as https://metrics.example.org/push, or its path",
    /^$|^https?:\/\/[^/?#\s]+(\/[^?#\s]*)?$|^\/[^?#\s]*$/,
  ),
  render: withoutUser,
};
const prefix = textLike("<path>", "a path such as /push", /^[^?#\s]*$/);

/** Every option of the relay, in the order of the help text. Pushgateway's keep their names. */
export const options: OptionTable<FlagConfig> = {
  configFile: {
    flag: "--config.file",
    group: "Configuration",
    kind: text("<file>"),
    default: "",
    help: "The YAML file with rules for metrics that are not Flink's own; it is read again on SIGHUP and when it changes.",
  },

  webConfigFile: {
    flag: "--web.config.file",
    group: "Web",
    kind: text("<file>"),
    default: "",
    help: "The YAML file with TLS, users and headers, in the format of Prometheus's exporters; a change takes effect within seconds.",
  },
  listenAddresses: {
    flag: "--web.listen-address",
    group: "Web",
    kind: listenAddresses,
    default: [{ host: undefined, port: 9091 }],
    help: "Where to listen for pushes and scrapes; give it again for each further address.",
    refuse: refuseVsock,
  },
  pathToken: {
    flag: "--web.path-token",
    group: "Web",
    kind: secretText("<token>"),
    default: "",
    help: "A secret that must stand as the first segment of the path of a request, for clients that can send no header, as Flink.",
    refuse: (token) => (token === "" || isToken(token) ? undefined : `expected ${TOKEN_FORM}`),
    warn: (token) =>
      token === ""
        ? undefined
        : "every user of this machine sees it in the list of processes: --web.path-token-file hides it",
  },
  pathTokenFile: {
    flag: "--web.path-token-file",
    group: "Web",
    kind: text("<file>"),
    default: "",
    help: "The file with such secrets, one a line; each of them counts, and a change takes effect at once.",
  },
  systemdSocket: {
    flag: "--web.systemd-socket",
    group: "Web",
    kind: toggle,
    default: false,
    help: "Listen on the sockets that systemd passes (a .socket unit), instead of on --web.listen-address.",
  },
  telemetryPath: {
    flag: "--web.telemetry-path",
    group: "Web",
    kind: path,
    default: "/metrics",
    help: "Where scrapes are answered; pushes stay at /metrics/job/….",
  },
  externalUrl: {
    flag: "--web.external-url",
    group: "Web",
    kind: url,
    default: "",
    help: "The URL under which others reach this relay, if a proxy stands before it.",
  },
  routePrefix: {
    flag: "--web.route-prefix",
    group: "Web",
    kind: prefix,
    default: "",
    derived: "the path of --web.external-url",
    help: "The path below which all routes stand.",
  },
  lifecycle: {
    flag: "--web.enable-lifecycle",
    group: "Web",
    kind: toggle,
    default: false,
    help: "Answer POST and PUT of /-/reload by reading --config.file again, and of /-/quit by ending the process.",
  },
  adminApi: {
    flag: "--web.enable-admin-api",
    group: "Web",
    kind: toggle,
    default: false,
    help: "Answer PUT of /api/v1/admin/wipe and DELETE of /api/v1/groups by deleting what was pushed, of /api/v1/outputs by letting merged counters begin anew.",
  },
  openMetrics: relayOptions.openMetrics,
  localAssets: {
    flag: "--web.local-assets",
    group: "Web",
    kind: text("<folder>"),
    default: "",
    help: "Accepted for the sake of Debian's Pushgateway, without effect: what is served lies in the program.",
    warn: (folder) =>
      folder === "" ? undefined : "has no effect: what is served lies in the program, not in a folder",
  },

  utf8Names: relayOptions.utf8Names,
  uncheckedPushes: relayOptions.uncheckedPushes,

  teeUrl: {
    flag: "--tee.url",
    group: "Push",
    kind: gatewayUrl,
    default: "",
    help: "Another gateway that gets a copy of each push and DELETE, best effort: for a trial beside the old one.",
  },

  ...forwardOptions,
  forwardTokenFile: {
    flag: "--forward.token-file",
    group: "Forwarding",
    kind: text("<file>"),
    default: "",
    help: "The file with a token that goes to --forward.url as a bearer, as a relay on Workers wants it; it is read again each time.",
  },

  view: relayOptions.view,
  staleness: relayOptions.staleness,
  rollupLingerMs: relayOptions.rollupLingerMs,
  ...mergeOptions,

  threads: {
    flag: "--threads",
    group: "Limits",
    kind: count(MAX_THREADS),
    default: threadsFor(availableParallelism()),
    derived: "min(8, cores)",
    help: "How many threads take pushes.",
  },
  ...limitOptions,

  storagePath: {
    flag: "--storage.path",
    group: "Storage",
    kind: text("<folder>"),
    default: "data",
    derived: "data, or what --persistence.file says",
    help: "The folder that what is pushed is stored in, so that a restart forgets nothing; empty keeps it in memory.",
  },
  persistenceFile: {
    flag: "--persistence.file",
    group: "Storage",
    kind: text("<file>"),
    default: "",
    help: "A Pushgateway's name for it: without --storage.path the folder is this file's name with .d behind it; empty keeps everything in memory.",
  },
  persistenceIntervalMs: {
    flag: "--persistence.interval",
    group: "Storage",
    kind: goDurationMs,
    default: 300_000,
    help: "Accepted for a Pushgateway's sake, without effect: a push is stored before it is answered.",
    warn: () => "has no effect: a push is stored before it is answered",
  },

  allSources: relayOptions.allSources,
  logLevel: {
    flag: "--log.level",
    group: "Logging",
    kind: choice("debug", "info", "warn", "error"),
    default: "info",
    help: "The least severe messages to log.",
  },
  logFormat: {
    flag: "--log.format",
    group: "Logging",
    kind: choice("logfmt", "json"),
    default: "logfmt",
    help: "How log lines are written; they go to standard error.",
  },
};

/**
 * One for each core, though the main thread needs one as well: bodies arrive side by side, so it waits while they
 * are folded and the threads wait while they arrive (two cores: 2,200 pushes/s with one thread, 2,900 with two).
 * Beyond eight the main thread is the limit.
 */
export function threadsFor(cores: number): number {
  return Math.min(8, cores);
}
