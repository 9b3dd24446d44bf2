import { withContext } from "./context.ts";
import { bareWorker, site } from "./edge/workerd.ts";
import { checkRaw } from "./http/check-views.ts";
import { load, measureRound, withCandidates } from "./http/measure.ts";
import { pushRow, ratio } from "./rows/push-rows.ts";
import { FULL, QUICK } from "./sizes.ts";
import { renderTable } from "./table/render-table.ts";
import { describeRun, provenance } from "./table/report.ts";
import type { Row } from "./table/row.ts";
import { goal } from "./table/row.ts";

const SITE = "Sluice on the edge, in workerd";
const BARE = "a Worker that drops the body";

/** `npm run bench:edge`: pushes to a site in local workerd, which stores them, beside a Worker that drops them. */
const isQuick = process.argv.includes("--quick");
/** Local workerd has all objects in one isolate: of more sources it would refuse some, which parses each push in vain. */
const SOURCES = 100;
const rows: Row[] = [];
await withContext({ ...(isQuick ? QUICK : FULL), sources: SOURCES }, async (context) => {
  const { sizes } = context;
  const { generator, fleet: sources, series } = await context.fleet();
  const what = `warm pushes to the edge, ${series.toLocaleString("en-US")} series`;
  const kinds = [await bareWorker(BARE, await context.folder()), await site(SITE, await context.folder())];
  await withCandidates(kinds, sources.length, async (candidates) => {
    const [bare, edge] = candidates;
    if (bare === undefined || edge === undefined) throw new Error("both have to be there");
    for (const candidate of candidates) {
      context.say(`${candidate.name} warms up`);
      await load(generator, candidate, { connections: sizes.connections, seconds: 120, laps: 1 });
      await load(generator, candidate, { connections: sizes.connections, seconds: sizes.warmUpSeconds });
    }
    for (let round = 0; round < sizes.rounds; round += 1) {
      context.say(`round ${round + 1} of ${sizes.rounds}`);
      for (const candidate of round % 2 === 0 ? candidates : candidates.toReversed()) {
        const lap = { connections: sizes.connections, seconds: sizes.roundSeconds };
        // workerd ends an object that is idle for ten seconds, and the other one's round is nearly as long.
        await load(generator, candidate, { connections: sizes.connections, seconds: 120, laps: 2 });
        await measureRound(generator, candidate, lap);
      }
    }
    const samples = await checkRaw(edge.server.port, sources, edge.acked);
    const goals = goal("at least", 0.5, "of that Worker", ratio(edge, bare));
    rows.push(pushRow(what, bare), { ...pushRow(what, edge), goals, note: `${samples} samples checked` });
  });
});
console.log(`${provenance({ ...describeRun(), isQuick })}\n\n${renderTable(rows)}`);
