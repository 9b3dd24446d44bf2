import { mayHaveQuotedNames } from "../exposition/write/names.ts";
import { mergeRare } from "../rollup/partial.ts";
import { clearRow, Column, COLUMNS, Told } from "./columns.ts";
import type { LabelBytes } from "./label-bytes.ts";
import { createLabelBytes } from "./label-bytes.ts";
import type { RareFacts, RollupName, Rollups } from "./part.ts";

/**
 * Which rows of the partitions are one series of the merged view. Kept from one view to the next, so that names are
 * compared once and a merge adds numbers up: 100,000 outputs cost some 5 ms instead of 300.
 */
export interface RollupIndex {
  /** `parts` in the order of their partitions. Other merges may begin between two steps. */
  merge(parts: readonly RollupsOfPartition[]): Generator<undefined, MergedRollups>;
}

interface RollupsOfPartition {
  readonly partition: number;
  readonly rollups: Rollups;
}

/** The outputs over all partitions. */
export interface MergedRollups {
  readonly families: Iterable<IndexedFamily>;
  /** By place. As the first partition has it that says something of the series now; undefined where none does. */
  readonly names: readonly (RollupName | undefined)[];
  /** `COLUMNS` numbers for each place. */
  readonly numbers: Float64Array;
  /** By place. */
  readonly rare: ReadonlyMap<number, RareFacts>;
  /** Of the labels in `names`. */
  readonly labelBytes: LabelBytes;
}

export interface IndexedFamily {
  readonly name: string;
  /** The places of its series, in the order in which they came. */
  readonly places: readonly number[];
  /** Some of its series have labels that may need quotes or escapes. */
  readonly mayHaveQuotes: boolean;
}

interface FamilyDraft extends IndexedFamily {
  readonly places: number[];
  readonly bySeries: Map<string, number>;
  mayHaveQuotes: boolean;
}

/** What is known of the series of some lists of names. A merge that has begun with one goes on with it. */
interface Table {
  readonly families: Map<string, FamilyDraft>;
  /** By partition: the list of its names that is known, and the place of each of its rows. */
  readonly known: Map<number, { readonly names: Rollups["names"]; readonly places: number[] }>;
  readonly labelBytes: LabelBytes;
  /** How many series there are. */
  size: number;
}

export function createRollupIndex(): RollupIndex {
  let latest = newTable();
  return {
    *merge(parts) {
      // One that counts its rows anew has let go of many: what they alone had must not stay for ever.
      if (
        parts.some(({ partition, rollups }) => isOther(latest.known.get(partition)?.names, rollups.names))
      ) {
        latest = newTable();
      }
      const table = latest;
      const places: (readonly number[])[] = [];
      for (const part of parts) {
        places.push(placesOf(part, table));
        yield;
      }
      const { families, size, labelBytes } = table;
      const numbers = new Float64Array(size * COLUMNS);
      for (let at = 0; at < numbers.length; at += COLUMNS) clearRow(numbers, at);
      const names = Array.from<RollupName | undefined>({ length: size });
      const merged = { names, numbers, rare: new Map() };
      for (const [i, { rollups }] of parts.entries()) {
        addRows(merged, rollups, places[i] ?? []);
        yield;
      }
      return { families: families.values(), ...merged, labelBytes };
    },
  };
}

function newTable(): Table {
  return { families: new Map(), known: new Map(), labelBytes: createLabelBytes(), size: 0 };
}

function placesOf({ partition, rollups: { names } }: RollupsOfPartition, table: Table): readonly number[] {
  let of = table.known.get(partition);
  // Another merge may have met a newer list of the partition meanwhile.
  if (of?.names !== names) table.known.set(partition, (of = { names, places: [] }));
  const { places } = of;
  for (let row = places.length; row < names.length; row += 1) {
    const name = names[row];
    places.push(name === undefined ? -1 : placeOf(name, table));
  }
  return places;
}

function placeOf({ family: name, suffix, labels }: RollupName, table: Table): number {
  let family = table.families.get(name);
  if (family === undefined) {
    family = { name, places: [], bySeries: new Map(), mayHaveQuotes: false };
    table.families.set(name, family);
  }
  const series = suffix + labels;
  let place = family.bySeries.get(series);
  if (place === undefined) {
    place = table.size;
    table.size += 1;
    family.bySeries.set(series, place);
    family.places.push(place);
    family.mayHaveQuotes ||= mayHaveQuotedNames(labels);
  }
  return place;
}

function isOther(known: Rollups["names"] | undefined, names: Rollups["names"]): boolean {
  return known !== undefined && known !== names;
}

interface MergeDraft {
  readonly names: (RollupName | undefined)[];
  readonly numbers: Float64Array;
  readonly rare: Map<number, RareFacts>;
}

function addRows(merged: MergeDraft, { names, numbers, rare }: Rollups, places: readonly number[]): void {
  for (const [row, place] of places.entries()) {
    const from = row * COLUMNS;
    const told = numbers[from] ?? Told.nothing;
    const name = names[row];
    if (told === Told.nothing || name === undefined) continue;
    const first = merged.names[place];
    // Two rules have led to one series, in two partitions: as within one, the first stands.
    if (first !== undefined && first.function !== name.function) continue;
    if (first === undefined) merged.names[place] = name;
    addRow(merged.numbers, place * COLUMNS, numbers, from);
    const facts = rare.get(row);
    if (facts !== undefined) merged.rare.set(place, mergeRare(merged.rare.get(place), facts));
  }
}

/** As `mergePartials` does, which says why. */
function addRow(to: Float64Array, at: number, numbers: Float64Array, from: number): void {
  const own = (column: number): number => to[at + column] ?? Number.NaN;
  const other = (column: number): number => numbers[from + column] ?? Number.NaN;
  to[at] = Math.max(own(Column.told), other(Column.told));
  to[at + Column.lastLiveMs] = Math.max(own(Column.lastLiveMs), other(Column.lastLiveMs));
  const startMs = own(Column.startMs);
  const otherMs = other(Column.startMs);
  to[at + Column.startMs] = Number.isNaN(startMs) || otherMs < startMs ? otherMs : startMs;
  to[at + Column.sum] = own(Column.sum) + other(Column.sum);
  to[at + Column.min] = Math.min(own(Column.min), other(Column.min));
  to[at + Column.max] = Math.max(own(Column.max), other(Column.max));
  to[at + Column.count] = own(Column.count) + other(Column.count);
  to[at + Column.unset] = own(Column.unset) + other(Column.unset);
  if (!isNewer(other, own)) return;
  to[at + Column.newest] = other(Column.newest);
  to[at + Column.newestMs] = other(Column.newestMs);
  to[at + Column.newestPartition] = other(Column.newestPartition);
  to[at + Column.newestSequence] = other(Column.newestSequence);
}

type Row = (column: number) => number;

function isNewer(a: Row, b: Row): boolean {
  if (a(Column.newestMs) !== b(Column.newestMs)) return a(Column.newestMs) > b(Column.newestMs);
  if (a(Column.newestPartition) !== b(Column.newestPartition)) {
    return a(Column.newestPartition) > b(Column.newestPartition);
  }
  return a(Column.newestSequence) > b(Column.newestSequence);
}
