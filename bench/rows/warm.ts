import { join } from "node:path";
import type { Context, Loaded } from "../context.ts";
import { checkMerged, checkRaw, readMerged } from "../http/check-views.ts";
import type { Candidate } from "../http/measure.ts";
import { load, measureRound, withCandidates } from "../http/measure.ts";
import type { Kind } from "../http/servers.ts";
import { bare, pushgateway, sluice, victoriaMetrics, vmagent } from "../http/servers.ts";
import { median } from "../http/statistics.ts";
import type { Row } from "../table/row.ts";
import { goal, missingRow } from "../table/row.ts";
import { cpuOf, pushRow, rateOf, ratio } from "./push-rows.ts";
import { filesBytes } from "./files-bytes.ts";

const CHECKED = "Pushgateway, check on";
/** It takes a second for each push, one after the other. */
const CHECKED_CONNECTIONS = 2;
const SLUICE = "Sluice in memory";
const STORING = "Sluice that stores";

/** Pushes of TaskManagers that go on as they are, and what storing them costs. */
export async function measureWarm(context: Context): Promise<readonly Row[]> {
  const { sizes, say } = context;
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
    pushgateway("Pushgateway, check off", { check: false }),
    filled(pushgateway, loaded, join(await context.folder(), "pushed")),
  ];
  return await withCandidates(kinds, loaded.fleet.length, async (candidates, missing) => {
    const before = await firstLap(loaded, candidates, sizes.connections);
    for (const candidate of candidates.filter(isFast)) {
      say(`${what}: ${candidate.name} warms up`);
      await load(loaded.generator, candidate, {
        connections: sizes.connections,
        seconds: sizes.warmUpSeconds,
      });
    }
    const stored = candidates.find(({ name }) => name === STORING)!;
    const writtenBefore = await stored.server.writtenBytes();
    for (let round = 0; round < sizes.rounds; round += 1) {
      say(`${what}: round ${round + 1} of ${sizes.rounds}`);
      const inTurn = round % 2 === 0 ? candidates : candidates.toReversed();
      for (const candidate of inTurn) {
        if (!isFast(candidate) && round >= sizes.peerRounds) continue;
        const connections = candidate.name === CHECKED ? CHECKED_CONNECTIONS : sizes.connections;
        await measureRound(loaded.generator, candidate, { connections, seconds: sizes.roundSeconds });
      }
    }
    const written = (await stored.server.writtenBytes()) - writtenBefore;
    say(`${what}: comparing what is served with what was acknowledged`);
    const checked = await check(loaded, candidates, before);
    return [
      ...rowsOf(what, candidates, checked),
      ...missing.map((peer) => missingRow(what, peer)),
      ...storageRows(loaded, candidates, { written, folderBytes: await filesBytes(store) }),
    ];
  });
}

/** Those that are compared most closely, in every round. */
function isFast({ name }: Candidate): boolean {
  return [bare.name, SLUICE, STORING].includes(name);
}

/** A Pushgateway that checks, filled by one that does not: to fill it would take minutes. */
function filled(kind: typeof pushgateway, { fleet, generator }: Loaded, file: string): Kind {
  return {
    ...kind(CHECKED, { check: true }),
    async start() {
      await withCandidates(
        [kind(CHECKED, { check: false, file })],
        fleet.length,
        async ([filler], [missing]) => {
          if (filler === undefined) throw new Error(missing?.reason);
          await load(generator, filler, { connections: CHECKED_CONNECTIONS, seconds: 60, laps: 1 });
        },
      );
      return await kind(CHECKED, { check: true, file }).start();
    },
  };
}

type Before = ReadonlyMap<string, Parameters<typeof checkMerged>[1]>;

/** First sight: whatever is counted is counted from here on. Everybody but the checked one is pushed to. */
async function firstLap(
  { generator }: Loaded,
  candidates: readonly Candidate[],
  connections: number,
): Promise<Before> {
  const before = new Map<string, Parameters<typeof checkMerged>[1]>();
  for (const candidate of candidates) {
    if (candidate.name !== CHECKED) await load(generator, candidate, { connections, seconds: 60, laps: 1 });
    if (![SLUICE, STORING].includes(candidate.name)) continue;
    const totals = await readMerged(candidate.server.port);
    before.set(candidate.name, { totals, acked: [...candidate.acked] });
  }
  return before;
}

/** What was dropped must not win: the views say what was acknowledged. Returns a note for each that was compared. */
async function check(
  { fleet }: Loaded,
  candidates: readonly Candidate[],
  before: Before,
): Promise<ReadonlyMap<string, string>> {
  const notes = new Map<string, string>();
  for (const { name, server, acked } of candidates) {
    const first = before.get(name);
    if (first === undefined) continue;
    const totals = await readMerged(server.port);
    const counters = checkMerged(fleet, first, { totals, acked });
    const samples = await checkRaw(server.port, fleet, acked);
    notes.set(name, `${samples} samples and ${counters} merged counters checked`);
  }
  return notes;
}

function rowsOf(
  what: string,
  candidates: readonly Candidate[],
  checked: ReadonlyMap<string, string>,
): readonly Row[] {
  const named = (name: string): Candidate | undefined => candidates.find((each) => each.name === name);
  const base = named(bare.name)!;
  const ours = named(SLUICE)!;
  const against = (name: string, limit: number): ReturnType<typeof goal> => {
    const peer = named(name);
    return goal("at least", limit, `× ${name}`, peer && rateOf(ours) / rateOf(peer));
  };
  const rows = candidates.map((candidate): Row => {
    const note = checked.get(candidate.name);
    const row = { ...pushRow(what, candidate), ...(note === undefined ? {} : { note }) };
    if (candidate !== ours) return row;
    const goals = [
      ...goal("at least", 0.65, "of the bare server", ratio(ours, base)),
      ...goal("at most", 0.35, "of processor time", cpuOf(ours), "ms"),
      ...against("VictoriaMetrics, import", 5),
      ...against("Pushgateway, check off", 40),
      ...against(CHECKED, 2000),
    ];
    return { ...row, goals };
  });
  return [...rows, loadRow(what, base)];
}

/** A load generator that costs more than the bare server would measure itself. */
function loadRow(what: string, { rounds }: Candidate): Row {
  const own = median(rounds.map(({ loadCpuMsPerPush }) => loadCpuMsPerPush));
  const servers = median(rounds.map(({ cpuMsPerPush }) => cpuMsPerPush));
  return {
    what,
    who: "the load generator itself",
    figure: { value: own, unit: "ms of processor time/push" },
    goals: goal("at most", servers, "as the bare server", own, "ms"),
  };
}

function storageRows(
  { series }: Loaded,
  candidates: readonly Candidate[],
  { written, folderBytes }: { written: number; folderBytes: number },
): readonly Row[] {
  const [ours, stored] = [SLUICE, STORING].map((name) => candidates.find((each) => each.name === name)!);
  const pushes = stored!.rounds.reduce((sum, round) => sum + round.pushes, 0);
  const what = "storing what is pushed";
  return [
    {
      what,
      who: "of the rate in memory",
      figure: { value: ratio(stored!, ours!), unit: "" },
      cpuMs: cpuOf(stored!) - cpuOf(ours!),
      note: "processor time is what it adds",
    },
    { what, who: "written to the disk", figure: { value: written / pushes / 1000, unit: "KB/push" } },
    { what, who: "the folder", figure: { value: folderBytes / series, unit: "bytes/series" } },
  ];
}
