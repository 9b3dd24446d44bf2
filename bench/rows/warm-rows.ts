import type { Loaded } from "../context.ts";
import type { Candidate } from "../http/measure.ts";
import { bare } from "../http/servers.ts";
import { median } from "../http/statistics.ts";
import type { Goal, Row } from "../table/row.ts";
import { goal } from "../table/row.ts";
import { CHECKED } from "./checked-pushgateway.ts";
import { cpuOf, pushRow, rateOf, ratio } from "./push-rows.ts";

export const SLUICE = "Sluice in memory";
export const STORING = "Sluice that stores";
export const UNCHECKED = "Pushgateway, check off";

/** `checked` says of a candidate what was compared in the end. */
export function warmRows(
  what: string,
  candidates: readonly Candidate[],
  checked: ReadonlyMap<string, string>,
): readonly Row[] {
  const named = (name: string): Candidate | undefined => candidates.find((each) => each.name === name);
  const base = named(bare.name)!;
  const ours = named(SLUICE)!;
  const against = (name: string, limit: number): readonly Goal[] => {
    const peer = named(name);
    return goal("at least", limit, `× ${name}`, peer && rateOf(ours) / rateOf(peer));
  };
  const goals = [
    ...goal("at least", 0.65, "of the bare server", ratio(ours, base)),
    ...goal("at most", 0.35, "of processor time", cpuOf(ours), "ms"),
    ...against("VictoriaMetrics, import", 5),
    ...against(UNCHECKED, 40),
    ...against(CHECKED, 2000),
  ];
  const rows = candidates.map((candidate): Row => {
    const row = pushRow(what, candidate, checked.get(candidate.name));
    return candidate === ours ? { ...row, goals } : row;
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

/** What storing costs: `written` bytes in all rounds, and those of the folder. */
export function storageRows(
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
