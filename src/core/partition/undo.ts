import { readRenderedLabels } from "../exposition/escape.ts";
import { labelValue } from "../exposition/label-block.ts";
import type { Output } from "../rollup/output.ts";
import { isSelectedOutput, noteUncounted, outputId } from "../rollup/output.ts";
import type { LabelTest } from "../selector/compile-selector.ts";
import { FAMILY_NAME } from "../selector/selector.ts";
import type { RenewCommand } from "./commands.ts";
import { cohortsOf, familyOf } from "./counters/counted-body.ts";
import { setLast } from "./counters/readings.ts";
import { UNKNOWN } from "./counters/succeed.ts";
import type { Counted, Source } from "./group.ts";
import type { Mark } from "./marks.ts";
import { keyOf, listMarks } from "./marks.ts";
import type { PartitionState } from "./state.ts";

/** What an operator's undo concerns. The coordinator makes commands of it, which name things and select nothing. */
export interface Undoable {
  /** Counters of the merged view, by their identity. */
  readonly outputs: readonly string[];
  /** Families of which the selected series are, or would be if they were counters. */
  readonly marks: readonly Mark[];
  /** Sources that are frozen and feed the outputs. */
  readonly frozenSources: number;
}

/** What is selected in a partition. Reads the state only. */
export function findUndoable(state: PartitionState, isSelected: LabelTest): Undoable {
  const selected = [...allOutputs(state)].filter((output) => isSelectedOutput(isSelected, output));
  // One line of a histogram or a summary cannot begin anew without the others.
  const wholes = new Set(selected.map(wholeOf));
  const counters = [...allOutputs(state)].filter(
    (output) => output.function === "counter" && wholes.has(wholeOf(output)),
  );
  const frozen = sourcesFeeding(state, new Set(counters)).filter((source) => source.frozen !== undefined);
  const jobs = new Set(selected.map(({ family, labels }) => keyOf({ job: jobOf(labels), family })));
  return {
    outputs: counters.map(outputId),
    marks: listMarks(state).filter(
      (mark) => jobs.has(keyOf(mark)) || isSelected([FAMILY_NAME, mark.family, "job", mark.job]),
    ),
    frozenSources: frozen.length,
  };
}

/** What all partitions have found. */
export function mergeUndoables(found: readonly Undoable[]): Undoable {
  const marks = new Map(found.flatMap((each) => each.marks.map((mark) => [keyOf(mark), mark])));
  return {
    outputs: [...new Set(found.flatMap(({ outputs }) => outputs))],
    marks: [...marks.values()],
    frozenSources: found.reduce((sum, { frozenSources }) => sum + frozenSources, 0),
  };
}

/**
 * The counters begin a new epoch: only what their series increase by from now on is in it. Each goes on from
 * its last value, but where that is in doubt, from the next one.
 */
export function applyRenew(state: PartitionState, { outputs, wallMs }: RenewCommand): void {
  const renewed = state.outputs.renew(outputs, wallMs);
  for (const source of sourcesFeeding(state, renewed)) {
    for (const counted of source.counted) forgetDoubts(counted, renewed);
    if (source.frozen !== undefined) thaw(source);
    for (const counted of source.counted) noteEarlier(counted, renewed);
    for (const stone of source.tombstones.stones()) {
      const { output, value } = stone.remembered;
      if (output === undefined || !renewed.has(output)) continue;
      stone.remembered = { ...stone.remembered, doubt: undefined };
      noteUncounted(output, "earlier", value);
    }
  }
}

function* allOutputs({ outputs }: PartitionState): Iterable<Output> {
  for (const family of outputs.families.values()) yield* family.outputs.values();
}

function wholeOf({ family, labels, type }: Output): string {
  const hasLines = type === "histogram" || type === "gaugehistogram" || type === "summary";
  return family + (hasLines ? labels.replace(/,?(?:le|quantile)="[^"]*"\}$/, "}") : labels);
}

function sourcesFeeding(state: PartitionState, outputs: ReadonlySet<Output>): Source[] {
  const feeding: Source[] = [];
  for (const group of state.groups.values()) {
    for (const source of group.sources.values()) if (feedsSome(source, outputs)) feeding.push(source);
  }
  return feeding;
}

function feedsSome({ counted, tombstones }: Source, outputs: ReadonlySet<Output>): boolean {
  return (
    counted.some(({ feeds }) => feeds.counters.outputs.some((output) => outputs.has(output))) ||
    [...tombstones.stones()].some(({ remembered: { output } }) => output !== undefined && outputs.has(output))
  );
}

/** What was held back is of the old epoch, and nobody knows where a counter stands that may have restarted. */
function forgetDoubts(counted: Counted, renewed: ReadonlySet<Output>): void {
  const { feeds, births, doubts } = counted;
  for (const [k, output] of feeds.counters.outputs.entries()) {
    if (!renewed.has(output)) continue;
    births.delete(k);
    const doubt = doubts.get(k);
    if (doubt === undefined) continue;
    if (doubt.candidate !== undefined || doubt.misfit !== undefined) setLast(counted, k, UNKNOWN);
    doubt.candidate = undefined;
    doubt.misfit = undefined;
    doubt.held = undefined;
    doubt.strikes = 0;
  }
}

/** What its series stand at is of the old epoch. */
function noteEarlier(counted: Counted, renewed: ReadonlySet<Output>): void {
  const { feeds, last, replaced } = counted;
  for (const [k, output] of feeds.counters.outputs.entries()) {
    const value = last[k] ?? Number.NaN;
    if (!renewed.has(output) || replaced.has(familyOf(counted, k)) || Number.isNaN(value)) continue;
    noteUncounted(output, "earlier", value);
  }
}

/** Nobody knows which of the two writers is left. */
function thaw(source: Source): void {
  source.frozen = undefined;
  for (const counted of source.counted) {
    for (const k of cohortsOf(source, counted).anonymous) {
      setLast(counted, k, UNKNOWN);
      counted.doubts.delete(k);
    }
  }
}

function jobOf(labels: string): string {
  return labelValue(readRenderedLabels(labels), "job") ?? "";
}
