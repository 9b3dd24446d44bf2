import type { SelectorFault, SyntaxNode } from "./parse-selector.ts";

const WANTED = 'expected one series selector such as http_requests_total{job="shop"}';

/** What PromQL has besides plain selectors, by the name that its grammar gives it. */
const OTHER: Readonly<Record<string, string>> = {
  MatrixSelector: "a range in brackets",
  SubqueryExpr: "a subquery",
  OffsetExpr: "an offset",
  StepInvariantExpr: "an @ with a time",
  AnchoredExpr: "the word anchored",
  SmoothedExpr: "the word smoothed",
  FunctionCall: "a function",
  AggregateExpr: "an aggregation",
  BinaryExpr: "an operator between two expressions",
  UnaryExpr: "a sign",
  ParenExpr: "parentheses",
  NumberDurationLiteral: "a number",
  StringLiteral: 'a text without braces (a quoted name is written {"a name"})',
};

/** What is said behind a selector, and begins where the selector ends. */
const BEHIND = new Set([
  "MatrixSelector",
  "SubqueryExpr",
  "OffsetExpr",
  "StepInvariantExpr",
  "AnchoredExpr",
  "SmoothedExpr",
]);

/** Why an expression is no plain selector; undefined where it is one. */
export function refuseExpression(top: SyntaxNode, text: string): SelectorFault | undefined {
  const error = firstError(top);
  if (error !== undefined) return syntaxFault(error, text);
  const { firstChild: expression } = top;
  if (expression === null || expression.name === "VectorSelector") return undefined;
  const what = OTHER[expression.name] ?? expression.name;
  const end = BEHIND.has(expression.name) ? expression.firstChild?.to : undefined;
  const at = end === undefined ? expression.from : end + blanksFrom(text, end);
  return { ok: false, at, message: `${WANTED}, found ${what}` };
}

function firstError(top: SyntaxNode): SyntaxNode | undefined {
  let first: SyntaxNode | undefined;
  top.cursor().iterate((node) => {
    if (node.type.isError) first ??= node.node;
  });
  return first;
}

function syntaxFault(error: SyntaxNode, text: string): SelectorFault {
  const at = error.from + blanksFrom(text, error.from);
  const expected = error.prevSibling?.name === "MatchOp" ? "expected a value in quotes" : WANTED;
  const found = at === text.length ? "the end" : JSON.stringify(wordAt(text, at));
  return { ok: false, at, message: `${expected}, found ${found}` };
}

function blanksFrom(text: string, pos: number): number {
  return /^\s*/.exec(text.slice(pos))?.[0].length ?? 0;
}

/** Enough of the text to see what is meant: a word, or one character. */
function wordAt(text: string, pos: number): string {
  return /^(?:[\w:]+|.)/su.exec(text.slice(pos))?.[0] ?? "";
}
