import type { LabelBlock, Labels } from "../exposition/label-block.ts";
import { labelValue } from "../exposition/label-block.ts";
import { readRenderedLabels, renderLabels } from "../exposition/escape.ts";
import { fnv1a32 } from "../partition-of.ts";
import type { Attempt } from "../rollup/flink/cohort.ts";
import { attemptOf } from "../rollup/flink/cohort.ts";
import { createLabelRendering, overlay } from "./stored-labels.ts";

/**
 * The labels of some samples of one source as a Pushgateway would show them, held once: the lines of
 * a task share them. Two samples of a source have equal labels if and only if they have the same object.
 */
export interface LabelSet {
  /** The labels as exposition text with their braces: sorted, grouping labels and `instance` included, `le` and `quantile` not. */
  readonly text: string;
  /** A hash of `text`. */
  readonly hash: number;
  /** The same one by one. */
  readonly labels: Labels;
  /** The attempt of a task of Flink's that they belong to. */
  readonly attempt: Attempt | undefined;
  /** They name a job of Flink's. */
  readonly hasJobId: boolean;
  /** What the merged view shows of them under the rule that drops some, as `make` makes it. */
  merged(dropped: object, make: (labels: Labels) => MergedLabels): MergedLabels;
}

/** Some labels as the merged view shows them. */
export interface MergedLabels {
  /** With braces. */
  readonly text: string;
  /** A label of a process is among them. */
  readonly keepsProcess: boolean;
}

/** Finds or makes the label sets of one source. */
export interface LabelSetTable {
  /** `bound` is the label that is no part of the set: `le` for buckets, `quantile` for quantiles, else "". */
  find(block: LabelBlock, bound: "" | "le" | "quantile"): LabelSet;
  /** The set with that text, as a set of this table had it. */
  findByText(text: string): LabelSet;
  /** Lets go of what can be made again of the texts, and is of use only while a layout is connected. */
  forgetMade(): void;
  /** The same; and all sets but these are dropped, if there are twice as many as were kept when it last did so. */
  keep(sets: Iterable<LabelSet>): void;
}

class KnownLabelSet implements LabelSet {
  readonly text: string;
  readonly hash: number;
  /** Sets that hold what can be made again. */
  readonly #made: KnownLabelSet[];
  #labels: Labels | undefined;
  #merged: Map<object, MergedLabels> | undefined;
  #hasJobId: boolean | undefined;
  #attempt: Attempt | "none" | undefined;

  constructor(text: string, labels: Labels | undefined, made: KnownLabelSet[]) {
    this.text = text;
    this.hash = fnv1a32(text);
    this.#made = made;
    this.#labels = labels;
    if (labels !== undefined) made.push(this);
  }

  get labels(): Labels {
    if (this.#labels === undefined) {
      this.#labels = readRenderedLabels(this.text);
      this.#made.push(this);
    }
    return this.#labels;
  }

  get attempt(): Attempt | undefined {
    this.#attempt ??= attemptOf(this.labels) ?? "none";
    return this.#attempt === "none" ? undefined : this.#attempt;
  }

  get hasJobId(): boolean {
    return (this.#hasJobId ??= labelValue(this.labels, "job_id") !== undefined);
  }

  merged(dropped: object, make: (labels: Labels) => MergedLabels): MergedLabels {
    let merged = this.#merged?.get(dropped);
    if (merged === undefined) {
      merged = make(this.labels);
      this.#merged ??= new Map();
      this.#merged.set(dropped, merged);
    }
    return merged;
  }

  forgetMade(): void {
    this.#labels = undefined;
    this.#merged = undefined;
    this.#attempt = undefined;
  }
}

export function createLabelSetTable(grouping: Labels): LabelSetTable {
  let byText = new Map<string, LabelSet>();
  let lastKept = 0;
  const made: KnownLabelSet[] = [];
  // The quantiles of a summary share a block. Of the body that is read.
  const byUnbound = new Map<LabelBlock, LabelSet>();
  const render = createLabelRendering(grouping);

  function find(block: LabelBlock, bound: "" | "le" | "quantile"): LabelSet {
    if (bound !== "" && block.unbound?.bound === bound) return findUnbound(block.unbound.block);
    const rendered = bound === "" ? render(block) : undefined;
    if (rendered !== undefined) return findByText(rendered.text, rendered.labels);
    const labels = overlay(block.labels, grouping, bound);
    return findByText(renderLabels(labels), labels);
  }

  function findUnbound(block: LabelBlock): LabelSet {
    let set = byUnbound.get(block);
    if (set === undefined) byUnbound.set(block, (set = find(block, "")));
    return set;
  }

  function findByText(text: string, labels: Labels | undefined): LabelSet {
    let set = byText.get(text);
    if (set === undefined) byText.set(text, (set = new KnownLabelSet(text, labels, made)));
    return set;
  }

  function forgetMade(): void {
    for (const set of made) set.forgetMade();
    made.length = 0;
  }

  return {
    find,
    findByText: (text) => findByText(text, undefined),
    forgetMade,
    keep(sets) {
      forgetMade();
      byUnbound.clear();
      if (byText.size <= 2 * lastKept) return;
      byText = new Map();
      for (const set of sets) byText.set(set.text, set);
      lastKept = byText.size;
    },
  };
}
