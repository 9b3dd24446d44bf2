import type { ShardReport } from "../../src/core/shard/messages.ts";

/** What a shard reports that holds nothing. */
export const NOTHING_HELD: ShardReport = {
  observedMs: 0,
  nextDueMs: 0,
  families: [],
  inferred: [],
  marks: [],
  nameSets: [],
  boundarySets: [],
  sizes: [],
};
