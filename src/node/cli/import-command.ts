import { readCommandLine } from "../config/command-line.ts";
import type { OptionTable } from "../../platform/config/option.ts";
import { relayUrl } from "../config/relay-url.ts";
import { toggle } from "../../platform/config/value-kinds.ts";
import { gatewayAt, ImportError } from "../import/gateway.ts";
import { importGroups } from "../import/import-groups.ts";
import { FAILED, MISUSED, OK } from "./exit-codes.ts";
import { renderHelp } from "./help.ts";
import { printErrors, type Streams } from "./streams.ts";

const USAGE = `Copies the groups of a running Pushgateway to a relay, each under its own key, with types and HELP.

  sluice import --from=<pushgateway> [--to=<relay>] [flags]

The times of pushes cannot be kept: push_time_seconds is the time of the import. The exit code is 1 if a group was
not copied, or not whole. Users stand in the URLs: http://user:password@host:9091.
`;

interface ImportFlags {
  readonly from: URL | undefined;
  readonly to: URL;
  readonly isDryRun: boolean;
}

const importOptions: OptionTable<ImportFlags> = {
  from: {
    flag: "--from",
    group: "Import",
    kind: {
      placeholder: "<pushgateway>",
      expects: "the URL of a Pushgateway such as http://old-gateway:9091",
      parse: (given) => relayUrl.parse(given),
      render: (url) => (url === undefined ? "" : relayUrl.render(url)),
    },
    default: undefined,
    help: "The Pushgateway to read from; a path in it is its route prefix.",
  },
  to: {
    flag: "--to",
    group: "Import",
    kind: relayUrl,
    default: new URL("http://127.0.0.1:9091"),
    help: "The relay to push to; a path in it is its route prefix.",
  },
  isDryRun: {
    flag: "--dry-run",
    group: "Import",
    kind: toggle,
    default: false,
    help: "Say what would be copied, and push nothing.",
  },
};

export async function runImport(args: readonly string[], streams: Streams): Promise<number> {
  const { values, positionals, asked, errors } = readCommandLine(importOptions, args);
  if (asked !== undefined) {
    streams.out(renderHelp(USAGE, importOptions));
    return OK;
  }
  const { from, to, isDryRun } = values;
  const problems = [
    ...positionals.map((word) => `unexpected argument ${word}`),
    ...errors,
    ...(from === undefined && errors.length === 0
      ? ["no Pushgateway given: sluice import --from=<pushgateway>"]
      : []),
  ];
  if (from === undefined || problems.length > 0) {
    printErrors(streams, problems);
    return MISUSED;
  }
  try {
    const { copied, failed } = await importGroups({
      from: gatewayAt(from, streams.stopped),
      to: gatewayAt(to, streams.stopped),
      isDryRun,
      print: (line) => streams.out(`${line}\n`),
    });
    const verb = isDryRun ? "would be copied" : "copied";
    streams.out(`${copied} ${copied === 1 ? "group" : "groups"} ${verb}, ${failed} with something missing\n`);
    return failed === 0 ? OK : FAILED;
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    printErrors(streams, [error.message]);
    return FAILED;
  }
}
