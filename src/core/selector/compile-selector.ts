import type { Labels } from "../exposition/label-block.ts";
import { labelValue } from "../exposition/label-block.ts";
import type { Matcher, Selector } from "./selector.ts";

/**
 * Makes a test of a regular expression. It must hold for the whole text, a dot matches a line's end too,
 * and testing takes time in proportion to the text, whatever the pattern: it comes from a user's file.
 * Throws for what is no pattern.
 */
export type CompileRegex = (pattern: string) => (text: string) => boolean;

/** Whether labels, the family's name among them as `__name__`, are selected. */
export type LabelTest = (labels: Labels) => boolean;

export function compileSelector({ matchers }: Selector, compileRegex: CompileRegex): LabelTest {
  const tests = matchers.map((matcher) => compileMatcher(matcher, compileRegex));
  return (labels) => tests.every((test) => test(labels));
}

function compileMatcher({ name, op, value }: Matcher, compileRegex: CompileRegex): LabelTest {
  const valueOf = (labels: Labels): string => labelValue(labels, name) ?? "";
  switch (op) {
    case "=":
      return (labels) => valueOf(labels) === value;
    case "!=":
      return (labels) => valueOf(labels) !== value;
    case "=~": {
      const test = compileRegex(value);
      return (labels) => test(valueOf(labels));
    }
    case "!~": {
      const test = compileRegex(value);
      return (labels) => !test(valueOf(labels));
    }
  }
}
