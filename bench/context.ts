import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FleetOptions, FleetSource } from "./http/fleet.ts";
import { createFleet } from "./http/fleet.ts";
import { startLoadGenerator } from "./http/load-generator.ts";
import type { LoadGenerator } from "./http/load-generator.ts";
import type { Scraper } from "./http/scraper.ts";
import { createScraper } from "./http/scraper.ts";
import type { Sizes } from "./sizes.ts";

/** A fleet, and what pushes for it. */
export interface Loaded {
  readonly fleet: readonly FleetSource[];
  readonly generator: LoadGenerator;
  /** Of the fleet at one time: the versions of a source are the same series. */
  readonly series: number;
}

/** What the rows of one run share. */
export interface Context {
  readonly sizes: Sizes;
  readonly scraper: Scraper;
  /** Tells whoever waits what is being done. */
  say(this: void, progress: string): void;
  /** A new empty folder. */
  folder(): Promise<string>;
  /** The fleet of most rows, made when it is first asked for. */
  fleet(): Promise<Loaded>;
  /** Another fleet, for as long as `use` takes. */
  withFleet<T>(options: FleetOptions, use: (loaded: Loaded) => Promise<T>): Promise<T>;
}

export async function withContext(sizes: Sizes, use: (context: Context) => Promise<void>): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const scraper = await createScraper();
  let shared: Promise<Loaded> | undefined;
  const startedMs = performance.now();
  try {
    await use({
      sizes,
      scraper,
      say(progress) {
        console.error(`${((performance.now() - startedMs) / 1000).toFixed(0).padStart(4)} s  ${progress}`);
      },
      folder: () => mkdtemp(join(scratch, "store-")),
      fleet: () => (shared ??= loaded({ sources: sizes.sources })),
      async withFleet(options, useFleet) {
        const own = await loaded(options);
        try {
          return await useFleet(own);
        } finally {
          own.generator.stop();
        }
      },
    });
  } finally {
    (await shared)?.generator.stop();
    await scraper.remove();
    await rm(scratch, { recursive: true });
  }
}

async function loaded(options: FleetOptions): Promise<Loaded> {
  const fleet = await createFleet(options);
  const series = options.sources * fleet[0]!.series;
  return { fleet, series, generator: await startLoadGenerator(fleet) };
}
