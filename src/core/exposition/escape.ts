import type { Labels } from "./label-block.ts";
import { isLegacyLabelName } from "./name-syntax.ts";

/** The text between the quotes of a label value. */
export function escapeLabelValue(value: string): string {
  // Flink's label values have none of the three, so most calls end here.
  if (!/[\\"\n]/.test(value)) return value;
  return escapeHelp(value).replaceAll('"', '\\"');
}

/** The text of a HELP line. Quotes stay as they are. */
export function escapeHelp(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/**
 * A label block with its braces, the labels in the order given and `extra` (`le` or `quantile`)
 * behind them, where Prometheus' own encoder puts it; "" without any label.
 */
export function renderLabels(labels: Labels, extra?: readonly [name: string, value: string]): string {
  let text = "";
  for (let i = 0; i < labels.length; i += 2) text += renderPair(labels[i] ?? "", labels[i + 1] ?? "", text);
  if (extra !== undefined) text += renderPair(extra[0], extra[1], text);
  return text === "" ? "" : `{${text}}`;
}

/** One pair as `renderLabels` writes it; a name in quotes is escaped as values are. */
const RENDERED_PAIR = /(?:"((?:[^"\\]|\\.)*)"|([^{,="]+))="((?:[^"\\]|\\.)*)"/g;

/** Escapes, and names in quotes, of which a body of Flink's has none. */
const RARE = /\\|[{,]"/;

/** The labels of which `renderLabels` has made that text. */
export function readRenderedLabels(text: string): string[] {
  if (RARE.test(text)) return readRareLabels(text);
  // By a regular expression it takes five times as long.
  const labels: string[] = [];
  for (let pos = 1; pos < text.length;) {
    const equals = text.indexOf("=", pos);
    const close = text.indexOf('"', equals + 2);
    labels.push(text.slice(pos, equals), text.slice(equals + 2, close));
    pos = close + 2;
  }
  return labels;
}

function readRareLabels(text: string): string[] {
  return [...text.matchAll(RENDERED_PAIR)].flatMap(([, quoted, plain, value = ""]) => [
    plain ?? unescape(quoted ?? ""),
    unescape(value),
  ]);
}

function unescape(value: string): string {
  return value.replaceAll(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c));
}

function renderPair(name: string, value: string, before: string): string {
  const comma = before === "" ? "" : ",";
  return `${comma}${shownName(name)}="${escapeLabelValue(value)}"`;
}

/** So many names are remembered: a fleet has some twenty. */
const MOST_NAMES = 1_000;
const shownNames = new Map<string, string>();

/** Other names than legacy ones are UTF-8, which stand in quotes and are escaped as values are. */
function shownName(name: string): string {
  let shown = shownNames.get(name);
  if (shown === undefined) {
    shown = isLegacyLabelName(name) ? name : `"${escapeLabelValue(name)}"`;
    if (shownNames.size >= MOST_NAMES) shownNames.clear();
    shownNames.set(name, shown);
  }
  return shown;
}
