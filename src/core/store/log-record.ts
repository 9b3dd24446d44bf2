import type { Labels } from "../exposition/label-block.ts";
import type { SampleExtras } from "../exposition/parsed-body.ts";
import type { Command, PushCommand } from "../partition/commands.ts";
import type { Layout } from "../partition/layout.ts";
import type { Verdict } from "../partition/partition.ts";
import type { NewBody, Prepared } from "../partition/prepare.ts";
import type { FlinkProcess } from "../rollup/flink/process.ts";
import { packChanges } from "./changed-values.ts";
import { bytesOf } from "./codec.ts";
import { checkFormat, FORMAT } from "./format.ts";
import { layoutRef } from "./layout-codec.ts";
import type { Packing } from "./packing.ts";
import { writeShared } from "./shared.ts";

/**
 * What has happened to a partition, as its log keeps it: all that the fold needs to come to the same state
 * again, and no text of a body.
 */
export type LogRecord = PushRecord | { readonly kind: "command"; readonly command: StoredCommand };

interface PushAt {
  readonly method: PushCommand["method"];
  readonly observedMs: number;
  readonly wallMs: number;
}

export type PushRecord = PushAt &
  (
    | {
        readonly kind: "known";
        readonly key: string;
        readonly processId: string;
        /** Which of the bodies that the source shows has the layout. */
        readonly shown: number;
        readonly changes: Uint8Array;
        readonly extras: SampleExtras | undefined;
      }
    | {
        readonly kind: "new";
        readonly key: Labels;
        readonly process: FlinkProcess | undefined;
        readonly isFleet: boolean;
        readonly leftOut: readonly string[];
        readonly boundarySets: Verdict["boundarySets"];
        readonly layout: unknown;
        readonly values: Uint8Array;
        readonly extras: SampleExtras | undefined;
      }
    | { readonly kind: "empty"; readonly key: Labels }
    | { readonly kind: "failed"; readonly key: Labels; readonly isFleet: boolean }
  );

type OtherCommand = Exclude<Command, PushCommand>;
type WithoutKey<C> = C extends { readonly key: unknown } ? Omit<C, "key"> & { readonly key: Labels } : C;
export type StoredCommand = WithoutKey<OtherCommand>;

/** The record of a push that is about to be applied; undefined for one that will leave no trace. */
export function recordPush(
  { method, key, observedMs, wallMs }: PushCommand,
  prepared: Prepared,
  verdict: Verdict,
): PushRecord | undefined {
  const at: PushAt = { method, observedMs, wallMs };
  switch (prepared.kind) {
    case "known": {
      const { source, snapshot, values, extras } = prepared;
      const shown = source.shown.findIndex((showing) => showing.snapshot === snapshot);
      const changes = packChanges(snapshot.values, values);
      const { processId } = source;
      return { kind: "known", ...at, key: key.canonical, processId, shown, changes, extras };
    }
    case "empty":
      return { kind: "empty", ...at, key: key.labels };
    case "refused":
      return prepared.refusal.code === "inconsistent"
        ? { kind: "failed", ...at, key: key.labels, isFleet: prepared.isFleet }
        : undefined;
    case "new":
      if (verdict.conflicts.length > 0 && !prepared.isLenient) {
        return { kind: "failed", ...at, key: key.labels, isFleet: false };
      }
      return { ...at, ...recordNew(prepared, verdict), key: key.labels };
  }
}

function recordNew(
  { layout, values, extras, isFleet, process }: NewBody,
  { conflicts, boundarySets }: Verdict,
): Omit<Extract<PushRecord, { kind: "new" }>, keyof PushAt | "key"> {
  return {
    kind: "new",
    process,
    isFleet,
    leftOut: conflicts.map(({ family }) => family),
    boundarySets,
    layout: writeLayout(layout),
    // A later push of the same batch may write over them.
    values: bytesOf(values).slice(),
    extras,
  };
}

function writeLayout(layout: Layout): unknown {
  return writeShared((writing) => layoutRef.write(layout, writing));
}

export function recordCommand(command: OtherCommand): LogRecord {
  if (!("key" in command)) return { kind: "command", command };
  return { kind: "command", command: { ...command, key: command.key.labels } };
}

/** Throws where the bytes are no records, or such that this version does not know. */
export function unpackRecords(bytes: Uint8Array, packing: Packing): readonly LogRecord[] {
  const { format, records } = packing.unpack(bytes) as StoredRecords;
  checkFormat(format);
  return records;
}

export function packRecords(records: readonly LogRecord[], packing: Packing): Uint8Array<ArrayBuffer> {
  const stored: StoredRecords = { format: FORMAT, records };
  return packing.pack(stored);
}

interface StoredRecords {
  readonly format: number;
  readonly records: readonly LogRecord[];
}
