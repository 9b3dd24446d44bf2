import type { Context, Loaded } from "../context.ts";
import type { Candidate } from "../http/measure.ts";
import { load, loadEach, measureRound, withCandidates } from "../http/measure.ts";
import type { Scrape } from "../http/scraper.ts";
import { sluice } from "../http/servers.ts";
import { median, spreadPercent } from "../http/statistics.ts";
import type { Row } from "../table/row.ts";
import { goal } from "../table/row.ts";
import { rateOf } from "./push-rows.ts";

const SCRAPE_EVERY_MS = 1000;

/**
 * How long pushes take at half of the rate that the relay can take, while its raw view is scraped every second. Each
 * source pushes over a connection of its own, and a push that starts late has waited since it was due.
 */
export async function measureMixed(context: Context): Promise<readonly Row[]> {
  const { sizes, say } = context;
  const loaded = await context.fleet();
  const { connections, warmUpSeconds, roundSeconds, rounds } = sizes;
  say("pushes beside scrapes: what is the highest rate");
  return await withCandidates([sluice("Sluice in memory")], loaded.fleet.length, async ([ours]) => {
    const candidate = ours!;
    await loadEach(loaded.generator, candidate, connections);
    await load(loaded.generator, candidate, { connections, seconds: warmUpSeconds });
    for (let i = 0; i < Math.min(rounds, 3); i += 1)
      await measureRound(loaded.generator, candidate, { connections, seconds: roundSeconds });
    const rate = rateOf(candidate) / 2;
    const alone = await measureSome(context, loaded, candidate, { rate, scraped: false });
    const beside = await measureSome(context, loaded, candidate, { rate, scraped: true });
    return [
      ...rowsOf(`pushes at half the highest rate, ${rate.toFixed(0)}/s`, alone, false),
      ...rowsOf("the same, raw view scraped every second", beside, true),
    ];
  });
}

interface Some {
  readonly rounds: readonly Candidate["rounds"][number][];
  readonly scrapes: readonly Scrape[];
}

async function measureSome(
  context: Context,
  { generator }: Loaded,
  candidate: Candidate,
  { rate, scraped }: { rate: number; scraped: boolean },
): Promise<Some> {
  const { mixedRounds, mixedSeconds, sources } = context.sizes;
  const rounds: Candidate["rounds"] = [];
  const scrapes: Scrape[] = [];
  for (let i = 0; i < (scraped ? mixedRounds : 1); i += 1) {
    context.say(`pushes ${scraped ? "beside" : "without"} scrapes: round ${i + 1}`);
    const stop = scraped ? scrapeEverySecond(context, candidate, scrapes) : undefined;
    rounds.push(
      await measureRound(generator, candidate, { connections: sources, seconds: mixedSeconds, rate }),
    );
    await stop?.();
  }
  return { rounds, scrapes };
}

/** Scrapes until the function that it returns is called. A scrape that takes longer leaves the next ones out. */
function scrapeEverySecond(
  { scraper }: Context,
  { server }: Candidate,
  scrapes: Scrape[],
): () => Promise<void> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<"stopped">();
  async function scrapeOn(): Promise<void> {
    for (;;) {
      const { promise: due, resolve } = Promise.withResolvers<"due">();
      const timer = setTimeout(() => resolve("due"), SCRAPE_EVERY_MS);
      scrapes.push(await scraper.scrape(server, "/metrics?view=raw", "identity"));
      const next = await Promise.race([due, stopped]);
      clearTimeout(timer);
      if (next === "stopped") return;
    }
  }
  const scraping = scrapeOn();
  // Whoever stops it learns of an error; until then nobody waits.
  scraping.catch(() => {});
  return async () => {
    stop("stopped");
    await scraping;
  };
}

function rowsOf(what: string, { rounds, scrapes }: Some, hasGoals: boolean): readonly Row[] {
  const p99s = rounds.map(({ p99Ms }) => p99Ms);
  const max = Math.max(...rounds.map(({ maxMs }) => maxMs));
  const lost = rounds.reduce((sum, { refused, unsent }) => sum + refused + unsent, 0);
  const at = (who: string, value: number): Row => ({ what, who, figure: { value, unit: "ms" } });
  return [
    {
      ...at("half of them", median(rounds.map(({ p50Ms }) => p50Ms))),
      cpuMs: median(rounds.map((r) => r.cpuMsPerPush)),
    },
    {
      ...at("99 of 100", median(p99s)),
      spreadPercent: spreadPercent(p99s),
      goals: hasGoals ? goal("at most", 50, "for 99 of 100", median(p99s), "ms") : [],
    },
    { ...at("the slowest", max), goals: hasGoals ? goal("at most", 250, "for all", max, "ms") : [] },
    {
      what,
      who: "refused, or not sent in time",
      figure: { value: lost, unit: "pushes" },
      goals: hasGoals ? goal("at most", 0, "lost", lost) : [],
    },
    ...(hasGoals ? [at(`${scrapes.length} scrapes meanwhile`, median(scrapes.map(({ ms }) => ms)))] : []),
  ];
}
