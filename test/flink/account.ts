import type { RunningPrometheus } from "../e2e/running-prometheus.ts";
import type { Scene } from "./scene.ts";
import { type Totals, difference, flinkTotals, isSame, shownTotals } from "./totals.ts";
import { waitUntil } from "./wait.ts";

/** An interval of pushes and one of scrapes: what is on its way. */
export const INTERVALS_S = 2;

/** When nothing flows, and all who count have been pushed and scraped. */
export interface QuietPoint {
  readonly told: Totals;
  readonly shown: Totals;
  /** When it was found, in Unix seconds. */
  readonly at: number;
}

export interface Account {
  readonly jobId: string;
  /** Lets records flow until all tasks together have sent so many more. */
  flow(records: number): Promise<void>;
  /**
   * Stops the sources and waits until the relay and Prometheus show exactly what Flink has counted, less what was found
   * missing before. The sources stay stopped.
   */
  settle(): Promise<QuietPoint>;
  /**
   * The same where attempts have ended while records flowed: what they counted after their last push was never sent,
   * so as much as flows in `seconds` may be missing. It is remembered.
   */
  settleWithin(seconds: number): Promise<QuietPoint>;
}

/** Keeps Flink's count of one job's records beside what the relay makes of its pushes. */
export function openAccount({ flink, relay, prometheus }: Scene, jobId: string): Account {
  const tell = flinkTotals(flink.api, jobId);
  let missing: Totals = new Map();
  let last: QuietPoint | undefined;
  /** When the sources were let go, and for how long they have flowed since the last quiet point; in ms and s. */
  let flowsSinceMs: number | undefined;
  let flowedSeconds = 0;

  async function look(): Promise<QuietPoint> {
    const told = await tell();
    return { told, shown: shownTotals(await relay.view("merged"), jobId), at: Date.now() / 1000 };
  }

  /** Waits until nothing changes any more and `isWrong` has nothing to say. */
  async function quiet(isWrong: (point: QuietPoint) => string | undefined): Promise<QuietPoint> {
    flink.turn("pause", "on");
    if (flowsSinceMs !== undefined) flowedSeconds = (performance.now() - flowsSinceMs) / 1000;
    let before = await look();
    let reason: string | undefined = "nothing was seen twice";
    await waitUntil("nothing flows, and what is shown is what Flink has counted", async () => {
      const now = await look();
      if (now.at - before.at < STILL_FOR_S) return reason;
      const isStill = isSame(before.told, now.told) && isSame(before.shown, now.shown);
      before = now;
      reason = isStill ? isWrong(now) : `it changes: ${listed(now.told)}`;
      return reason;
    });
    await waitUntil("Prometheus has scraped it", async () => {
      const scraped = await scrapedTotals(prometheus, jobId);
      return isSame(scraped, before.shown) ? undefined : listed(difference(before.shown, scraped));
    });
    last = { ...before, at: Date.now() / 1000 };
    flowsSinceMs = undefined;
    return last;
  }

  return {
    jobId,
    async flow(records) {
      flink.turn("pause", "off");
      flowsSinceMs ??= performance.now();
      const before = sent(await tell());
      await waitUntil(`${records} records have flowed`, async () => {
        const flowed = sent(await tell()) - before;
        return flowed >= records ? undefined : `${flowed} have`;
      });
    },
    settle: () =>
      quiet(({ told, shown }) => {
        const unexplained = difference(difference(told, shown), missing);
        return told.size === shown.size && [...unexplained.values()].every((each) => each === 0)
          ? undefined
          : `missing are ${listed(unexplained)}`;
      }),
    async settleWithin(seconds) {
      const since = last;
      if (since === undefined) throw new Error("there must be a quiet point before");
      const found = await quiet(({ told, shown }) => {
        const share = seconds / flowedSeconds;
        const unexplained = difference(difference(told, shown), missing);
        const tooMuch = [...unexplained].filter(
          ([key, value]) => Math.abs(value) > share * ((told.get(key) ?? 0) - (since.told.get(key) ?? 0)),
        );
        return tooMuch.length === 0 ? undefined : `missing are ${listed(new Map(tooMuch))}`;
      });
      missing = difference(found.told, found.shown);
      return found;
    },
  };
}

/** Of all tasks. */
function sent(totals: Totals): number {
  return [...totals].reduce((sum, [key, value]) => sum + (key.endsWith(" numRecordsOut") ? value : 0), 0);
}

/** Longer than an interval of pushes on a busy machine, and than what Flink's REST API may lag behind. */
const STILL_FOR_S = 3;

async function scrapedTotals(prometheus: RunningPrometheus, jobId: string): Promise<Totals> {
  const names = "flink_taskmanager_job_task_numRecords(In|Out)";
  const found = await prometheus.query(`{__name__=~"${names}",job_id="${jobId}"}`);
  return new Map(
    found.map(({ metric, value: [, value] }) => [
      `${metric["task_id"]} ${metric["__name__"]?.replace("flink_taskmanager_job_task_", "")}`,
      Number(value),
    ]),
  );
}

function listed(totals: Totals): string {
  return JSON.stringify(Object.fromEntries(totals));
}
