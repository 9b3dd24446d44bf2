import type { Context } from "../context.ts";
import type { Candidate } from "../http/measure.ts";
import { loadEach, withCandidates } from "../http/measure.ts";
import type { Encoding } from "../http/scraper.ts";
import { fromMemory, pushgateway, sluice } from "../http/servers.ts";
import type { Row } from "../table/row.ts";
import { goal, missingRow } from "../table/row.ts";
import type { Measured } from "./scrape-rows.ts";
import { measuredScrape, medianMs, scrapeAfterPushes, scrapeRow } from "./scrape-rows.ts";

const TARGET = "/metrics?view=raw";
/** How many times faster than a Pushgateway. */
const FASTER: Readonly<Record<Encoding, number>> = { identity: 15, gzip: 4 };

/** What a Pushgateway would show of everything: Sluice, a Pushgateway, and the same bytes from memory. */
export async function measureRawScrape(context: Context): Promise<readonly Row[]> {
  const loaded = await context.fleet();
  const { sizes } = context;
  const what = `raw scrape of ${loaded.series.toLocaleString("en-US")} series`;
  context.say(`${what}: starting`);
  const kinds = [sluice("Sluice in memory"), pushgateway("Pushgateway", { check: false })];
  return await withCandidates(kinds, loaded.fleet.length, async ([ours, peer], missing) => {
    for (const candidate of [ours!, ...(peer === undefined ? [] : [peer])])
      await loadEach(loaded.generator, candidate, sizes.connections);
    const memory = await fromMemory(`http://127.0.0.1:${ours!.server.port}${TARGET}`);
    try {
      const rows: Row[] = [];
      for (const encoding of ["identity", "gzip"] as const) {
        context.say(`${what}: ${encoding}`);
        const [own, sent, others]: [Measured[], Measured[], Measured[]] = [[], [], []];
        for (let i = 0; i < sizes.scrapes; i += 1) {
          sent.push(await measuredScrape(context, memory, TARGET, encoding));
          own.push(await scrapeAfterPushes(context, loaded, ours!, TARGET, encoding));
          if (peer !== undefined && i < sizes.peerRounds)
            others.push(await scrapeAfterPushes(context, loaded, peer, TARGET, encoding));
        }
        rows.push(
          scrapeRow(what, "from memory", encoding, sent),
          scrapeRow(what, ours!.name, encoding, own, goalsOf(encoding, { own, sent, others }, peer)),
          ...(peer === undefined ? [] : [scrapeRow(what, peer.name, encoding, others)]),
        );
      }
      return [...rows, ...missing.map((one) => missingRow(what, one))];
    } finally {
      await memory.stop();
    }
  });
}

type Scrapes = Readonly<Record<"own" | "sent" | "others", readonly Measured[]>>;

function goalsOf(
  encoding: Encoding,
  { own, sent, others }: Scrapes,
  peer: Candidate | undefined,
): NonNullable<Row["goals"]> {
  const faster = peer && medianMs(others) / medianMs(own);
  return [
    // With gzip the same bytes from memory are next to nothing.
    ...(encoding === "gzip" ? [] : goal("at most", 2, "× from memory", medianMs(own) / medianMs(sent))),
    ...goal("at least", FASTER[encoding], "× faster than Pushgateway", faster),
  ];
}
