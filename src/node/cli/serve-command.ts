import { hostname } from "node:os";
import { options } from "../config/options.ts";
import { type ReadConfig, readConfig } from "../config/read-config.ts";
import { createLogger } from "../logging.ts";
import { StorageError } from "../../platform/storage/storage-error.ts";
import { systemdSockets } from "../systemd-sockets.ts";
import { WebConfigError } from "../web-config/web-config-error.ts";
import { FAILED, MISUSED, OK } from "./exit-codes.ts";
import { renderHelp } from "./help.ts";
import { startupLines } from "./startup-lines.ts";
import { printErrors, type Streams, untilStopped } from "./streams.ts";
import { isSystemError } from "./system-error.ts";
import { version } from "./version.ts";

const USAGE = `Sluice is a Pushgateway for fleets of Flink TaskManagers: it takes their pushes, adds them up
exactly, and serves Prometheus one honest view.

  sluice [flags]                                 run the relay
  sluice replay <capture> --url=<relay> [flags]  send a recorded run to a relay
  sluice import --from=<pushgateway>             copy the groups of a Pushgateway to a relay
  sluice check-config <file>                     check a configuration file
  sluice check-web-config <file>                 check a web configuration file
  sluice snapshot <folder> <new folder>          copy what a relay stores, while it runs
  sluice repair <folder> <new folder>            save what can be read of a damaged folder
  sluice demo                                    run a relay on a recorded Flink cluster
`;

/** Runs the relay until it is told to stop. */
export async function runServe(args: readonly string[], streams: Streams): Promise<number> {
  const read = readConfig(args);
  if (read.kind !== "config") return answer(read, streams);
  const { config, warnings } = read;
  const log = createLogger({ level: config.logLevel, format: config.logFormat });
  for (const warning of warnings) log.warn(warning);
  try {
    if (config.systemdSocket && systemdSockets(process.env, process.pid).length === 0) {
      log.error("cannot run", { error: "--web.systemd-socket: systemd passed no sockets (LISTEN_FDS)" });
      return FAILED;
    }
    // Only a relay pays for loading one: help, version and errors are there at once. The threads come first: they
    // load while the rest is loaded here.
    const { startThreads } = await import("../starting-threads.ts");
    const starting = startThreads(config);
    const { serve } = await import("../serve.ts");
    const relay = await serve(config, log, () => readConfig(args), starting);
    // Also where there is nothing to read: Debian's unit of a Pushgateway reloads by this signal.
    streams.onHangup?.(() => void relay.reload("SIGHUP"));
    const { facts, instructions } = startupLines(config, relay, hostname());
    for (const { message, fields } of facts) log.info(message, fields);
    streams.out(instructions);
    await Promise.race([untilStopped(streams), relay.quitAsked]);
    log.info("stopping: requests in flight are finished, new ones are refused");
    await relay.stop();
    log.info("stopped");
    return OK;
  } catch (error) {
    if (error instanceof WebConfigError) {
      printErrors(streams, error.lines);
      return MISUSED;
    }
    if (error instanceof StorageError) {
      log.error("cannot run", { error: error.message });
      return MISUSED;
    }
    if (!isSystemError(error)) throw error;
    log.error("cannot run", { error: error.message });
    return FAILED;
  }
}

function answer(read: Exclude<ReadConfig, { kind: "config" }>, streams: Streams): number {
  if (read.kind === "errors") {
    printErrors(streams, read.errors);
    return MISUSED;
  }
  const about = `sluice ${version} (Node ${process.versions.node})\n`;
  streams.out(read.kind === "help" ? renderHelp(USAGE, options) : about);
  return OK;
}
