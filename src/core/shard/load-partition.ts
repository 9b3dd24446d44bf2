import type { Partition } from "../partition/partition.ts";
import { createPartition } from "../partition/partition.ts";
import { createRuling } from "../partition/ruling.ts";
import type { Settings } from "../partition/settings.ts";
import type { FamilyReferences, PartitionState, Surroundings } from "../partition/state.ts";
import { createPartitionState } from "../partition/state.ts";
import type { CompileRegex } from "../selector/compile-selector.ts";
import { unpackImage } from "../store/image.ts";
import { unpackRecords } from "../store/log-record.ts";
import type { Packing } from "../store/packing.ts";
import { replay } from "../store/replay.ts";
import type { StoredPartition } from "./store.ts";

export interface LoadedPartition {
  readonly state: PartitionState;
  /** What it follows; undefined for one that was never written. */
  readonly settings: Settings | undefined;
}

type LoadSurroundings = Pick<Surroundings, "bytes" | "blocks" | "pieces" | "texts"> & {
  readonly settings?: Settings | undefined;
};

/** Who uses which family is counted when all is there. */
export const NOBODY: FamilyReferences = { acquire: () => {}, release: () => {} };

/**
 * The partition as it was committed: its image, and what its log tells; without an image one that follows the rules
 * of its surroundings. Throws, and says which partition it is, where these cannot be read.
 */
export function loadPartition(
  number: number,
  { image, log }: StoredPartition,
  packing: Packing | undefined,
  { settings: current, ...surroundingsOf }: LoadSurroundings,
  compileRegex: CompileRegex,
): LoadedPartition {
  try {
    const first = packing && firstOf(number, { image, log }, packing, current);
    if (packing === undefined || first === undefined) {
      return { state: createPartitionState(number), settings: undefined };
    }
    const { settings, stateUnder } = first;
    const own = createRuling(settings, compileRegex);
    const surroundings: Surroundings = { ...surroundingsOf, ...own, families: NOBODY };
    const state = stateUnder(surroundings);
    const partition: Partition = createPartition(state, surroundings);
    for (const records of log) {
      for (const record of unpackRecords(records, packing)) {
        replay({ state, surroundings, partition, compileRegex }, record);
      }
    }
    return { state, settings: surroundings.settings };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`partition ${number} cannot be read: ${reason}`, { cause: error });
  }
}

/** What its log begins with: its image, or nothing where there is none yet. */
function firstOf(
  number: number,
  { image, log }: StoredPartition,
  packing: Packing,
  settings: Settings | undefined,
): ReturnType<typeof unpackImage> | undefined {
  if (image !== undefined) return unpackImage(image, packing);
  if (log.length === 0 || settings === undefined) return undefined;
  return { settings, stateUnder: () => createPartitionState(number) };
}
