import { lineError } from "./exposition-error.ts";
import { isHistogram, type Mention } from "./family-table.ts";
import { quote } from "./go-quote.ts";
import { labelValue, type LabelBlock } from "./label-block.ts";
import { Role } from "./parsed-body.ts";
import { parseNumber } from "./read-number.ts";

/** What a sample is to its family, or undefined for one that expfmt reads and drops. */
export function sampleRole(mention: Mention, block: LabelBlock, line: number): Role | undefined {
  const { type } = mention.family;
  if (type === "summary") return partRole(mention, block, line, "quantile", Role.quantile);
  if (isHistogram(type)) return partRole(mention, block, line, "le", Role.bucket);
  return Role.value;
}

/** Refuses what expfmt does not let a histogram count. Its summaries may count below zero. */
export function checkHistogramValue(mention: Mention, role: Role, value: number, line: number): void {
  if (value >= 0 || !isHistogram(mention.family.type)) return;
  const what = role === Role.bucket ? "bucket population" : role === Role.count ? "count" : undefined;
  if (what !== undefined && value < 0)
    throw lineError(line, `negative ${what} for histogram ${quote(mention.family.name)}`);
}

/** The bound must be a number even on a line of `_sum` or `_count`, where it then means nothing. */
function partRole(
  mention: Mention,
  block: LabelBlock,
  line: number,
  boundName: "quantile" | "le",
  boundRole: Role,
): Role | undefined {
  const text = labelValue(block.labels, boundName);
  const bound = text === undefined ? NaN : parseNumber(text);
  if (bound === undefined)
    throw lineError(line, `expected float as value for '${boundName}' label, got ${quote(text ?? "")}`);
  return mention.part ?? (Number.isNaN(bound) ? undefined : boundRole);
}
