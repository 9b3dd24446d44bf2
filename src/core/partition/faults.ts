import { formatNumber } from "../exposition/format-number.ts";
import type { Labels } from "../exposition/label-block.ts";
import type { ParsedBody } from "../exposition/parsed-body.ts";
import { isHistogram } from "../exposition/family-table.ts";
import type { Refusal } from "./commands.ts";
import type { Layout } from "./layout.ts";
import { sampleName } from "./layout.ts";

/** How a Pushgateway begins all that its consistency check says. */
const INCONSISTENT = "pushed metrics are invalid or inconsistent with existing metrics: ";

/**
 * What is wrong with a body that can be parsed, or undefined. In a kept group whatever a Pushgateway
 * would refuse; in a fleet group a label that stands twice is no reason to lose the other thousand series
 * of the push (the first stands).
 */
export function findFault(parsed: ParsedBody, grouping: Labels, isFleet: boolean): Refusal | undefined {
  if (parsed.timestampLine !== 0) {
    return inconsistent(`pushed metrics must not have timestamps (line ${parsed.timestampLine} has one)`);
  }
  return findGroupedBound(parsed, grouping) ?? findBadLabel(parsed, isFleet);
}

/** A grouping key that names what each line of a family has too: the label would stand there twice, and no scrape with it can be read. */
function findGroupedBound({ families }: ParsedBody, grouping: Labels): Refusal | undefined {
  for (let at = 0; at < grouping.length; at += 2) {
    const name = grouping[at];
    if (name !== "le" && name !== "quantile") continue;
    const family = families.find(({ type }) => (name === "le" ? isHistogram(type) : type === "summary"));
    if (family === undefined) continue;
    return inconsistent(
      `collected metric ${shorten(family.name)} must not have an explicit "${name}" label: take it out of the grouping key`,
    );
  }
  return undefined;
}

function findBadLabel(parsed: ParsedBody, isFleet: boolean): Refusal | undefined {
  for (const [number, block] of parsed.distinctBlocks.entries()) {
    const reserved = reservedName(block.labels);
    if (reserved === undefined && (block.duplicate === undefined || isFleet)) continue;
    const family = parsed.families[parsed.familyOf[parsed.blockOf.indexOf(number)] ?? 0]?.name ?? "";
    if (reserved !== undefined) {
      return inconsistent(
        `metric ${shorten(family)} has the reserved label name ${shorten(reserved)}: rename it`,
      );
    }
    if (block.duplicate !== undefined && !isFleet) {
      if (parsed.duplicateLine === 0) {
        return inconsistent(
          `collected metric ${shorten(family)} has two or more labels with the same name: ${shorten(block.duplicate)}`,
        );
      }
      const reason = `duplicate label names for metric ${shorten(family)}`;
      const message = `text format parsing error in line ${parsed.duplicateLine}: ${reason}`;
      return { code: "bad_exposition", message };
    }
  }
  return undefined;
}

function reservedName(labels: Labels): string | undefined {
  for (let at = 0; at < labels.length; at += 2) if (labels[at]?.startsWith("__") === true) return labels[at];
  return undefined;
}

/** Series that stand twice. In a fleet group they are no fault: the first stands, and they are counted. */
export function findRepeat(layout: Layout, values: ArrayLike<number>): Refusal | undefined {
  if (layout.repeats === undefined) return undefined;
  const reasons = Array.from(layout.repeats, (i) => {
    // A list of them is read for the names.
    const metric = layout.repeats?.size === 1 ? ` ${metricText(layout, i, values[i] ?? Number.NaN)}` : "";
    return `collected metric ${shorten(sampleName(layout, i))}${metric} was collected before with the same name and label values`;
  });
  return inconsistent(...reasons);
}

/** A sample as protobuf's text format has it, which is how a Pushgateway names one: people search for that. */
function metricText(layout: Layout, i: number, value: number): string {
  const { labels } = layout.sets[i] ?? { labels: [] };
  let text = "";
  for (let at = 0; at < labels.length && text.length < LONGEST_NAME; at += 2) {
    text += `label:{name:${shorten(labels[at] ?? "")}  value:${shorten(labels[at + 1] ?? "")}}  `;
  }
  const { type = "untyped" } = layout.families[layout.familyOf[i] ?? 0] ?? {};
  const isScalar = type === "counter" || type === "gauge" || type === "untyped";
  return `{ ${text}${type}:{${isScalar ? `value:${formatNumber(value)}` : ""}}}`;
}

/** Why a series is refused that another group shows. */
export function twinConflict(name: string, labels: string, otherKey: string): string {
  return `collected metric ${shorten(name)} ${shorten(labels)} was collected before with the same name and label values, in the group ${shorten(otherKey)}`;
}

/** Why a family is refused: in a Pushgateway's words, and what to do. */
export function typeConflict(name: string, agreed: string, pushed: string): string {
  const family = shorten(name);
  return `collected metric ${family} is not a ${agreed.toUpperCase()}: this push says ${pushed.toUpperCase()}, others pushed it before; rename one of them`;
}

/** A refusal for these reasons, of which there is one at least, in the form of a Pushgateway. */
export function inconsistent(...reasons: readonly string[]): Refusal {
  const [first = ""] = reasons;
  const list = reasons.map((reason) => `\n* ${reason}`).join("");
  const said = reasons.length === 1 ? first : `${reasons.length} error(s) occurred:${list}`;
  return { code: "inconsistent", message: INCONSISTENT + said };
}

const LONGEST_NAME = 90;

/** A name in quotes, at a length that leaves the message readable in a log. */
export function shorten(text: string): string {
  return JSON.stringify(text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME - 1)}…` : text);
}
