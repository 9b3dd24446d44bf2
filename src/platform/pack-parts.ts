import type { RareFacts, RollupName, Rollups, ViewPart } from "../core/view/part.ts";
import { nodePacking } from "./packing.ts";

/**
 * The parts of some partitions as they cross to who merges them. The names of outputs cross once: the sender is told
 * what is known already. As objects with all their strings they cost 690 instead of 417 ms of processor time for a
 * scrape of 30,000 outputs, and most of the rest was names that had been there before.
 */
export interface PackedParts {
  readonly records: Uint8Array<ArrayBuffer>;
  /** Parallel to the parts. */
  readonly numbers: readonly Float64Array<ArrayBuffer>[];
}

/** How many rows of a partition the receiver has the names of, by the number that the sender has given their list. */
export type KnownRows = ReadonlyMap<number, { readonly list: string; readonly rows: number }>;

export const NOTHING_KNOWN: KnownRows = new Map();

type PartRecord = Omit<ViewPart, "rollups"> & { readonly rows: RowsRecord | undefined };

/** What a part says of outputs, without the numbers. */
interface RowsRecord {
  readonly list: string;
  /** The row of the first of the names. */
  readonly from: number;
  readonly names: PackedNames;
  readonly rare: readonly (readonly [row: number, facts: RareFacts])[];
}

/** Of some rows, one after the other: what their names have in common stands once. */
interface PackedNames {
  readonly labels: readonly string[];
  readonly kinds: readonly Omit<RollupName, "labels">[];
  /** For each row the place of its kind and that of its labels; where there is no name, `NO_NAME` twice. */
  readonly places: Uint32Array;
}

const NO_NAME = 2 ** 32 - 1;

export interface PartsSender {
  pack(parts: readonly ViewPart[], known: KnownRows): PackedParts;
}

/** `sender` is a name that no other sender has or had. */
export function createPartsSender(sender: string): PartsSender {
  const lists = new WeakMap<Rollups["names"], string>();
  let count = 0;

  function listOf(names: Rollups["names"]): string {
    let list = lists.get(names);
    if (list === undefined) {
      count += 1;
      lists.set(names, (list = `${sender}:${count}`));
    }
    return list;
  }

  function rowsOf({ names, rare }: Rollups, known: KnownRows, partition: number): RowsRecord {
    const list = listOf(names);
    const of = known.get(partition);
    const from = of?.list === list ? of.rows : 0;
    return { list, from, names: packNames(names, from), rare: [...rare] };
  }

  return {
    pack(parts, known) {
      const records = parts.map(({ rollups, ...part }): PartRecord => ({
        ...part,
        rows: rollups && rowsOf(rollups, known, part.partition),
      }));
      return {
        records: nodePacking.pack(records),
        numbers: parts.map(({ rollups }) => rollups?.numbers ?? new Float64Array()),
      };
    },
  };
}

export interface PartsReceiver {
  known(): KnownRows;
  unpack(packed: PackedParts): ViewPart[];
}

export function createPartsReceiver(): PartsReceiver {
  const known = new Map<number, { readonly list: string; readonly names: (RollupName | undefined)[] }>();

  /** The same list as long as the sender's is the same. */
  function namesOf(partition: number, { list, from, names }: RowsRecord): (RollupName | undefined)[] {
    let of = known.get(partition);
    if (of?.list !== list) known.set(partition, (of = { list, names: [] }));
    if (from > of.names.length) throw new Error("BUG: there are outputs whose names have not come");
    // Two answers may bring the same names: both were asked for before either came.
    unpackNames(names, of.names, from);
    return of.names;
  }

  function rollupsOf(partition: number, rows: RowsRecord, numbers = new Float64Array()): Rollups {
    return { names: namesOf(partition, rows), numbers, rare: new Map(rows.rare) };
  }

  return {
    known: () =>
      new Map(Array.from(known, ([partition, { list, names }]) => [partition, { list, rows: names.length }])),
    unpack: ({ records, numbers }) =>
      (nodePacking.unpack(records) as readonly PartRecord[]).map(({ rows, ...part }, i) =>
        Object.assign(part, { rollups: rows && rollupsOf(part.partition, rows, numbers[i]) }),
      ),
  };
}

function packNames(names: Rollups["names"], from: number): PackedNames {
  const labels = new Map<string, number>();
  const kinds = new Map<string, number>();
  const packed: Omit<RollupName, "labels">[] = [];
  const places = new Uint32Array((names.length - from) * 2).fill(NO_NAME);
  for (let row = from; row < names.length; row += 1) {
    const name = names[row];
    if (name === undefined) continue;
    const { family, suffix, type, function: fn, companions, perProcess } = name;
    const kind = [family, suffix, type, fn, companions.join(), perProcess].join("\n");
    const at = (row - from) * 2;
    places[at] = placeOf(kinds, kind);
    places[at + 1] = placeOf(labels, name.labels);
    if (places[at] === packed.length)
      packed.push({ family, suffix, type, function: fn, companions, perProcess });
  }
  return { labels: [...labels.keys()], kinds: packed, places };
}

function placeOf(places: Map<string, number>, key: string): number {
  let place = places.get(key);
  if (place === undefined) places.set(key, (place = places.size));
  return place;
}

function unpackNames(
  { labels, kinds, places }: PackedNames,
  to: (RollupName | undefined)[],
  from: number,
): void {
  for (let i = 0; i * 2 < places.length; i += 1) {
    const kind = kinds[places[i * 2] ?? NO_NAME];
    to[from + i] = kind && { ...kind, labels: labels[places[i * 2 + 1] ?? NO_NAME] ?? "" };
  }
}
