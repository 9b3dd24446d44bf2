import { checkConfig } from "../config-file/check-config.ts";
import { MISUSED, OK } from "./exit-codes.ts";
import { printErrors, type Streams } from "./streams.ts";

const USAGE = `Checks a configuration file, and prints everything that is wrong with it by line and column.

  sluice check-config <file>

The exit code is 0 for a valid file, 1 for one that is not.
`;

/** The errors stand alone on their lines, so that an editor can jump to them. */
export function runCheckConfig(args: readonly string[], streams: Streams): number {
  const [path, ...others] = args;
  if (path === "--help" || path === "-h") {
    streams.out(USAGE);
    return OK;
  }
  if (path === undefined || path.startsWith("-") || others.length > 0) {
    printErrors(streams, ["expected one file: sluice check-config <file>"]);
    return MISUSED;
  }
  const { lines, exitCode } = checkConfig(path);
  const print = exitCode === OK ? streams.out : streams.err;
  for (const line of lines) print(`${line}\n`);
  return exitCode;
}
