import { pack, unpack } from "msgpackr";
import type { RollupPart, RollupSeries, ViewPart } from "../core/view/part.ts";

/**
 * The parts of a thread's partitions as they cross to the front. Most of the partitions of a thread feed the same
 * outputs: what does not differ between them crosses once, and the numbers as one array. As objects with all their
 * strings they cost 690 instead of 417 ms of processor time for a scrape of 30,000 outputs of 300,000 series.
 */
export interface PackedParts {
  readonly records: Uint8Array<ArrayBuffer>;
  /** `ROW` numbers for each output of each partition. */
  readonly numbers: Float64Array<ArrayBuffer>;
}

type Name = Pick<RollupSeries, "suffix" | "labels" | "type" | "function" | "companions" | "perProcess"> & {
  readonly family: string;
};
type Rare = Pick<RollupSeries["partial"], "native" | "sources">;

interface Records {
  readonly parts: readonly Omit<ViewPart, "rollups">[];
  readonly names: readonly Name[];
  /** How many rows each part has. */
  readonly rows: readonly number[];
  /** By row, what is no number. */
  readonly rare: readonly (readonly [row: number, rare: Rare])[];
}

/** The place of the name, and then the numbers, in the order in which both functions below have them. */
const ROW = 13;

export function packParts(parts: readonly ViewPart[]): PackedParts {
  const table = createNameTable();
  const rows = parts.map(({ rollups }) => rollups.reduce((sum, { series }) => sum + series.length, 0));
  const numbers = new Float64Array(rows.reduce((sum, count) => sum + count, 0) * ROW);
  const rare: [number, Rare][] = [];
  let at = 0;
  for (const { name, series } of parts.flatMap(({ rollups }) => rollups)) {
    for (const one of series) {
      const { native, sources } = one.partial;
      if (native !== undefined || sources !== undefined) rare.push([at / ROW, { native, sources }]);
      writeRow(numbers, at, table.placeOf(name, one), one);
      at += ROW;
    }
  }
  const records: Records = {
    parts: parts.map(({ partition, families, collisions }) => ({ partition, families, collisions })),
    names: table.names,
    rows,
    rare,
  };
  // A copy of its own: msgpackr answers with a slice of a buffer that it goes on using.
  return { records: Uint8Array.from(pack(records)), numbers };
}

export function unpackParts({ records, numbers }: PackedParts): ViewPart[] {
  const { parts, names, rows, rare } = unpack(records) as Records;
  const rareOf = new Map(rare);
  let row = 0;
  return parts.map(({ partition, families, collisions }, i) => {
    const rollups: { name: string; series: RollupSeries[] }[] = [];
    for (const end = row + (rows[i] ?? 0); row < end; row += 1) {
      const name = names[numbers[row * ROW] ?? 0];
      if (name === undefined) throw new Error("BUG: an output without a name");
      let last: (RollupPart & { series: RollupSeries[] }) | undefined = rollups.at(-1);
      if (last?.name !== name.family) rollups.push((last = { name: name.family, series: [] }));
      last.series.push(readRow(numbers, row * ROW, name, rareOf.get(row)));
    }
    return { partition, families, collisions, rollups };
  });
}

function writeRow(
  numbers: Float64Array,
  at: number,
  name: number,
  { isLive, lastLiveMs, startMs, partial }: RollupSeries,
): void {
  numbers[at] = name;
  numbers[at + 1] = isLive ? 1 : 0;
  numbers[at + 2] = lastLiveMs;
  numbers[at + 3] = startMs;
  numbers[at + 4] = partial.sum;
  numbers[at + 5] = partial.min;
  numbers[at + 6] = partial.max;
  numbers[at + 7] = partial.count;
  numbers[at + 8] = partial.unset;
  numbers[at + 9] = partial.newest;
  numbers[at + 10] = partial.newestMs;
  numbers[at + 11] = partial.newestPartition;
  numbers[at + 12] = partial.newestSequence;
}

function readRow(numbers: Float64Array, at: number, name: Name, rare: Rare | undefined): RollupSeries {
  const { suffix, labels, type, function: fn, companions, perProcess } = name;
  const number = (column: number): number => numbers[at + column] ?? Number.NaN;
  return {
    suffix,
    labels,
    type,
    function: fn,
    companions,
    perProcess,
    isLive: number(1) === 1,
    lastLiveMs: number(2),
    startMs: number(3),
    partial: {
      sum: number(4),
      min: number(5),
      max: number(6),
      count: number(7),
      unset: number(8),
      newest: number(9),
      newestMs: number(10),
      newestPartition: number(11),
      newestSequence: number(12),
      native: rare?.native,
      sources: rare?.sources,
    },
  };
}

/** Gives equal names equal places. */
function createNameTable(): {
  readonly names: Name[];
  placeOf(family: string, series: RollupSeries): number;
} {
  const names: Name[] = [];
  // Strings that have been looked up before are found by the hash that they keep; joined ones would be hashed anew.
  const places = new Map<string, Map<string, number[]>>();
  return {
    names,
    placeOf(family, { suffix, labels, type, function: fn, companions, perProcess }) {
      let ofFamily = places.get(family + suffix);
      if (ofFamily === undefined) places.set(family + suffix, (ofFamily = new Map()));
      let alike = ofFamily.get(labels);
      if (alike === undefined) ofFamily.set(labels, (alike = []));
      for (const place of alike) {
        const name = names[place];
        const isSame =
          name?.type === type &&
          name.function === fn &&
          name.perProcess === perProcess &&
          name.family === family &&
          name.companions.join() === companions.join();
        if (isSame) return place;
      }
      alike.push(names.length);
      return names.push({ family, suffix, labels, type, function: fn, companions, perProcess }) - 1;
    },
  };
}
