import type { ParsedBody, ParsedFamily, Role } from "../exposition/parsed-body.ts";
import { Role as Roles } from "../exposition/parsed-body.ts";
import { parseNumber } from "../exposition/read-number.ts";
import { isHistogram } from "../exposition/family-table.ts";
import { labelValue } from "../exposition/label-block.ts";
import { fnv1a32 } from "../partition-of.ts";
import type { Suffix } from "../rollup/output.ts";
import { createPairSet } from "./pair-set.ts";
import type { LayoutText } from "../layout-text/layout-text.ts";
import type { LabelSet, LabelSetTable } from "./label-set.ts";

export type LayoutFamily = ParsedFamily;

/**
 * Everything about a body that stays while its process lives: which series it holds, in which order. A push
 * whose text around the values is the same has the same layout, and only its values are read.
 */
export interface Layout {
  readonly families: readonly LayoutFamily[];
  /** The arrays run parallel, one entry a sample, in the order of the lines. */
  readonly familyOf: Uint32Array;
  readonly roles: Uint8Array;
  readonly sets: readonly LabelSet[];
  /** The `le` or `quantile` of a sample, NaN where it has none; undefined where no sample has one. */
  readonly bounds: Float64Array | undefined;
  /** Samples that repeat an earlier one of the body: the first stands. Undefined where there are none. */
  readonly repeats: ReadonlySet<number> | undefined;
  /** Samples that count something in a histogram: a body in which one is below zero is refused. */
  readonly populations: readonly number[];
  /** Equal for equal series in equal order. */
  readonly hash: number;
  /**
   * By which the next body is recognised, from when it has been applied until no view shows it. Undefined where it
   * was no text format 0.0.4.
   */
  text: LayoutText | undefined;
  /** What its series feed is decided anew with the next body. */
  isStale: boolean;
}

const distinct = new WeakMap<Layout["sets"], readonly LabelSet[]>();

/** The label sets of a layout, each once: some sixty for 1,500 samples. */
export function distinctSets({ sets }: Pick<Layout, "sets">): readonly LabelSet[] {
  let each = distinct.get(sets);
  if (each === undefined) distinct.set(sets, (each = [...new Set(sets)]));
  return each;
}

/** Builds the layout of a parsed body. */
export function createLayout(parsed: ParsedBody, table: LabelSetTable): Layout {
  const count = parsed.values.length;
  const sets: LabelSet[] = Array.from({ length: count });
  const bounds = readBounds(parsed);
  const found = new Set<LabelSet>();
  /** By block, and by what of its labels is no part of the set. */
  const known = { whole: [] as LabelSet[], withoutLe: [] as LabelSet[], withoutQuantile: [] as LabelSet[] };
  for (let i = 0; i < count; i += 1) {
    const number = parsed.blockOf[i] ?? 0;
    const role = parsed.roles[i] ?? Roles.value;
    const ofBound =
      role === Roles.quantile ? known.withoutQuantile : role === Roles.bucket ? known.withoutLe : known.whole;
    let set = ofBound[number];
    if (set === undefined) {
      const block = parsed.distinctBlocks[number];
      if (block === undefined) throw new Error("BUG: a sample without a label block");
      ofBound[number] = set = table.find(block, boundLabel(role));
      found.add(set);
    }
    sets[i] = set;
  }
  distinct.set(sets, [...found]);
  const layout = {
    families: parsed.families,
    familyOf: Uint32Array.from(parsed.familyOf),
    roles: Uint8Array.from(parsed.roles),
    sets,
    bounds,
  };
  return {
    ...layout,
    repeats: findRepeats(layout),
    populations: findPopulations(layout),
    hash: hashSeries(layout),
    text: undefined,
    isStale: false,
  };
}

/** Whether two layouts of one source hold the same series of the same families, in the same order. */
export function isSameLayout(a: Layout, b: Layout): boolean {
  return (
    a.hash === b.hash &&
    a.sets.length === b.sets.length &&
    a.families.length === b.families.length &&
    a.families.every((family, i) => isSameFamily(family, b.families[i])) &&
    a.sets.every(
      (set, i) =>
        set === b.sets[i] &&
        a.familyOf[i] === b.familyOf[i] &&
        a.roles[i] === b.roles[i] &&
        Object.is(a.bounds?.[i], b.bounds?.[i]),
    )
  );
}

function isSameFamily(a: LayoutFamily, b: LayoutFamily | undefined): boolean {
  return (
    a.name === b?.name &&
    a.type === b.type &&
    a.help === b.help &&
    a.unit === b.unit &&
    a.subtype === b.subtype
  );
}

/**
 * The fast path: whether the body is of this layout, its values in `out`. Besides its text nothing is looked at but
 * what a histogram counts, the one value that the parser itself may refuse.
 */
export function readValues({ text, populations }: Layout, body: Uint8Array, out: Float64Array): boolean {
  if (text?.read(body, out) !== true) return false;
  for (const i of populations) if ((out[i] ?? 0) < 0) return false;
  return true;
}

/** The next body is recognised no more: it is parsed, and so connected anew. */
export function forgetText(layout: Layout): void {
  layout.text?.release();
  layout.text = undefined;
  layout.isStale = true;
}

type Series = Pick<Layout, "families" | "familyOf" | "roles" | "sets" | "bounds">;

/** The name of sample `i`, which with its label set and its bound is its identity. */
export function sampleName(layout: Pick<Layout, "families" | "familyOf" | "roles">, i: number): string {
  return (layout.families[layout.familyOf[i] ?? 0]?.name ?? "") + suffixOf(layout.roles[i] ?? Roles.value);
}

/** The same with the bound: what tells it from the other samples of its label set. */
export function seriesName(layout: Omit<Series, "sets">, i: number): string {
  const bound = layout.bounds?.[i];
  const name = sampleName(layout, i);
  return bound === undefined || Number.isNaN(bound) ? name : `${name} ${bound}`;
}

/** What a role adds to the name of the family. */
export function suffixOf(role: number): Suffix {
  switch (role) {
    case Roles.count:
      return "_count";
    case Roles.sum:
      return "_sum";
    case Roles.bucket:
      return "_bucket";
    default:
      return "";
  }
}

function boundLabel(role: Role): "" | "le" | "quantile" {
  if (role === Roles.bucket) return "le";
  return role === Roles.quantile ? "quantile" : "";
}

function readBounds(parsed: ParsedBody): Float64Array | undefined {
  if (!parsed.families.some(({ type }) => type === "summary" || isHistogram(type))) return undefined;
  let bounds: Float64Array | undefined;
  for (let i = 0; i < parsed.roles.length; i += 1) {
    const role = parsed.roles[i];
    if (role !== Roles.bucket && role !== Roles.quantile) continue;
    const name = boundLabel(role);
    bounds ??= new Float64Array(parsed.values.length).fill(Number.NaN);
    const block = parsed.blocks[i];
    bounds[i] = block?.unbound?.bound === name ? block.unbound.value : readBound(block?.labels ?? [], name);
  }
  return bounds;
}

function readBound(labels: readonly string[], name: string): number {
  const text = labelValue(labels, name) ?? "";
  const bound = parseNumber(text);
  if (bound === undefined) throw new Error(`BUG: the parser let ${name}=${JSON.stringify(text)} pass`);
  return bound;
}

function findRepeats({ sets, familyOf, roles, bounds }: Series): ReadonlySet<number> | undefined {
  const setNumbers = new Map(distinctSets({ sets }).map((set, number) => [set, number]));
  const boundNumbers = new Map<number, number>();
  const seen = createPairSet(sets.length);
  let repeats: Set<number> | undefined;
  for (let i = 0; i < sets.length; i += 1) {
    const set = sets[i];
    const ofName = (familyOf[i] ?? 0) * ROLES + (roles[i] ?? 0);
    const ofSet = ofName * setNumbers.size + ((set && setNumbers.get(set)) ?? 0);
    if (!seen.add(ofSet, numberOfBound(bounds?.[i] ?? Number.NaN, boundNumbers)))
      (repeats ??= new Set()).add(i);
  }
  return repeats;
}

/** 0 for none. */
function numberOfBound(bound: number, known: Map<number, number>): number {
  if (Number.isNaN(bound)) return 0;
  let number = known.get(bound);
  if (number === undefined) known.set(bound, (number = known.size + 1));
  return number;
}

function findPopulations({ families, familyOf, roles }: Series): number[] {
  const populations: number[] = [];
  if (!families.some(({ type }) => isHistogram(type))) return populations;
  for (const [i, role] of roles.entries()) {
    const type = families[familyOf[i] ?? 0]?.type;
    const isCount = role === Roles.bucket || (role === Roles.count && type !== "summary");
    if (isCount) populations.push(i);
  }
  return populations;
}

const ROLES = Object.keys(Roles).length;

function hashSeries(series: Series): number {
  const names = series.families.map((family) => fnv1a32(family.name));
  let hash = 0;
  const { sets, familyOf, roles } = series;
  for (let i = 0; i < sets.length; i += 1) {
    hash = Math.imul(hash ^ (names[familyOf[i] ?? 0] ?? 0), 0x85ebca6b);
    hash = Math.imul(((hash >>> 15) ^ hash) + (sets[i]?.hash ?? 0) + (roles[i] ?? 0), 0xc2b2ae35);
  }
  return hash >>> 0;
}
