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

/** Who uses which family is counted when all is there. */
const NOBODY: FamilyReferences = { acquire: () => {}, release: () => {} };

/**
 * The partition as it was committed: its image, and what its log tells. Throws, and says which partition it
 * is, where these cannot be read.
 */
export function loadPartition(
  number: number,
  { image, log }: StoredPartition,
  packing: Packing | undefined,
  { bytes, blocks, texts }: Pick<Surroundings, "bytes" | "blocks" | "texts">,
  compileRegex: CompileRegex,
): LoadedPartition {
  if (image === undefined || packing === undefined) {
    return { state: createPartitionState(number), settings: undefined };
  }
  try {
    const { settings, stateUnder } = unpackImage(image, packing);
    const ruling = createRuling(settings, compileRegex);
    const surroundings: Surroundings = { ...ruling, bytes, blocks, texts, families: NOBODY };
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
