import { groupingKey } from "../grouping-key.ts";
import type { Labels } from "../exposition/label-block.ts";
import type { BodyRing } from "../partition/counters/body-ring.ts";
import type { FlinkJob } from "../partition/flink-jobs.ts";
import type { Group, Showing, Snapshot, Source } from "../partition/group.ts";
import { createGroup } from "../partition/group.ts";
import { createLabelSetTable } from "../partition/label-set.ts";
import type { Rhythm } from "../partition/rhythm.ts";
import type { GroupingKey } from "../grouping-key.ts";
import type { Codec } from "./codec.ts";
import { data, floats, integerSet, list, optional, record } from "./codec.ts";
import { countedCodec, tombstonesCodec } from "./counted-codec.ts";
import { layoutRef } from "./layout-codec.ts";
import { feedsRef } from "./output-codec.ts";
import { shared, sharedList } from "./shared.ts";

const FLINK_JOBS = "flinkJobs";
const flinkJobCodec: Codec<FlinkJob> = record({
  labels: data<string>(),
  lastSeenSeconds: data<number>(),
});
export const flinkJobRefs: Codec<readonly FlinkJob[]> = sharedList(FLINK_JOBS, flinkJobCodec);

/** One body is shown by its source and by its group. */
const snapshotRef: Codec<Snapshot> = shared(
  "snapshots",
  record({
    layout: layoutRef,
    values: floats,
    extras: data<Snapshot["extras"]>(),
    feeds: optional(feedsRef),
    leftOut: data<ReadonlySet<string>>(),
    dropped: optional(integerSet),
    flinkJobs: flinkJobRefs,
    sequence: data<number>(),
    observedMs: data<number>(),
    pushedSeconds: data<number>(),
  }),
);

const showingCodec: Codec<Showing> = record({
  snapshot: snapshotRef,
  replaced: data<ReadonlySet<string>>(),
});

const sourceFields = record<Omit<Source, "group" | "labelSets">>({
  processId: data<string>(),
  hasOneWriter: data<boolean>(),
  isLive: data<boolean>(),
  departedMs: data<number>(),
  expired: data<boolean>(),
  shown: list(showingCodec),
  counted: list(countedCodec),
  rhythm: data<Rhythm>(),
  lastSignMs: data<number>(),
  ring: data<BodyRing>(),
  bodies: data<number>(),
  frozen: data<Source["frozen"]>(),
  tombstones: tombstonesCodec,
  evictedMs: data<number>(),
  unprovenMs: data<number>(),
  attempts: data<Source["attempts"]>(),
  firstWallMs: data<number>(),
  pushedWallMs: data<number>(),
});

/** Its label sets are those of its layouts and tombstones, which are read into its table. */
const sourceCodec: Codec<Source> = {
  write: sourceFields.write,
  read(stored, reading) {
    const { group } = reading;
    if (group === undefined) throw new Error("BUG: a source that is read belongs to no group");
    const labelSets = createLabelSetTable(group.key.labels);
    reading.labelSets = labelSets;
    return { group, labelSets, ...sourceFields.read(stored, reading) };
  },
};
const sourcesCodec = list(sourceCodec);

const keyCodec: Codec<GroupingKey> = {
  write: ({ labels }) => labels,
  read: (stored) => readKey(stored as Labels),
};

export function readKey(labels: Labels): GroupingKey {
  const pairs = new Map<string, string>();
  for (let i = 0; i < labels.length; i += 2) pairs.set(labels[i] ?? "", labels[i + 1] ?? "");
  return groupingKey(pairs);
}

const groupFields = record<Omit<Group, "key" | "entry" | "sources" | "shown">>({
  isFleet: data<boolean>(),
  pushedSeconds: data<number>(),
  failedSeconds: data<number>(),
  emptyUntilMs: data<number>(),
  deletedMs: data<number>(),
});
const shownCodec = list(showingCodec);

interface StoredGroup {
  readonly key: unknown;
  readonly fields: unknown;
  readonly sources: unknown;
  readonly shown: unknown;
}

/** What `jobs:` says of it is found by the rules that it is read under. */
export const groupCodec: Codec<Group> = {
  write(group, writing): StoredGroup {
    return {
      key: keyCodec.write(group.key, writing),
      fields: groupFields.write(group, writing),
      sources: sourcesCodec.write([...group.sources.values()], writing),
      shown: shownCodec.write(group.shown, writing),
    };
  },
  read(stored, reading) {
    const { key: storedKey, fields, sources, shown } = stored as StoredGroup;
    const key = keyCodec.read(storedKey, reading);
    const group = createGroup(key, false, reading.ruling.matchJob(key.labels));
    Object.assign(group, groupFields.read(fields, reading));
    reading.group = group;
    for (const source of sourcesCodec.read(sources, reading)) group.sources.set(source.processId, source);
    group.shown = shownCodec.read(shown, reading);
    return group;
  },
};
