import { readCommandLine } from "../config/command-line.ts";
import { CaptureError } from "../replay/capture.ts";
import { replayOptions } from "../replay/options.ts";
import { replay } from "../replay/replay.ts";
import { FAILED, MISUSED, OK } from "./exit-codes.ts";
import { renderHelp } from "./help.ts";
import { printErrors, type Streams } from "./streams.ts";
import { isSystemError } from "./system-error.ts";

const USAGE = `Sends the requests of a capture (.jsonl or .jsonl.gz) to a relay, in order and at their own speed.

  sluice replay <capture> --url=<relay> [flags]
`;

/** Fails if the relay refused any request, so that a script can tell. */
export async function runReplay(args: readonly string[], streams: Streams): Promise<number> {
  const { values, positionals, asked, errors } = readCommandLine(replayOptions, args);
  if (asked !== undefined) {
    streams.out(renderHelp(USAGE, replayOptions));
    return OK;
  }
  const [file = "", ...unexpected] = positionals;
  const problems = [
    ...(file === "" ? ["no capture given: sluice replay <capture> --url=<relay>"] : []),
    ...unexpected.map((word) => `unexpected argument ${word}: one capture is replayed at a time`),
    ...errors,
  ];
  if (problems.length > 0) {
    printErrors(streams, problems);
    return MISUSED;
  }
  try {
    const print = (line: string): void => streams.out(`${line}\n`);
    const { failed } = await replay({ ...values, file, print, signal: streams.stopped });
    return failed === 0 ? OK : FAILED;
  } catch (error) {
    if (!(error instanceof CaptureError) && !isSystemError(error)) throw error;
    printErrors(streams, [`cannot replay ${file}: ${error.message}`]);
    return MISUSED;
  }
}
