import type { Candidate, Round } from "../http/measure.ts";
import { median, spreadPercent } from "../http/statistics.ts";
import type { Row } from "../table/row.ts";

/** The row of a candidate by its rounds; `note` and what was refused stand behind the figure. */
export function pushRow(what: string, candidate: Candidate, note?: string): Row {
  const rates = figures(candidate, "pushesPerSecond");
  return {
    what,
    who: candidate.name,
    figure: { value: median(rates), unit: "pushes/s" },
    spreadPercent: spreadPercent(rates),
    cpuMs: cpuOf(candidate),
    note: [note, refusedNote(candidate.rounds)].filter((text) => text !== undefined).join("; ") || undefined,
  };
}

/** Undefined where nothing was. */
function refusedNote(rounds: readonly Round[]): string | undefined {
  const refused = rounds.reduce((sum, round) => sum + round.refused, 0);
  const pushes = rounds.reduce((sum, round) => sum + round.pushes, refused);
  return refused === 0 ? undefined : `${refused} of ${pushes} refused`;
}

/** Pushes a second. */
export function rateOf(candidate: Candidate): number {
  return median(figures(candidate, "pushesPerSecond"));
}

/** Milliseconds of processor time for each push. */
export function cpuOf(candidate: Candidate): number {
  return median(figures(candidate, "cpuMsPerPush"));
}

/** Of two rates, round by round, because the machine is not equally fast all the time. */
export function ratio(one: Candidate, other: Candidate): number {
  const of = figures(other, "pushesPerSecond");
  return median(figures(one, "pushesPerSecond").map((rate, i) => rate / (of[i] ?? Number.NaN)));
}

function figures({ rounds }: Candidate, name: keyof Round): readonly number[] {
  return rounds.map((round) => round[name]);
}
