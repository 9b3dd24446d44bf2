import { escapeLabelValue, renderLabels } from "../exposition/escape.ts";
import type { LabelBlock, Labels } from "../exposition/label-block.ts";

/**
 * The labels that a Pushgateway stores: those of the grouping key win over those of the body, and
 * `instance` is there even when nobody sent one. Both lists are sorted, and merged as such: with a Map and a sort a
 * push of a restarted job took a tenth longer.
 */
export function overlay(body: Labels, grouping: Labels, without: string): Labels {
  const labels: string[] = [];
  let instanceAt = 0;
  let hasInstance = false;
  let b = 0;
  let g = 0;
  while (b < body.length || g < grouping.length) {
    const pushed = body[b];
    const wins = grouping[g];
    let name: string;
    let value: string | undefined;
    if (wins === undefined || (pushed !== undefined && pushed < wins)) {
      name = pushed ?? "";
      value = body[b + 1];
      b += 2;
      if (name === without) continue;
    } else {
      name = wins;
      value = grouping[g + 1];
      g += 2;
      if (pushed === wins) b += 2;
    }
    if (name === "instance") hasInstance = true;
    if (name < "instance") instanceAt = labels.length + 2;
    labels.push(name, value ?? "");
  }
  if (!hasInstance) labels.splice(instanceAt, 0, "instance", "");
  return labels;
}

interface StoredLabels {
  /** The same object for labels of the same names. */
  readonly names: object;
  readonly text: string;
  readonly labels: Labels;
}

/** How the labels of blocks with the same names become text: the values of the blocks stand between what is fixed. */
interface Template {
  /** One more than there are values. */
  readonly fixed: readonly string[];
  /** The places of the values among the labels of a block. */
  readonly from: readonly number[];
  /** The labels, with what is fixed of them; and the places of the values there. */
  readonly labels: readonly string[];
  readonly to: readonly number[];
}

/**
 * What `overlay` and `renderLabels` make of a block, which 65 new blocks of a restarted job cost 0.3 ms: where the
 * names are known, they have been sorted, laid over each other and written before. Undefined where they are not.
 */
export function createLabelRendering(grouping: Labels): (block: LabelBlock) => StoredLabels | undefined {
  const templates = new Map<readonly string[], Template>();
  return ({ labels: pushed, plainNames }) => {
    if (plainNames === undefined) return undefined;
    let template = templates.get(plainNames);
    if (template === undefined) {
      if (templates.size >= MOST_TEMPLATES) templates.clear();
      templates.set(plainNames, (template = templateOf(plainNames, grouping)));
    }
    const { fixed, from, to } = template;
    const labels = template.labels.slice();
    let text = fixed[0] ?? "";
    for (let i = 0; i < from.length; i += 1) {
      const value = pushed[from[i] ?? 0] ?? "";
      labels[to[i] ?? 0] = value;
      text += value + (fixed[i + 1] ?? "");
    }
    return { names: template, text, labels };
  };
}

/** A body of Flink's has blocks with four or five different lists of names. */
const MOST_TEMPLATES = 8;

function templateOf(names: readonly string[], grouping: Labels): Template {
  const labels = overlay(
    names.flatMap((name) => [name, ""]),
    grouping,
    "",
  );
  const fixed: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  let text = "{";
  for (let at = 0; at < labels.length; at += 2) {
    const name = labels[at] ?? "";
    const place = isNameOf(grouping, name) ? -1 : names.indexOf(name);
    text += `${at === 0 ? "" : ","}${renderLabels([name, ""]).slice(1, -2)}`;
    if (place === -1) {
      text += `${escapeLabelValue(labels[at + 1] ?? "")}"`;
      continue;
    }
    fixed.push(text);
    from.push(2 * place + 1);
    to.push(at + 1);
    text = '"';
  }
  return { fixed: [...fixed, `${text}}`], from, labels, to };
}

function isNameOf(labels: Labels, name: string): boolean {
  return labels.some((each, at) => at % 2 === 0 && each === name);
}
