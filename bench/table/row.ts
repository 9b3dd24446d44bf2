/** A line of the table: who did what how fast. */
export interface Row {
  readonly what: string;
  readonly who: string;
  /** Undefined where nothing could be measured: `note` says why. */
  readonly figure: Figure | undefined;
  /** How far the measurements lie apart, in percent of their median. */
  readonly spreadPercent?: number | undefined;
  /** Processor time of the server's process tree, for each push or scrape. */
  readonly cpuMs?: number;
  readonly goals?: readonly Goal[];
  readonly note?: string | undefined;
}

interface Figure {
  readonly value: number;
  /** As it follows the number: `pushes/s`, `ms`. */
  readonly unit: string;
}

export interface Goal {
  /** What the number is: `of the bare server`. */
  readonly of: string;
  readonly bound: "at least" | "at most";
  readonly limit: number;
  readonly got: number;
  /** Empty for a ratio. */
  readonly unit: string;
}

/** A goal of at least, or at most, `limit`. */
export function goal(
  bound: Goal["bound"],
  limit: number,
  of: string,
  got: number | undefined,
  unit = "",
): readonly Goal[] {
  return got === undefined ? [] : [{ of, bound, limit, got, unit }];
}

export function isReached({ bound, limit, got }: Goal): boolean {
  return bound === "at least" ? got >= limit : got <= limit;
}

/** The row of somebody who could not be measured. */
export function missingRow(what: string, { name, reason }: { name: string; reason: string }): Row {
  return { what, who: name, figure: undefined, note: reason };
}
