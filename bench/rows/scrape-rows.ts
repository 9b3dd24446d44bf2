import type { Context, Loaded } from "../context.ts";
import type { Candidate } from "../http/measure.ts";
import { load } from "../http/measure.ts";
import type { Encoding, Scrape } from "../http/scraper.ts";
import type { ServerProcess } from "../http/server-process.ts";
import { fromMemory } from "../http/servers.ts";
import { median, spreadPercent } from "../http/statistics.ts";
import type { Goal, Row } from "../table/row.ts";
import { goal } from "../table/row.ts";

const ENCODINGS: readonly Encoding[] = ["identity", "gzip"];
/** What a merged scrape may take beyond sending its bytes. */
const MERGED_BEYOND_MS = 50;

export interface Measured extends Scrape {
  readonly cpuMs: number;
}

/** The rows of the merged view: how long Sluice takes, and how long the same bytes from memory. */
export async function scrapeRows(
  context: Context,
  loaded: Loaded,
  ours: Candidate,
  { what, target }: { what: string; target: string },
): Promise<readonly Row[]> {
  const memory = await fromMemory(`http://127.0.0.1:${ours.server.port}${target}`);
  try {
    const rows: Row[] = [];
    for (const encoding of ENCODINGS) {
      context.say(`${what}, ${encoding}`);
      const own: Measured[] = [];
      const sent: Measured[] = [];
      for (let i = 0; i < context.sizes.scrapes; i += 1) {
        own.push(await scrapeAfterPushes(context, loaded, ours, target, encoding));
        sent.push(await measuredScrape(context, memory, target, encoding));
      }
      const beyond = medianMs(own) - medianMs(sent);
      rows.push(
        scrapeRow(what, "from memory", encoding, sent),
        scrapeRow(
          what,
          ours.name,
          encoding,
          own,
          goal("at most", MERGED_BEYOND_MS, "beyond sending", beyond, "ms"),
        ),
      );
    }
    return rows;
  } finally {
    await memory.stop();
  }
}

/** Between two scrapes everybody pushes, as in life: what has not changed could be kept. */
export async function scrapeAfterPushes(
  context: Context,
  { generator }: Loaded,
  candidate: Candidate,
  target: string,
  encoding: Encoding,
): Promise<Measured> {
  await load(generator, candidate, { connections: context.sizes.connections, seconds: 300, laps: 1 });
  return await measuredScrape(context, candidate.server, target, encoding);
}

export async function measuredScrape(
  { scraper }: Context,
  server: ServerProcess,
  target: string,
  encoding: Encoding,
): Promise<Measured> {
  const before = await server.cpuMs();
  const scrape = await scraper.scrape(server, target, encoding);
  return { ...scrape, cpuMs: (await server.cpuMs()) - before };
}

export function medianMs(scrapes: readonly Scrape[]): number {
  return median(scrapes.map(({ ms }) => ms));
}

export function scrapeRow(
  what: string,
  who: string,
  encoding: Encoding,
  scrapes: readonly Measured[],
  goals: readonly Goal[] = [],
): Row {
  const megabytes = median(scrapes.map(({ bytes }) => bytes)) / 1e6;
  return {
    what: `${what}, ${encoding === "gzip" ? "gzip" : "plain"}`,
    who,
    figure: { value: medianMs(scrapes), unit: "ms" },
    spreadPercent: spreadPercent(scrapes.map(({ ms }) => ms)),
    cpuMs: median(scrapes.map(({ cpuMs }) => cpuMs)),
    goals,
    note: `${megabytes.toFixed(1)} MB`,
  };
}
