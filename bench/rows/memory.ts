import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import type { Candidate } from "../http/measure.ts";
import { load, withCandidates } from "../http/measure.ts";
import { sluice } from "../http/servers.ts";
import type { Row } from "../table/row.ts";
import { goal } from "../table/row.ts";

/** Flink's default in most setups: each source pushes so often. */
const INTERVAL_SECONDS = 10;
const POLL_MS = 2000;
/** Back to within a fifth of what an idle relay holds. */
const NEAR_IDLE = 1.2;

/** Resident memory above that of an idle relay: while the fleet pushes, and when its groups are gone. */
export async function measureMemory(context: Context): Promise<readonly Row[]> {
  const { sizes, say } = context;
  const { fleet, generator, series } = await context.fleet();
  const { connections, memorySeconds: seconds, pacedSeconds, sources } = sizes;
  const what = `memory above idle, ${series.toLocaleString("en-US")} series`;
  return await withCandidates([sluice("Sluice in memory")], fleet.length, async ([ours]) => {
    const { server } = ours!;
    const idle = await server.rssBytes();
    const aboveIdle = async (): Promise<number> => ((await server.rssBytes()) - idle) / series;
    say(`${what}: ${seconds} s of pushes`);
    await load(generator, ours!, { connections, seconds });
    const atFullRate = await aboveIdle();
    say(`${what}: ${pacedSeconds} s more, each TaskManager every ${INTERVAL_SECONDS} s`);
    const paced = { connections: sources, seconds: pacedSeconds, rate: sources / INTERVAL_SECONDS };
    await load(generator, ours!, paced);
    const asFlink = await aboveIdle();
    say(`${what}: deleting the groups`);
    for (const { path } of fleet) await fetch(`http://127.0.0.1:${server.port}${path}`, { method: "DELETE" });
    const after = await nearIdle(ours!, idle, sizes.giveBackSeconds);
    return [
      {
        what,
        who: `after ${seconds} s of pushes at the highest rate`,
        figure: { value: atFullRate, unit: "bytes/series" },
        goals: goal("at most", 250, "a series", atFullRate, "bytes"),
      },
      {
        what,
        who: `and ${pacedSeconds} s of pushes every ${INTERVAL_SECONDS} s`,
        figure: { value: asFlink, unit: "bytes/series" },
      },
      {
        what,
        who: `${after.seconds.toFixed(0)} s after all were deleted`,
        figure: { value: (100 * after.bytes) / idle, unit: "% of idle" },
        goals: goal("at most", 100 * NEAR_IDLE, "of idle", (100 * after.bytes) / idle, "%"),
        note: `idle: ${(idle / 1e6).toFixed(0)} MB resident, the process tree's VmRSS`,
      },
    ];
  });
}

/** Waits until that much is held, or no longer than is allowed. */
async function nearIdle(
  { server }: Candidate,
  idle: number,
  allowedSeconds: number,
): Promise<{ bytes: number; seconds: number }> {
  const startedMs = performance.now();
  for (;;) {
    const bytes = await server.rssBytes();
    const seconds = (performance.now() - startedMs) / 1000;
    if (bytes <= idle * NEAR_IDLE || seconds >= allowedSeconds) return { bytes, seconds };
    await sleep(POLL_MS);
  }
}
