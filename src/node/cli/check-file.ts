import { FAILED, MISUSED, OK } from "./exit-codes.ts";
import { printErrors, type Streams } from "./streams.ts";

export interface CheckedFile {
  readonly isValid: boolean;
  /** One for each error, or one that says what the file holds. */
  readonly lines: readonly string[];
}

/** Runs a command that checks one file. Errors stand alone on their lines, so that an editor can jump to them. */
export function runFileCheck(
  command: string,
  what: string,
  check: (path: string) => CheckedFile,
  args: readonly string[],
  streams: Streams,
): number {
  const [path, ...others] = args;
  if (path === "--help" || path === "-h") {
    streams.out(`Checks ${what}, and prints everything that is wrong with it by line and column.

  sluice ${command} <file>

The exit code is 0 for a valid file, 1 for one that is not.
`);
    return OK;
  }
  if (path === undefined || path.startsWith("-") || others.length > 0) {
    printErrors(streams, [`expected one file: sluice ${command} <file>`]);
    return MISUSED;
  }
  const { isValid, lines } = check(path);
  const print = isValid ? streams.out : streams.err;
  for (const line of lines) print(`${line}\n`);
  return isValid ? OK : FAILED;
}
