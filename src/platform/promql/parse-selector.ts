import { parser } from "@prometheus-io/lezer-promql";
import {
  type Matcher,
  type MatchOperator,
  FAMILY_NAME,
  type Selector,
} from "../../core/selector/selector.ts";
import { oneLine } from "../one-line.ts";
import { compileRegex, refusePattern } from "./regex.ts";
import { readStringLiteral } from "./read-string-literal.ts";
import { refuseExpression } from "./refuse-expression.ts";

export type SelectorFault = { readonly ok: false; readonly at: number; readonly message: string };
/** `at` counts the characters before what is wrong. */
export type ParsedSelector = { readonly ok: true; readonly selector: Selector } | SelectorFault;

/** Refused as in PromQL: a rule with it would take hold of all that is ever pushed. */
const SELECTS_NOTHING_IN_PARTICULAR =
  'all of it also holds where the labels are missing; add a matcher that does not, such as job=~".+"';

type Tree = ReturnType<typeof parser.parse>;
export type SyntaxNode = Tree["topNode"];

/** Reads one plain PromQL series selector: `name`, `name{label="value"}`, `{"a name", label=~"pattern"}`. */
export function parseSelector(text: string): ParsedSelector {
  const { topNode } = parser.parse(text);
  const refused = refuseExpression(topNode, text);
  if (refused !== undefined) return refused;
  const vector = topNode.getChild("VectorSelector");
  if (vector === null) throw new Error(`BUG: no selector in ${JSON.stringify(text)}`);

  const matchers: Matcher[] = [];
  for (const node of matcherNodes(vector)) {
    const read = readMatcher(node, text);
    if (!read.ok) return read;
    if (namesAgain(read.matcher, matchers)) {
      return fault(node.from, "the name of the family is said twice; keep one");
    }
    matchers.push(read.matcher);
  }
  if (matchers.every(matchesEmpty)) {
    return fault(vector.from, SELECTS_NOTHING_IN_PARTICULAR);
  }
  return { ok: true, selector: { matchers } };
}

/** `Identifier` before the braces, and what stands in them. */
function matcherNodes(vector: SyntaxNode): readonly SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  for (let node = vector.firstChild; node !== null; node = node.nextSibling) {
    if (node.name !== "LabelMatchers") nodes.push(node);
    else for (let inner = node.firstChild; inner !== null; inner = inner.nextSibling) nodes.push(inner);
  }
  return nodes.filter(({ name }) => name !== "LineComment");
}

type ReadMatcher = { readonly ok: true; readonly matcher: Matcher } | SelectorFault;

function readMatcher(node: SyntaxNode, text: string): ReadMatcher {
  if (node.name === "Identifier") return nameIs(text.slice(node.from, node.to));
  if (node.name === "QuotedLabelName") {
    const name = unquote(node, text);
    return name.ok ? nameIs(name.text) : name;
  }
  const { firstChild: nameNode, lastChild: valueNode } = node;
  const opNode = node.getChild("MatchOp");
  if (nameNode === null || opNode === null || valueNode === null) {
    throw new Error(`BUG: ${node.name} without its parts in ${JSON.stringify(text)}`);
  }
  const name = nameNode.name === "QuotedLabelName" ? unquote(nameNode, text) : plain(nameNode, text);
  if (!name.ok) return name;
  const value = unquote(valueNode, text);
  if (!value.ok) return value;
  const op = operatorOf(text.slice(opNode.from, opNode.to));
  const refusal = op === "=~" || op === "!~" ? refusePattern(value.text) : undefined;
  if (refusal !== undefined) return fault(valueNode.from, `not a regular expression of RE2: ${refusal}`);
  return { ok: true, matcher: { name: name.text, op, value: value.text } };
}

function nameIs(value: string): ReadMatcher {
  return { ok: true, matcher: { name: FAMILY_NAME, op: "=", value } };
}

function plain(node: SyntaxNode, text: string): { readonly ok: true; readonly text: string } {
  return { ok: true, text: text.slice(node.from, node.to) };
}

function unquote(
  node: SyntaxNode,
  text: string,
): { readonly ok: true; readonly text: string } | SelectorFault {
  const read = readStringLiteral(text.slice(node.from, node.to));
  return read.ok ? read : fault(node.from + read.at, read.message);
}

function operatorOf(text: string): MatchOperator {
  if (text === "=" || text === "!=" || text === "=~" || text === "!~") return text;
  throw new Error(`BUG: ${text} is no matching operator`);
}

/** As in PromQL: `a{__name__="b"}` is refused, `{__name__=~"a.*",__name__!="ab"}` is not. */
function namesAgain(matcher: Matcher, earlier: readonly Matcher[]): boolean {
  return isName(matcher) && earlier.some(isName);
}

function isName({ name, op }: Matcher): boolean {
  return name === FAMILY_NAME && op === "=";
}

function matchesEmpty({ op, value }: Matcher): boolean {
  switch (op) {
    case "=":
      return value === "";
    case "!=":
      return value !== "";
    case "=~":
      return compileRegex(value)("");
    case "!~":
      return !compileRegex(value)("");
  }
}

/** What is quoted of the selector may hold line feeds. */
function fault(at: number, message: string): SelectorFault {
  return { ok: false, at, message: oneLine(message.replaceAll("\n", "\\n")) };
}
