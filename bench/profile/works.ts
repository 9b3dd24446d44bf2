import type { Context, Loaded } from "../context.ts";
import type { FleetOptions } from "../http/fleet.ts";
import type { Candidate } from "../http/measure.ts";
import { load } from "../http/measure.ts";
import type { Encoding } from "../http/scraper.ts";

/** Something that a relay can be watched at. */
interface Work {
  /** What is counted: `push`, `scrape`. */
  readonly unit: string;
  readonly fleet: Omit<FleetOptions, "sources">;
  /** Does it for so long; how often it was done. */
  run(context: Context, loaded: Loaded, candidate: Candidate, seconds: number): Promise<number>;
}

export const WORKS = {
  warm: { unit: "push", fleet: {}, run: push },
  cold: { unit: "push", fleet: { versions: 2, restarts: true }, run: push },
  raw: scrapes("/metrics?view=raw", "identity"),
  "raw-gzip": scrapes("/metrics?view=raw", "gzip"),
  merged: scrapes("/metrics?view=merged", "identity"),
  "merged-gzip": scrapes("/metrics?view=merged", "gzip"),
} as const satisfies Record<string, Work>;

export function workOf(name: string): Work | undefined {
  return Object.entries(WORKS).find(([each]) => each === name)?.[1];
}

async function push(
  { sizes }: Context,
  { generator }: Loaded,
  candidate: Candidate,
  seconds: number,
): Promise<number> {
  return (await load(generator, candidate, { connections: sizes.connections, seconds })).pushes;
}

/** Everybody pushes between two of them. */
function scrapes(target: string, encoding: Encoding): Work {
  return {
    unit: "scrape, and a push of each source before it",
    fleet: {},
    async run({ sizes, scraper }, { generator }, candidate, seconds) {
      const untilMs = performance.now() + seconds * 1000;
      let count = 0;
      for (; performance.now() < untilMs; count += 1) {
        await load(generator, candidate, { connections: sizes.connections, seconds: 300, laps: 1 });
        await scraper.scrape(candidate.server, target, encoding);
      }
      return count;
    },
  };
}
