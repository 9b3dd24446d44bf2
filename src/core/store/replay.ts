import type { PushCommand } from "../partition/commands.ts";
import { rulesOf } from "../partition/fleet.ts";
import { createLabelSetTable } from "../partition/label-set.ts";
import type { Layout } from "../partition/layout.ts";
import type { Partition, Verdict } from "../partition/partition.ts";
import type { Prepared } from "../partition/prepare.ts";
import { createRuling } from "../partition/ruling.ts";
import type { PartitionState, Surroundings } from "../partition/state.ts";
import type { CompileRegex } from "../selector/compile-selector.ts";
import { applyChanges } from "./changed-values.ts";
import { floatsOf } from "./codec.ts";
import { readKey } from "./group-codec.ts";
import { layoutRef } from "./layout-codec.ts";
import type { LogRecord, PushRecord, StoredCommand } from "./log-record.ts";
import { readShared } from "./shared.ts";

export interface Replaying {
  readonly state: PartitionState;
  /** Of this partition alone: the rules that it follows change where its log says so. */
  readonly surroundings: Surroundings;
  readonly partition: Partition;
  readonly compileRegex: CompileRegex;
}

/** Lets happen to a partition what its log tells. */
export function replay(to: Replaying, record: LogRecord): void {
  if (record.kind === "command") replayCommand(to, record.command);
  else replayPush(to, record);
}

function replayCommand({ partition, surroundings, compileRegex }: Replaying, command: StoredCommand): void {
  if (command.kind === "rules") {
    const before = { ...surroundings };
    Object.assign(surroundings, createRuling(command.settings, compileRegex));
    partition.reload(command, before);
  } else if ("key" in command) {
    partition.apply({ ...command, key: readKey(command.key) });
  } else {
    partition.apply(command);
  }
}

const NO_BODY = new Uint8Array();

function replayPush(to: Replaying, record: PushRecord): void {
  const { method, observedMs, wallMs } = record;
  const key = record.kind === "known" ? to.state.groups.get(record.key)?.key : readKey(record.key);
  if (key === undefined) throw new Error(`the log tells of a push to a group that is not there`);
  const push: PushCommand = { kind: "push", method, key, body: NO_BODY, observedMs, wallMs };
  to.partition.push(push, preparedOf(to, record, push), verdictOf(record));
}

function verdictOf(record: PushRecord): Verdict {
  if (record.kind !== "new") return { conflicts: [], boundarySets: [] };
  const { leftOut, boundarySets } = record;
  return { conflicts: leftOut.map((family) => ({ family, reason: "" })), boundarySets };
}

function preparedOf(to: Replaying, record: PushRecord, { key }: PushCommand): Prepared {
  const group = to.state.groups.get(key.canonical);
  switch (record.kind) {
    case "known": {
      const source = group?.sources.get(record.processId);
      const snapshot = source?.shown[record.shown]?.snapshot;
      if (source === undefined || snapshot === undefined) {
        throw new Error("the log tells of a push with a layout that is not there");
      }
      const values = applyChanges(snapshot.values, record.changes);
      return { kind: "known", source, snapshot, values, extras: record.extras, text: undefined };
    }
    case "new": {
      const { process, isFleet, extras } = record;
      const source = group?.sources.get(process?.id ?? "");
      const labelSets = source?.labelSets ?? createLabelSetTable(key.labels);
      const layout: Layout = readShared(record.layout, to.surroundings, (root, reading) => {
        reading.labelSets = labelSets;
        return layoutRef.read(root, reading);
      });
      const rules = rulesOf(to.surroundings, key, layout);
      const values = floatsOf(record.values);
      return {
        kind: "new",
        layout,
        values,
        extras,
        text: undefined,
        rules,
        isFleet,
        isLenient: true,
        process,
        labelSets,
      };
    }
    case "empty":
      return { kind: "empty" };
    case "failed":
      return {
        kind: "refused",
        refusal: { code: "inconsistent", message: "" },
        isFleet: record.isFleet,
      };
  }
}
