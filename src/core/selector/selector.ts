import { escapeLabelValue } from "../exposition/escape.ts";
import { isLegacyLabelName, isLegacyMetricName } from "../exposition/name-syntax.ts";

export type MatchOperator = "=" | "!=" | "=~" | "!~";

/** What one label must be like. A label that is missing is the same as an empty one. */
export interface Matcher {
  readonly name: string;
  readonly op: MatchOperator;
  readonly value: string;
}

/** A PromQL series selector as data. All matchers must hold; the name of the family is the label `__name__`. */
export interface Selector {
  readonly matchers: readonly Matcher[];
}

export const FAMILY_NAME = "__name__";

/** The selector as a person would write it: a name that needs no quotes stands before the braces. */
export function renderSelector({ matchers }: Selector): string {
  const [first] = matchers;
  const name = first !== undefined && isPlainName(first) ? first.value : "";
  const inside = (name === "" ? matchers : matchers.slice(1)).map(renderMatcher).join(",");
  return name !== "" && inside === "" ? name : `${name}{${inside}}`;
}

function renderMatcher({ name, op, value }: Matcher): string {
  const shown = isLegacyLabelName(name) ? name : `"${escapeLabelValue(name)}"`;
  return `${shown}${op}"${escapeLabelValue(value)}"`;
}

/** Words that PromQL reads as something else where a name may stand. */
const RESERVED = /^(?:inf|nan|on|ignoring|group_left|group_right|bool|offset)$/i;

function isPlainName({ name, op, value }: Matcher): boolean {
  return name === FAMILY_NAME && op === "=" && isLegacyMetricName(value) && !RESERVED.test(value);
}
