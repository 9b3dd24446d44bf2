import type { ViewFormat } from "../exposition/write/format.ts";
import type { Partition, Verdict } from "../partition/partition.ts";
import type { Suspect } from "../partition/twins.ts";
import type { Undoable } from "../partition/undo.ts";
import type { CompileRegex, LabelTest } from "../selector/compile-selector.ts";
import { compileSelector } from "../selector/compile-selector.ts";
import type { Selector } from "../selector/selector.ts";
import type { View } from "../view/create-part.ts";
import type { ExplainPart } from "../view/explain-part.ts";
import type { GroupSummary } from "../view/group-summary.ts";
import type { OpenPart, PartitionStatus } from "../view/part.ts";
import type { ViewFilter } from "../view/view-filter.ts";
import { compileFilter } from "../view/view-filter.ts";

/** What a shard can be asked. Nothing of it changes a partition. */
export interface ShardReads {
  /** The parts of partitions, less the first `from` of them, until `isEnough` says so after one. */
  parts(
    view: View,
    observedMs: number,
    format: ViewFormat,
    filter?: ViewFilter,
    from?: number,
    isEnough?: () => boolean,
  ): OpenPart[];
  /** Throws for a selector whose regular expressions are none. */
  explain(selector: Selector, observedMs: number, most: number): ExplainPart[];
  /** What an operator's undo of the series that one of these selects concerns. */
  undoables(selectors: readonly Selector[]): Undoable[];
  /** Single sources are told of by partitions with no more than `mostSources`. */
  statuses(mostSources: number): PartitionStatus[];
  /** About how much memory it all takes, in bytes. */
  footprint(): number;
  groups(observedMs: number): GroupSummary[];
  /** Those of the groups that are still there, as a Pushgateway's API shows them. */
  groupTexts(groups: readonly Pick<GroupSummary, "partition" | "canonicalKey">[]): string[];
  /** Those of the series that kept groups of the partition show. */
  twins(partition: number, suspects: readonly Suspect[]): Verdict["conflicts"];
  idleOutputs(beforeMs: number): string[];
  busyOutputs(ids: readonly string[], beforeMs: number): string[];
}

/** `all` are the partitions as they are then: a shard may have to load them anew. */
export function createShardReads(
  all: () => Iterable<Partition>,
  partitionOf: (number: number) => Partition,
  compileRegex: CompileRegex,
): ShardReads {
  return {
    parts(view, observedMs, format, filter, from = 0, isEnough = () => false) {
      const isAsked = compileFilter(filter, compileRegex);
      const parts: OpenPart[] = [];
      for (const partition of [...all()].slice(from)) {
        parts.push(partition.part(view, observedMs, format, isAsked));
        if (isEnough()) break;
      }
      return parts;
    },
    explain(selector, observedMs, most) {
      const isSelected = compileSelector(selector, compileRegex);
      return Array.from(all(), (partition) => partition.explain(isSelected, observedMs, most));
    },
    undoables(selectors) {
      const tests = selectors.map((selector) => compileSelector(selector, compileRegex));
      const isSelected: LabelTest = (labels) => tests.some((test) => test(labels));
      return Array.from(all(), (partition) => partition.undoable(isSelected));
    },
    statuses: (mostSources) => Array.from(all(), (partition) => partition.status(mostSources)),
    footprint: () => Array.from(all(), (partition) => partition.footprint()).reduce((a, b) => a + b, 0),
    groups: (observedMs) => [...all()].flatMap((partition) => partition.groups(observedMs)),
    groupTexts: (groups) =>
      groups.flatMap(({ partition, canonicalKey }) => partitionOf(partition).groupJson(canonicalKey) ?? []),
    twins: (partition, suspects) => partitionOf(partition).twins(suspects),
    idleOutputs: (beforeMs) => [...all()].flatMap((partition) => partition.idleOutputs(beforeMs)),
    busyOutputs(ids, beforeMs) {
      const wanted = new Set(ids);
      return [...all()].flatMap((partition) => partition.busyOutputs(wanted, beforeMs));
    },
  };
}
