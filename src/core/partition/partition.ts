import { namesIn } from "../coordinator/name-sets.ts";
import type { View } from "../view/create-part.ts";
import type { ViewFormat } from "../exposition/write/format.ts";
import { createPart } from "../view/create-part.ts";
import type { LabelTest } from "../selector/compile-selector.ts";
import type { ExplainPart } from "../view/explain-part.ts";
import { explainPart } from "../view/explain-part.ts";
import type { PartitionStatus, OpenPart } from "../view/part.ts";
import { groupJson } from "../view/group-json.ts";
import type { GroupSummary } from "../view/group-summary.ts";
import { groupSummaries } from "../view/group-summary.ts";
import { partitionStatus } from "../view/status.ts";
import { readRenderedLabels } from "../exposition/escape.ts";
import { labelValue } from "../exposition/label-block.ts";
import type { MetricTest } from "../view/view-filter.ts";
import { applyMark } from "./apply-mark.ts";
import { applyEmpty, applyFailure, applyKnown, applyNew } from "./apply.ts";
import type { Command, PushCommand, Refusal, RulesCommand } from "./commands.ts";
import { deleteGroup, expire } from "./depart.ts";
import { departures, evict } from "./evict.ts";
import { inconsistent } from "./faults.ts";
import { applyInferred, inferredFamilies, openHistograms, shownJob } from "./fleet.ts";
import type { BoundarySet } from "../rollup/histogram/boundaries.ts";
import { footprintOf } from "./footprint.ts";
import { type Growth, growthOf } from "./growth.ts";
import type { JobSizes } from "./job-sizes.ts";
import { createJobSizes } from "./job-sizes.ts";
import type { LayoutFamily } from "./layout.ts";
import type { Mark } from "./marks.ts";
import type { NewBody, Prepared } from "./prepare.ts";
import { matchAnew, prepare } from "./prepare.ts";
import { reload } from "./reload.ts";
import type { Ruling } from "./ruling.ts";
import { registeredFamilies, replacedFamilies } from "./show.ts";
import type { PartitionState, Surroundings } from "./state.ts";
import type { Suspect } from "./twins.ts";
import { findTwins } from "./twins.ts";
import type { Undoable } from "./undo.ts";
import { applyRenew, findUndoable } from "./undo.ts";
import { wipe } from "./wipe.ts";

/** What the coordinator has to decide before a body with a new layout can be applied. */
export interface Question {
  /** The job that the merged view shows. */
  readonly job: string;
  /** Families that are refused do not cost it the others. */
  readonly isLenient: boolean;
  /** Those of the key. */
  readonly groupingNames: readonly string[];
  readonly families: readonly LayoutFamily[];
  /** Families that the push takes out of the views, or has otherwise: they are open again unless somebody else has them. */
  readonly replaces: readonly string[];
  /** Families that a rate beside them shows to be counters. */
  readonly inferred: readonly string[];
  /** Merged histograms whose boundaries the partition does not know, with those of this body. */
  readonly histograms: readonly BoundaryQuestion[];
}

export interface BoundaryQuestion {
  readonly family: string;
  readonly set: BoundarySet;
}

/** Its answer. It is applied with the push, so that doing so again needs no coordinator. */
export interface Verdict {
  /** Families whose type, or one of whose series, stands against what others push, each with the reason. */
  readonly conflicts: readonly { readonly family: string; readonly reason: string }[];
  /** What has been decided about the histograms. */
  readonly boundarySets: readonly BoundarySet[];
}

/** What came of a push; undefined for one that was applied. */
type PushOutcome = Refusal | undefined;

/**
 * The single-writer unit of state: a fold over its commands. Given the same commands, and the same
 * verdicts with its pushes, it reaches the same state on every platform.
 */
export interface Partition {
  /** Reads a body without applying it. Must be followed by `push`, or by nothing. */
  prepare(push: PushCommand): Prepared;
  question(push: PushCommand, body: NewBody): Question;
  /** What a prepared push would add to what is held; one that is known adds nothing. */
  growth(push: PushCommand, prepared: Exclude<Prepared, { kind: "known" }>): Growth;
  /** Applies a prepared push. A new body needs its verdict. */
  push(push: PushCommand, prepared: Prepared, verdict: Verdict): PushOutcome;
  apply(command: Exclude<Command, PushCommand | RulesCommand>): void;
  /** Follows the rules that have changed in its surroundings. */
  reload(command: RulesCommand, before: Ruling): void;
  /** A prepared body as the rules see it now. */
  matchAnew(push: PushCommand, body: NewBody): NewBody;
  /** Families that have shown to be no counters since this was last asked, for the coordinator to mark. */
  takeNewMarks(): Mark[];
  readonly sizes: JobSizes;
  /** About how much memory it takes, in bytes: a look at every source. */
  footprint(): number;
  /** When each source departed that is only remembered for what it has counted. */
  departures(): number[];
  /** No source changes by itself before this observed time. */
  nextDueMs(): number;
  part(view: View, observedMs: number, format: ViewFormat, isAsked?: MetricTest): OpenPart;
  /** Where the outputs that are selected come from; at most `most` of them, the first by their names. */
  explain(isSelected: LabelTest, observedMs: number, most: number): ExplainPart;
  /** What an operator's undo of the selected series concerns. */
  undoable(isSelected: LabelTest): Undoable;
  /** Single sources are among it if there are no more than `mostSources`. */
  status(mostSources: number): PartitionStatus;
  /** The groups that a Pushgateway would show. */
  groups(observedMs: number): GroupSummary[];
  /** The group as a Pushgateway's API shows it; undefined where it is gone. */
  groupJson(canonicalKey: string): string | undefined;
  /** Those of the series that kept groups of the partition show. */
  twins(suspects: readonly Suspect[]): Verdict["conflicts"];
  /** Counters that nothing has fed here since `beforeMs`. */
  idleOutputs(beforeMs: number): string[];
  /** Those of `ids` that something feeds, or fed after `beforeMs`. */
  busyOutputs(ids: ReadonlySet<string>, beforeMs: number): string[];
}

/** What may take any group or source away. */
const MOVES_GROUPS: ReadonlySet<Command["kind"]> = new Set(["tick", "evict", "wipe"]);

export function createPartition(state: PartitionState, surroundings: Surroundings): Partition {
  // No part of the state: whoever loads it has to parse what was known.
  const layouts = { hits: 0, misses: 0 };
  const sizes = createJobSizes(state);
  return {
    sizes,
    footprint: () => footprintOf(state),
    departures: () => departures(state),
    growth: (push, prepared) => growthOf(state, push, prepared),
    prepare: (push) => prepare(state, surroundings, push),
    question(push, body) {
      const group = state.groups.get(push.key.canonical);
      const job = shownJob({ key: push.key, isFleet: body.isFleet });
      const families = registeredFamilies(push.key, body.layout.families);
      const source = group?.sources.get(body.process?.id ?? "");
      const replaces = source === undefined ? [] : replacedFamilies(source, families, push.method);
      const inferred = body.isFleet ? inferredFamilies(push.key, body.layout) : [];
      const news = inferred.filter((family) => !state.inferred.has(`${job} ${family}`));
      const histograms = body.isFleet ? openHistograms(state, surroundings, push, body) : [];
      const { isLenient } = body;
      const groupingNames = namesIn(push.key.labels);
      return { job, isLenient, groupingNames, families, replaces, inferred: news, histograms };
    },
    push(push, prepared, verdict) {
      const isOneForOne = prepared.kind === "known" && prepared.source.shown.length === 1;
      const outcome = applyPush(push, prepared, verdict);
      if (!isOneForOne) sizes.recount(push.key.canonical);
      return outcome;
    },
    apply(command) {
      switch (command.kind) {
        case "delete":
          deleteGroup(state, surroundings, command.key.canonical, command.observedMs);
          break;
        case "sign":
          for (const source of state.groups.get(command.key.canonical)?.sources.values() ?? []) {
            source.lastSignMs = command.observedMs;
          }
          break;
        case "tick":
          expire(state, surroundings, command.observedMs, command.wallMs);
          break;
        case "evict":
          evict(state, command);
          break;
        case "infer":
          applyInferred(state, command);
          break;
        case "mark":
        case "unmark":
          applyMark(state, command);
          break;
        case "forget":
          for (const { labels } of state.outputs.forget(command.outputs)) {
            const job = labelValue(readRenderedLabels(labels), "job") ?? "";
            state.tally.add("sluice_forgotten_outputs_total", ["job", job], 1);
          }
          break;
        case "renew":
          applyRenew(state, command);
          break;
        case "wipe":
          wipe(state, surroundings, command.observedMs);
          break;
      }
      if (command.kind === "delete") sizes.recount(command.key.canonical);
      else if (MOVES_GROUPS.has(command.kind)) sizes.recount();
    },
    reload(command, before) {
      reload(state, surroundings, before, command);
      sizes.recount();
    },
    matchAnew: (push, body) => matchAnew(surroundings, push, body),
    takeNewMarks() {
      const news = state.newMarks;
      state.newMarks = [];
      return news;
    },
    nextDueMs: () => state.nextDueMs,
    part: (view, observedMs, format, isAsked) => createPart(state, view, observedMs, format, isAsked),
    explain: (isSelected, observedMs, most) =>
      explainPart(state, surroundings.settings, isSelected, observedMs, most),
    undoable: (isSelected) => findUndoable(state, isSelected),
    status: (mostSources) => partitionStatus(state, layouts, mostSources),
    groups: (observedMs) => groupSummaries(state, observedMs),
    groupJson(canonicalKey) {
      const group = state.groups.get(canonicalKey);
      return group && groupJson(group);
    },
    twins: (suspects) => findTwins(state, suspects),
    idleOutputs: (beforeMs) => state.outputs.idleSince(beforeMs),
    busyOutputs: (ids, beforeMs) => state.outputs.busySince(ids, beforeMs),
  };

  function applyPush(push: PushCommand, prepared: Prepared, verdict: Verdict): PushOutcome {
    switch (prepared.kind) {
      case "known":
        layouts.hits += 1;
        applyKnown(state, surroundings, push, prepared);
        return undefined;
      case "empty":
        applyEmpty(state, surroundings, push);
        return undefined;
      case "refused":
        // A body that cannot even be parsed leaves no trace.
        if (prepared.refusal.code === "inconsistent")
          applyFailure(state, surroundings, push, prepared.isFleet);
        return prepared.refusal;
      case "new":
        layouts.misses += 1;
        return applyJudged(push, prepared, verdict);
    }
  }

  /** A kept group is refused as a whole, as by a Pushgateway; a fleet group, or one that nobody checks, loses the family alone. */
  function applyJudged(push: PushCommand, body: NewBody, verdict: Verdict): PushOutcome {
    const { conflicts } = verdict;
    if (conflicts.length > 0 && !body.isLenient) {
      applyFailure(state, surroundings, push, false);
      return inconsistent(...conflicts.map(({ reason }) => reason));
    }
    applyNew(state, surroundings, push, body, verdict);
    return undefined;
  }
}
