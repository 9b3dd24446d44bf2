import { join } from "node:path";
import type { Context, Loaded } from "../context.ts";
import type { Standing } from "../http/check-views.ts";
import { checkMerged, checkRaw, readMerged } from "../http/check-views.ts";
import type { Candidate } from "../http/measure.ts";
import { load, loadEach, measureRound, withCandidates } from "../http/measure.ts";
import { bare, pushgateway, sluice, victoriaMetrics, vmagent } from "../http/servers.ts";
import type { Row } from "../table/row.ts";
import { missingRow } from "../table/row.ts";
import { CHECKED, CHECKED_CONNECTIONS, checkedPushgateway } from "./checked-pushgateway.ts";
import { filesBytes } from "./files-bytes.ts";
import { SLUICE, storageRows, STORING, UNCHECKED, warmRows } from "./warm-rows.ts";

/** Pushes of TaskManagers that go on as they are, and what storing them costs. */
export async function measureWarm(context: Context): Promise<readonly Row[]> {
  const { sizes, say } = context;
  const { connections, rounds } = sizes;
  const loaded = await context.fleet();
  const what = `warm pushes, ${loaded.series.toLocaleString("en-US")} series`;
  const store = await context.folder();
  say(`${what}: starting`);
  const kinds = [
    bare,
    sluice(SLUICE),
    sluice(STORING, { folder: store }),
    victoriaMetrics(await context.folder()),
    vmagent(await context.folder()),
    pushgateway(UNCHECKED, { check: false }),
    checkedPushgateway(loaded, connections, join(await context.folder(), "pushed")),
  ];
  return await withCandidates(kinds, loaded.fleet.length, async (candidates, missing) => {
    const before = await firstLap(loaded, candidates, connections);
    for (const candidate of candidates.filter(isFast)) {
      say(`${what}: ${candidate.name} warms up`);
      await load(loaded.generator, candidate, { connections, seconds: sizes.warmUpSeconds });
    }
    const stored = candidates.find(({ name }) => name === STORING)!;
    const writtenBefore = await stored.server.writtenBytes();
    for (let round = 0; round < rounds; round += 1) {
      say(`${what}: round ${round + 1} of ${rounds}`);
      const taking = candidates.filter((each) => isFast(each) || round < sizes.peerRounds);
      for (const candidate of round % 2 === 0 ? taking : taking.toReversed()) {
        await measureRound(loaded.generator, candidate, {
          connections: candidate.name === CHECKED ? CHECKED_CONNECTIONS : connections,
          seconds: sizes.roundSeconds,
        });
      }
    }
    const written = (await stored.server.writtenBytes()) - writtenBefore;
    say(`${what}: comparing what is served with what was acknowledged`);
    const checked = await check(loaded, candidates, before);
    return [
      ...warmRows(what, candidates, checked),
      ...missing.map((peer) => missingRow(what, peer)),
      ...storageRows(loaded, candidates, { written, folderBytes: await filesBytes(store) }),
    ];
  });
}

/** Those that are compared most closely, in every round. */
function isFast({ name }: Candidate): boolean {
  return [bare.name, SLUICE, STORING].includes(name);
}

/**
 * First sight: whatever is counted is counted from here on. Everybody but the Pushgateway that checks is pushed to. Returns
 * how those stand then that count.
 */
async function firstLap(
  { generator }: Loaded,
  candidates: readonly Candidate[],
  connections: number,
): Promise<ReadonlyMap<string, Standing>> {
  const standings = new Map<string, Standing>();
  for (const candidate of candidates) {
    const { name, server, acked } = candidate;
    if (name !== CHECKED) await loadEach(generator, candidate, connections);
    if (name === SLUICE || name === STORING)
      standings.set(name, { totals: await readMerged(server.port), acked: [...acked] });
  }
  return standings;
}

/** What was dropped must not win: the views say what was acknowledged. Returns what was compared, by candidate. */
async function check(
  { fleet }: Loaded,
  candidates: readonly Candidate[],
  before: ReadonlyMap<string, Standing>,
): Promise<ReadonlyMap<string, string>> {
  const notes = new Map<string, string>();
  for (const { name, server, acked } of candidates) {
    const first = before.get(name);
    if (first === undefined) continue;
    const counters = checkMerged(fleet, first, { totals: await readMerged(server.port), acked });
    const samples = await checkRaw(server.port, fleet, acked);
    notes.set(name, `${samples} samples and ${counters} merged counters checked`);
  }
  return notes;
}
