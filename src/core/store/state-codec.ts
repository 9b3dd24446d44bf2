import type { FlinkJob } from "../partition/flink-jobs.ts";
import type { Group } from "../partition/group.ts";
import type { Mark } from "../partition/marks.ts";
import type { PartitionState } from "../partition/state.ts";
import type { Tally, TallyRow } from "../partition/tally.ts";
import { createTally } from "../partition/tally.ts";
import type { Codec } from "./codec.ts";
import { data, list, record } from "./codec.ts";
import { flinkJobRefs, groupCodec } from "./group-codec.ts";
import { outputTableCodec } from "./output-codec.ts";

const groupsCodec = list(groupCodec);

const groupTableCodec: Codec<Map<string, Group>> = {
  write: (groups, writing) => groupsCodec.write([...groups.values()], writing),
  read: (stored, reading) =>
    new Map(groupsCodec.read(stored, reading).map((group) => [group.key.canonical, group])),
};

const tallyCodec: Codec<Tally> = {
  write: (tally) => tally.rows(),
  read: (stored) => createTally(stored as TallyRow[]),
};

const flinkJobTableCodec: Codec<Map<string, FlinkJob>> = {
  write: (jobs, writing) => flinkJobRefs.write([...jobs.values()], writing),
  read: (stored, reading) => new Map(flinkJobRefs.read(stored, reading).map((job) => [job.labels, job])),
};

/** Everything that a partition is. The orders of its tables are kept: sums and views follow them. */
export const stateCodec: Codec<PartitionState> = record({
  partition: data<number>(),
  outputs: outputTableCodec,
  groups: groupTableCodec,
  tally: tallyCodec,
  inferred: data<Set<string>>(),
  marks: data<Set<string>>(),
  newMarks: data<Mark[]>(),
  flinkJobs: flinkJobTableCodec,
  sequence: data<number>(),
  nextDueMs: data<number>(),
});
