import type { LabelBlock, Labels } from "../exposition/label-block.ts";
import { labelValue } from "../exposition/label-block.ts";
import { readRenderedLabels, renderLabels } from "../exposition/escape.ts";
import { fnv1a32 } from "../partition-of.ts";
import type { Attempt } from "../rollup/flink/cohort.ts";
import { attemptOf } from "../rollup/flink/cohort.ts";
import type { MergedLabels, MergedTemplate } from "./merged-labels.ts";
import { fillTemplate } from "./merged-labels.ts";
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
  /** The `task_attempt_id`. */
  readonly attemptId: string | undefined;
  /** They name a job of Flink's. */
  readonly hasJobId: boolean;
  /** What the merged view shows of them under the rule that drops some: one object for one text. Labels of the same names share a template. */
  merged(dropped: object): MergedLabels | undefined;
  merge(dropped: object, templateOf: (labels: Labels) => MergedTemplate): MergedLabels;
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

/** What can be made again, of all sets of a source. */
interface Made {
  /** Those that hold some of it. */
  readonly by: KnownLabelSet[];
  /** By its text: the subtasks of an operator have one in common. */
  readonly merged: Map<string, MergedLabels>;
  /** By the object that stands for the names of some labels, and the one that says which of them are dropped. */
  readonly templates: Map<object, Map<object, MergedTemplate>>;
}

class KnownLabelSet implements LabelSet {
  readonly text: string;
  readonly hash: number;
  readonly #made: Made;
  /** The same object for all sets with the same names, where that is known. */
  #names: object | undefined;
  #labels: Labels | undefined;
  #merged: Map<object, MergedLabels> | undefined;
  #attemptId: string | false | undefined;
  #hasJobId: boolean | undefined;
  #attempt: Attempt | false | undefined;

  constructor(text: string, labels: Labels | undefined, names: object | undefined, made: Made) {
    this.text = text;
    this.hash = fnv1a32(text);
    this.#made = made;
    this.#names = names;
    this.#labels = labels;
    if (labels !== undefined) made.by.push(this);
  }

  get labels(): Labels {
    if (this.#labels === undefined) {
      this.#labels = readRenderedLabels(this.text);
      this.#made.by.push(this);
    }
    return this.#labels;
  }

  get attempt(): Attempt | undefined {
    this.#attempt ??= attemptOf(this.labels) ?? false;
    return this.#attempt === false ? undefined : this.#attempt;
  }

  get attemptId(): string | undefined {
    this.#attemptId ??= labelValue(this.labels, "task_attempt_id") ?? false;
    return this.#attemptId === false ? undefined : this.#attemptId;
  }

  get hasJobId(): boolean {
    return (this.#hasJobId ??= labelValue(this.labels, "job_id") !== undefined);
  }

  merged(dropped: object): MergedLabels | undefined {
    return this.#merged?.get(dropped);
  }

  merge(dropped: object, templateOf: (labels: Labels) => MergedTemplate): MergedLabels {
    const own = fillTemplate(this.#template(dropped, templateOf), this.labels);
    let merged = this.#made.merged.get(own.text);
    if (merged === undefined) this.#made.merged.set(own.text, (merged = own));
    this.#merged ??= new Map();
    this.#merged.set(dropped, merged);
    return merged;
  }

  #template(dropped: object, templateOf: (labels: Labels) => MergedTemplate): MergedTemplate {
    if (this.#names === undefined) return templateOf(this.labels);
    let ofNames = this.#made.templates.get(this.#names);
    if (ofNames === undefined) this.#made.templates.set(this.#names, (ofNames = new Map()));
    let template = ofNames.get(dropped);
    if (template === undefined) ofNames.set(dropped, (template = templateOf(this.labels)));
    return template;
  }

  forgetMade(): void {
    this.#names = undefined;
    this.#labels = undefined;
    this.#merged = undefined;
    this.#attempt = undefined;
    this.#attemptId = undefined;
  }
}

export function createLabelSetTable(grouping: Labels): LabelSetTable {
  let byText = new Map<string, LabelSet>();
  let lastKept = 0;
  const made: Made = { by: [], merged: new Map(), templates: new Map() };
  // The quantiles of a summary share a block. Of the body that is read.
  const byUnbound = new Map<LabelBlock, LabelSet>();
  const render = createLabelRendering(grouping);

  function find(block: LabelBlock, bound: "" | "le" | "quantile"): LabelSet {
    if (bound !== "" && block.unbound?.bound === bound) return findUnbound(block.unbound.block);
    const rendered = bound === "" ? render(block) : undefined;
    if (rendered !== undefined) return findByText(rendered.text, rendered.labels, rendered.names);
    const labels = overlay(block.labels, grouping, bound);
    return findByText(renderLabels(labels), labels);
  }

  function findUnbound(block: LabelBlock): LabelSet {
    let set = byUnbound.get(block);
    if (set === undefined) byUnbound.set(block, (set = find(block, "")));
    return set;
  }

  function findByText(text: string, labels?: Labels, names?: object): LabelSet {
    let set = byText.get(text);
    if (set === undefined) byText.set(text, (set = new KnownLabelSet(text, labels, names, made)));
    return set;
  }

  function forgetMade(): void {
    for (const set of made.by) set.forgetMade();
    made.by.length = 0;
    made.merged.clear();
    made.templates.clear();
  }

  return {
    find,
    findByText: (text) => findByText(text),
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
