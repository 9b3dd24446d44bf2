import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Config } from "../config/config.ts";
import { defaultConfig } from "../config/read-config.ts";
import { createLogger } from "../logging.ts";
import { replay } from "../replay/replay.ts";
import { FAILED, MISUSED, OK } from "./exit-codes.ts";
import { firstFreePort } from "./free-port.ts";
import { printErrors, type Streams } from "./streams.ts";
import { watchViews } from "./watch-views.ts";

/** Only a checkout has it: the published package carries no fixtures. */
const CAPTURE = fileURLToPath(
  new URL("../../../test/fixtures/captures/flink-2.3.0.jsonl.gz", import.meta.url),
);
const HOST = "127.0.0.1";
const FIRST_PORT = 9091;

/** Runs a relay and a recorded Flink cluster that pushes into it, until it is told to stop. */
export async function runDemo(args: readonly string[], streams: Streams): Promise<number> {
  if (args.length > 0) {
    printErrors(streams, ["demo takes no arguments; it runs a relay on a recorded Flink cluster"]);
    return MISUSED;
  }
  if (!existsSync(CAPTURE)) {
    printErrors(streams, [
      "this package carries no recording; sluice replay <capture> --url=<relay> sends your own",
    ]);
    return FAILED;
  }
  const port = await firstFreePort(HOST, FIRST_PORT);
  const config: Config = {
    ...defaultConfig(),
    listenAddresses: [{ host: HOST, port }],
    logLevel: "warn",
    storageFolder: "",
  };
  const { serve } = await import("../serve.ts");
  const relay = await serve(config, createLogger({ level: config.logLevel, format: config.logFormat }));
  const url = new URL(`http://${HOST}:${port}`);
  const print = (line: string): void => streams.out(`${line}\n`);
  print(whereToLook(url.origin));
  await Promise.all([
    replay({ file: CAPTURE, relay: url, speed: 1, loop: true, print, signal: streams.stopped }),
    watchViews(url, print, streams.stopped),
  ]);
  await relay.stop();
  return OK;
}

function whereToLook(origin: string): string {
  return `A relay on ${origin}, and three recorded TaskManagers with their JobManager that push into it.
Their job fails, one is killed, one is stopped, the job is cancelled; after three and a half minutes all begins again.

The counter, added up over the fleet; no series of it ever falls:
  curl -s ${origin}/metrics | grep '^flink_taskmanager_job_task_numRecordsOut{'
The same as a Pushgateway shows it, one series per attempt:
  curl -s '${origin}/metrics?view=raw' | grep '^flink_taskmanager_job_task_numRecordsOut{'
The TaskManagers that live; tm2 is killed in the second minute and leaves a minute later:
  curl -s ${origin}/metrics | grep '^flink_taskmanager_Status_JVM_CPU_Time{'
`;
}
