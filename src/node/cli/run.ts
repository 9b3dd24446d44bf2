import { runCheckConfig } from "./check-config-command.ts";
import { runCheckWebConfig } from "./check-web-config-command.ts";
import { runDemo } from "./demo-command.ts";
import { runExplain } from "./explain-command.ts";
import { runImport } from "./import-command.ts";
import { runReplay } from "./replay-command.ts";
import { runRepair, runSnapshot } from "./storage-commands.ts";
import { runServe } from "./serve-command.ts";
import type { Streams } from "./streams.ts";

/** Runs the command that the arguments name; the result is the exit code. Without a command it is the relay. */
export function run(args: readonly string[], streams: Streams): Promise<number> {
  const [command, ...rest] = args;
  if (command === "check-config") return Promise.resolve(runCheckConfig(rest, streams));
  if (command === "check-web-config") return Promise.resolve(runCheckWebConfig(rest, streams));
  if (command === "explain") return runExplain(rest, streams);
  if (command === "import") return runImport(rest, streams);
  if (command === "replay") return runReplay(rest, streams);
  if (command === "snapshot") return Promise.resolve(runSnapshot(rest, streams));
  if (command === "repair") return Promise.resolve(runRepair(rest, streams));
  if (command === "demo") return runDemo(rest, streams);
  return runServe(args, streams);
}
