import type { Context, Loaded } from "../context.ts";
import { checkMerged, readMerged } from "../http/check-views.ts";
import type { Candidate } from "../http/measure.ts";
import { load, loadEach, measureRound, withCandidates } from "../http/measure.ts";
import { sluice } from "../http/servers.ts";
import { median, spreadPercent } from "../http/statistics.ts";
import type { Row } from "../table/row.ts";
import { goal } from "../table/row.ts";
import { cpuOf, rateOf } from "./push-rows.ts";
import { scrapeRows } from "./scrape-rows.ts";

const FEW_VERSIONS = 29;

interface Run {
  readonly few: Figures;
  readonly many: Figures;
}
interface Figures {
  readonly cpuMs: number;
  readonly rate: number;
}

/**
 * What a push costs where few and where many series are stored, and a merged scrape of the many.
 *
 * The few sources push bodies enough to fill no processor's cache, so that both loads read as much memory.
 */
export async function measureStored(context: Context): Promise<readonly Row[]> {
  const { fewSources, manySources } = context.sizes;
  context.say("many series stored: making the bodies");
  return await context.withFleet({ sources: fewSources, versions: FEW_VERSIONS }, (few) =>
    context.withFleet({ sources: manySources }, (many) => measure(context, few, many)),
  );
}

async function measure(context: Context, few: Loaded, many: Loaded): Promise<readonly Row[]> {
  const { storedRuns } = context.sizes;
  const [fewSeries, manySeries] = [few, many].map(({ series }) => series.toLocaleString("en-US"));
  const runs: Run[] = [];
  let scrapes: readonly Row[] = [];
  for (let run = 0; run < storedRuns; run += 1) {
    context.say(`a push beside ${manySeries} and ${fewSeries} series: run ${run + 1} of ${storedRuns}`);
    const last = run === storedRuns - 1;
    runs.push(
      await oneRun(context, few, many, async (beside) => {
        if (!last) return;
        const what = `merged scrape over ${manySeries} series`;
        scrapes = await scrapeRows(context, many, beside, { what, target: "/metrics?view=merged" });
      }),
    );
  }
  const what = `a push beside ${manySeries} series, against ${fewSeries}`;
  const ratios = runs.map((run) => run.many.cpuMs / run.few.cpuMs);
  const rates = median(runs.map((run) => run.few.rate / run.many.rate));
  return [
    {
      what,
      who: "Sluice in memory, processor time",
      figure: { value: median(ratios), unit: "×" },
      spreadPercent: spreadPercent(ratios),
      cpuMs: median(runs.map((run) => run.many.cpuMs)),
      goals: goal("at most", 1.2, "×", median(ratios)),
    },
    { what, who: "Sluice in memory, time by the rate", figure: { value: rates, unit: "×" } },
    ...scrapes,
  ];
}

async function oneRun(
  context: Context,
  few: Loaded,
  many: Loaded,
  scrape: (candidate: Candidate) => Promise<void>,
): Promise<Run> {
  const { fewSources: connections, warmUpSeconds, roundSeconds } = context.sizes;
  const kinds = [sluice("Sluice beside few series"), sluice("Sluice beside many series")];
  return await withCandidates(kinds, many.fleet.length, async (candidates) => {
    const both = [
      { loaded: few, candidate: candidates[0]! },
      { loaded: many, candidate: candidates[1]! },
    ];
    for (const { loaded, candidate } of both) {
      await loadEach(loaded.generator, candidate, connections);
      await load(loaded.generator, candidate, { connections, seconds: warmUpSeconds });
    }
    const beside = candidates[1]!;
    const before = { totals: await readMerged(beside.server.port), acked: [...beside.acked] };
    for (const { loaded, candidate } of [...both, ...both.toReversed()])
      await measureRound(loaded.generator, candidate, { connections, seconds: roundSeconds });
    await scrape(beside);
    const after = { totals: await readMerged(beside.server.port), acked: beside.acked };
    checkMerged(many.fleet, before, after);
    const [fewFigures, manyFigures] = candidates.map((each) => ({ cpuMs: cpuOf(each), rate: rateOf(each) }));
    return { few: fewFigures!, many: manyFigures! };
  });
}
