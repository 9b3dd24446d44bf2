import { type Attempts, type Totals, difference, isSame, listed, totalsOf } from "./counts.ts";
import type { Scene } from "./scene.ts";
import { scrapedTotals, shownTotals } from "./shown.ts";
import { type Told, listenToFlink } from "./told.ts";
import { waitUntil } from "./wait.ts";

/** An interval of pushes and one of scrapes: what is on its way. */
export const INTERVALS_S = 2;

/** When nothing flows, and all who count have been pushed and scraped. */
export interface QuietPoint {
  readonly shown: Totals;
  /** When it was found, in Unix seconds. */
  readonly at: number;
}

export interface Account {
  readonly jobId: string;
  /** Lets records flow until all tasks together have sent so many more. */
  flow(records: number): Promise<void>;
  /**
   * Stops the sources and waits until nothing changes any more and the count is right. The sources stay stopped.
   *
   * - The relay and Prometheus show exactly what was pushed and acknowledged, whatever has become of the attempts.
   * - Of each attempt that runs, exactly what Flink has counted was pushed.
   * - Of attempts that have ended, all was pushed but what they counted after their last push, which Flink never sends:
   *   no more than flows in a late interval.
   */
  settle(): Promise<QuietPoint>;
}

/** Keeps Flink's count of one job's records beside what was pushed, and what the relay makes of it. */
export function openAccount({ flink, relay, prometheus, recording, pushed }: Scene, jobId: string): Account {
  const tell = listenToFlink(flink.api, jobId);
  let last: Sight = { told: { attempts: new Map(), live: new Set() }, pushed: new Map(), shown: new Map() };
  /** When the sources were let go, and for how long they have flowed since the last quiet point; in ms and s. */
  let flowsSinceMs: number | undefined;
  let flowedSeconds = 0;

  async function look(): Promise<Sight> {
    const sight = {
      told: await tell(),
      pushed: pushed.attempts(jobId),
      shown: shownTotals(await relay.view("merged"), jobId),
    };
    recording.truth({
      told: Object.fromEntries(sight.told.attempts),
      shown: Object.fromEntries(sight.shown),
    });
    return sight;
  }

  /** What is wrong with a sight of a moment when nothing flows. */
  function faultOf({ told, pushed: all, shown }: Sight): string | undefined {
    const acknowledged = totalsOf(all);
    if (!isSame(acknowledged, shown))
      return `pushed and not shown are ${listed(difference(acknowledged, shown))}`;
    const unpushed = difference(told.attempts, all);
    const late = new Map([...unpushed].filter(([key]) => told.live.has(key)));
    if ([...late.values()].some((value) => value !== 0)) return `not pushed are ${listed(late)}`;
    const lost = difference(lostOf(unpushed), lostOf(difference(last.told.attempts, last.pushed)));
    const flowed = difference(totalsOf(told.attempts), totalsOf(last.told.attempts));
    const share = Math.min(1, LOST_SECONDS / flowedSeconds);
    const tooMuch = new Map([...lost].filter(([key, value]) => value > share * (flowed.get(key) ?? 0)));
    return tooMuch.size === 0 ? undefined : `never pushed are ${listed(tooMuch)}`;
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
    async settle() {
      flink.turn("pause", "on");
      flowedSeconds = flowsSinceMs === undefined ? 0 : (performance.now() - flowsSinceMs) / 1000;
      let before = await look();
      let sinceMs = performance.now();
      await waitUntil("nothing flows, and what is shown is what was counted", async () => {
        const now = await look();
        if (!isStill(before, now)) {
          sinceMs = performance.now();
          before = now;
          return `it changes: ${listed(now.shown)}`;
        }
        if (performance.now() - sinceMs < STILL_FOR_MS) return "it was still for too short a time";
        return faultOf(now);
      });
      await waitUntil("Prometheus has scraped it", async () => {
        const scraped = await scrapedTotals(prometheus, jobId);
        return isSame(scraped, before.shown) ? undefined : listed(difference(before.shown, scraped));
      });
      last = before;
      flowsSinceMs = undefined;
      return { shown: before.shown, at: Date.now() / 1000 };
    },
  };
}

interface Sight {
  readonly told: Told;
  readonly pushed: Attempts;
  readonly shown: Totals;
}

function isStill(a: Sight, b: Sight): boolean {
  return isSame(a.told.attempts, b.told.attempts) && isSame(a.pushed, b.pushed) && isSame(a.shown, b.shown);
}

/** Of an attempt that was killed more may have been pushed than Flink knows. */
function lostOf(unpushed: Attempts): Totals {
  return totalsOf(new Map([...unpushed].map(([key, value]) => [key, Math.max(value, 0)])));
}

/** Of all tasks. */
function sent({ attempts }: Told): number {
  return [...attempts].reduce((sum, [key, value]) => sum + (key.includes(" numRecordsOut ") ? value : 0), 0);
}

/** Longer than an interval of pushes on a busy machine, and than what Flink's REST API may lag behind. */
const STILL_FOR_MS = 3_000;
/** An interval of pushes, which takes longer on a busy machine. */
const LOST_SECONDS = 3;
