import { setTimeout as sleep } from "node:timers/promises";
import { startChildRelay } from "../node/server/child-relay.ts";
import { send } from "../node/server/running-relay.ts";
import { flinkBody, processSample, taskSample } from "./flink-body.ts";

const TMS = 6;
const COUNTER = "flink_taskmanager_job_task_numRecordsIn{";

/** What one TaskManager has pushed, and what of it was acknowledged. */
interface Pusher {
  readonly path: string;
  readonly tm: string;
  acknowledged: number;
  sent: number;
}

/**
 * Kills a relay under load again and again, and starts it on the same folder. Throws when a push that was
 * acknowledged is not there, or a counter has fallen below what a scrape has shown. Each time another number of
 * threads owns the partitions.
 */
export async function killAgainAndAgain(folder: string, times: number): Promise<void> {
  const pushers = Array.from({ length: TMS }, (_, i): Pusher => {
    const tm = `tm${i}`;
    const path = `/metrics/job/flink${i.toString(16).padStart(32, "0")}`;
    return { path, tm, acknowledged: -1, sent: 0 };
  });
  let shown = 0;
  for (let i = 0; i <= times; i += 1) {
    await using relay = await startChildRelay(`--storage.path=${folder}`, `--threads=${1 + (i % 3)}`);
    const { port } = relay;
    const checkShown = async (): Promise<void> => {
      const total = totalOf(await scrape(port, "merged"));
      if (total < shown) throw new Error(`kill ${i}: ${total} is shown, ${shown} was before`);
      shown = total;
    };
    await checkAcknowledged(port, pushers, i);
    await checkShown();
    if (i === times) return;
    const death = new AbortController();
    const load = pushers.map(async (pusher) => {
      while (!death.signal.aborted) await pushOnce(port, pusher);
    });
    await sleep(30 + Math.random() * 250);
    await checkShown();
    relay.signal("SIGKILL");
    await relay.exited;
    death.abort();
    await Promise.all(load);
  }
}

async function pushOnce(port: number, pusher: Pusher): Promise<void> {
  pusher.sent += 1;
  const { tm, path, sent } = pusher;
  const body = flinkBody(
    taskSample("numRecordsIn", { tm }, sent),
    processSample("Status_JVM_Threads_Count", tm, sent),
  );
  try {
    const { status, text } = await send(port, "PUT", path, { body });
    if (status !== 200) throw new Error(`a push was answered ${status}: ${text}`);
    pusher.acknowledged = sent;
  } catch (error) {
    // Whether it was stored, nobody knows.
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}

/** The raw view has the last push of each, or one that was sent after it and got no answer. */
async function checkAcknowledged(port: number, pushers: readonly Pusher[], kill: number): Promise<void> {
  const text = await scrape(port, "raw");
  for (const { tm, acknowledged, sent } of pushers) {
    const value = text.split("\n").find((line) => line.startsWith(COUNTER) && line.includes(`tm_id="${tm}"`));
    const stored = value === undefined ? -1 : Number(value.slice(value.lastIndexOf(" ") + 1));
    if (stored >= acknowledged && stored <= sent) continue;
    const what = text
      .split("\n")
      .filter((line) => /^(flink|push_time|sluice_sources|sluice_expired)/.test(line));
    const reason = `${tm} has ${stored}; ${acknowledged} was acknowledged, ${sent} sent`;
    throw new Error([`kill ${kill}: ${reason}`, ...what].join("\n"));
  }
}

async function scrape(port: number, view: "merged" | "raw"): Promise<string> {
  const { status, text } = await send(port, "GET", `/metrics?view=${view}`);
  if (status !== 200) throw new Error(`a scrape was answered ${status}: ${text}`);
  return text;
}

function totalOf(view: string): number {
  const lines = view.split("\n").filter((line) => line.startsWith(COUNTER));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
