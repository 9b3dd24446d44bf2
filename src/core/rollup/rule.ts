/** What a metric is, and so what may be done with it. `docs/flink-metrics.md` says what an operator sees of each. */
export type Kind =
  /** Grows from zero while what it counts lives, and begins anew with it. */
  | "counter"
  /** Per second. */
  | "rate"
  /** A gauge that means something added up: bytes, buffers, records waiting. */
  | "sum"
  | "max"
  | "min"
  | "avg"
  /** Milliseconds of each second, 0 to 1000. */
  | "msps"
  /** A share, 0 to 1 or percent. */
  | "ratio"
  /** 0 or 1. */
  | "bool"
  /** A point in time, in epoch milliseconds. */
  | "ts"
  /** One process at a time writes it. */
  | "single"
  /** Carries nothing as a number: a text that Flink sends as 0, a deprecated twin. */
  | "info"
  | "summary";

/**
 * How the series that share an output become one number.
 * `newest`: the newest push has it. `worst`: the largest of each quantile (of quantile 0 the smallest).
 */
export type RollupFunction = "sum" | "min" | "max" | "avg" | "newest" | "worst";

/**
 * A second output, `<family>_<companion>`, where the first hides what an operator must know; and what is certified of
 * the quantiles of a summary.
 */
export type Companion =
  | "max"
  | "avg"
  | "sum"
  | "contributors"
  | "unset"
  | "min"
  | "quantile_lower"
  | "quantile_upper";

export interface Rule {
  readonly action: "merge" | "drop";
  readonly kind: Kind;
  readonly function: RollupFunction;
  /** Numbers that stand for "no value". NaN is never a value and is not listed. */
  readonly skip: readonly number[];
  readonly companions: readonly Companion[];
}

/**
 * The rule of a kind. The function has a say where the kind leaves a choice: the average of a ratio,
 * the maximum of a time; one writer is always followed, counters are always added, infos always dropped.
 *
 * `shared` says that several processes may feed one output. Without that nothing is hidden, and a
 * companion would repeat the value under a second name.
 */
export function ruleOf(kind: Kind, fn: RollupFunction, skip: readonly number[], shared: boolean): Rule {
  const action = kind === "info" ? "drop" : "merge";
  const applied = IMPOSED[kind] ?? fn;
  const companions = shared && action === "merge" ? companionsOf(kind, applied) : [];
  return { action, kind, function: applied, skip, companions };
}

const IMPOSED: { readonly [K in Kind]?: RollupFunction } = {
  counter: "sum",
  single: "newest",
  info: "newest",
  bool: "max",
  summary: "worst",
};

function companionsOf(kind: Kind, fn: RollupFunction): readonly Companion[] {
  if (kind === "counter") return []; // who contributed long ago cannot be counted any more
  if (kind === "ts" && fn === "min") return ["unset"]; // who has no watermark holds all others back
  if (kind === "bool") return ["sum"]; // how many, beside whether any
  if (fn === "sum") return ["contributors"];
  if (fn === "avg") return ["max"];
  if (fn === "max" && (kind === "msps" || kind === "ratio")) return ["avg"];
  return [];
}
