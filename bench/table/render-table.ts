import type { Goal, Row } from "./row.ts";
import { isReached } from "./row.ts";

const HEAD = ["", "", "", "spread", "CPU ms each", "goal", "reached"];

/** The table as Markdown that reads as plain text too. Every goal has a line; what stands above is not repeated. */
export function renderTable(rows: readonly Row[]): string {
  const lines = rows.flatMap((row, i) => linesOf(row, rows[i - 1]?.what === row.what));
  return markdownTable(HEAD, lines);
}

/** Without goals, for those who only use the relay. */
export function renderPlainTable(rows: readonly Row[]): string {
  const lines = rows.map((row, i) => factsOf(row, rows[i - 1]?.what === row.what));
  return markdownTable(HEAD.slice(0, 5), lines);
}

function linesOf(row: Row, isSameWhat: boolean): string[][] {
  const facts = factsOf(row, isSameWhat);
  const goals = row.goals ?? [];
  if (goals.length === 0) return [[...facts, "", ""]];
  const nothing = facts.map(() => "");
  return goals.map((goal, i) => (i === 0 ? facts : nothing).concat(verdict(goal)));
}

function factsOf({ what, who, figure, spreadPercent, cpuMs, note }: Row, isSameWhat: boolean): string[] {
  const value =
    figure === undefined ? "not measured" : `${formatNumber(figure.value)} ${figure.unit}`.trimEnd();
  return [
    isSameWhat ? "" : what,
    who,
    note === undefined ? value : `${value} (${note})`,
    spreadPercent === undefined ? "" : `±${(spreadPercent / 2).toFixed(0)} %`,
    cpuMs === undefined ? "" : formatNumber(cpuMs),
  ];
}

/** What was wanted, and how far it is. */
function verdict(goal: Goal): [wanted: string, reached: string] {
  const { of, bound, limit, got, unit } = goal;
  const wanted = `${bound === "at least" ? "≥" : "≤"} ${formatNumber(limit)} ${unit} ${of}`.replace(
    / +/g,
    " ",
  );
  const value = `${formatNumber(got)} ${unit}`.trimEnd();
  if (isReached(goal)) return [wanted, `${value}: reached`];
  if (limit === 0) return [wanted, `${value}: missed`];
  const far =
    bound === "at least"
      ? `${formatNumber((100 * got) / limit)} % of the goal`
      : `${formatNumber(got / limit)} × the goal`;
  return [wanted, `${value}: ${far}`];
}

/** Three digits that count, and all that stand before the point. */
function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return Number(value.toFixed(digits)).toLocaleString("en-US", { maximumFractionDigits: 3 });
}

function markdownTable(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(3, name.length, ...lines.map((cells) => cells[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [line(head), rule, ...lines.map(line)].join("\n");
}
