import type { Candidate, Round } from "../http/measure.ts";
import { median, spreadPercent } from "../http/statistics.ts";
import type { Row } from "../table/row.ts";

/** The row of a candidate by its rounds. */
export function pushRow(what: string, candidate: Candidate): Row {
  const rates = figures(candidate, "pushesPerSecond");
  return {
    what,
    who: candidate.name,
    figure: { value: median(rates), unit: "pushes/s" },
    spreadPercent: spreadPercent(rates),
    cpuMs: cpuOf(candidate),
  };
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
