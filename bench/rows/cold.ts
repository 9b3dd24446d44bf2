import type { Context } from "../context.ts";
import { checkRaw } from "../http/check-views.ts";
import { loadEach, measureRound, withCandidates } from "../http/measure.ts";
import { bare, pushgateway, sluice, victoriaMetrics, vmagent } from "../http/servers.ts";
import type { Row } from "../table/row.ts";
import { goal, missingRow } from "../table/row.ts";
import { pushRow, rateOf, ratio } from "./push-rows.ts";

const SLUICE = "Sluice in memory";
const PUSHGATEWAY = "Pushgateway, check off";

/** Pushes of a job that has been restarted since the last one: nothing of a body is where it was, attempts are new. */
export async function measureCold(context: Context): Promise<readonly Row[]> {
  const { sizes, say } = context;
  const { sources, restarts, connections, coldRounds, coldPeerRounds } = sizes;
  const what = `cold pushes of ${sources} TaskManagers`;
  say(`${what}: making the bodies`);
  return await context.withFleet({ sources, versions: restarts, restarts: true }, async (loaded) => {
    const kinds = [
      bare,
      sluice(SLUICE),
      victoriaMetrics(await context.folder()),
      vmagent(await context.folder()),
      pushgateway(PUSHGATEWAY, { check: false }),
    ];
    return await withCandidates(kinds, loaded.fleet.length, async (candidates, missing) => {
      const lap = { connections, seconds: 120, laps: 1 };
      for (const candidate of candidates) await loadEach(loaded.generator, candidate, connections);
      for (let round = 0; round < coldRounds; round += 1) {
        say(`${what}: round ${round + 1} of ${coldRounds}`);
        const inTurn = round % 2 === 0 ? candidates : candidates.toReversed();
        for (const candidate of inTurn) {
          const isOurs = candidate.name === bare.name || candidate.name === SLUICE;
          if (isOurs || round < coldPeerRounds) await measureRound(loaded.generator, candidate, lap);
        }
      }
      const [base, ours] = [bare.name, SLUICE].map((name) => candidates.find((each) => each.name === name)!);
      const peer = candidates.find(({ name }) => name === PUSHGATEWAY);
      const samples = await checkRaw(ours!.server.port, loaded.fleet, ours!.acked);
      const goals = [
        ...goal("at least", 0.25, "of the bare server", ratio(ours!, base!)),
        ...goal("at least", 12, `× ${PUSHGATEWAY}`, peer && rateOf(ours!) / rateOf(peer)),
      ];
      const rows = candidates.map((each) => {
        if (each !== ours) return pushRow(what, each);
        return { ...pushRow(what, each, `${samples} samples checked`), goals };
      });
      return [...rows, ...missing.map((one) => missingRow(what, one))];
    });
  });
}
