import type { LabelBlock } from "../exposition/label-block.ts";
import type { ParsedBody } from "../exposition/parsed-body.ts";
import type { Refusal } from "./commands.ts";
import type { Layout } from "./layout.ts";
import { sampleName } from "./layout.ts";

/** How a Pushgateway begins all that its consistency check says. */
export const INCONSISTENT = "pushed metrics are invalid or inconsistent with existing metrics: ";

/**
 * What is wrong with a body that can be parsed, or undefined. In a kept group whatever a Pushgateway
 * would refuse; in a fleet group a label that stands twice is no reason to lose the other thousand series
 * of the push (the first stands).
 */
export function findFault(parsed: ParsedBody, isFleet: boolean): Refusal | undefined {
  if (parsed.timestampLine !== 0) {
    return inconsistent(`pushed metrics must not have timestamps (line ${parsed.timestampLine} has one)`);
  }
  return findBadLabel(parsed, isFleet);
}

function findBadLabel(parsed: ParsedBody, isFleet: boolean): Refusal | undefined {
  const seen = new Set<LabelBlock>();
  for (const [i, block] of parsed.blocks.entries()) {
    if (seen.has(block)) continue;
    seen.add(block);
    const reserved = block.labels.find((name, at) => at % 2 === 0 && name.startsWith("__"));
    const family = parsed.families[parsed.familyOf[i] ?? 0]?.name ?? "";
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

/** A series that stands twice. In a fleet group it is no fault: the first stands, and it is counted. */
export function findRepeat(layout: Layout): Refusal | undefined {
  if (layout.repeats === undefined) return undefined;
  const [first = 0] = layout.repeats;
  const family = shorten(sampleName(layout, first));
  const labels = shorten(layout.sets[first]?.text ?? "");
  const more = layout.repeats.size > 1 ? ` (and ${layout.repeats.size - 1} more)` : "";
  return inconsistent(
    `collected metric ${family} ${labels} was collected before with the same name and label values${more}`,
  );
}

/** Why a family is refused: in a Pushgateway's words, and what to do. */
export function typeConflict(name: string, agreed: string, pushed: string): string {
  const family = shorten(name);
  return `collected metric ${family} is not a ${agreed.toUpperCase()}: this push says ${pushed.toUpperCase()}, others pushed it before; rename one of them`;
}

function inconsistent(reason: string): Refusal {
  return { code: "inconsistent", message: INCONSISTENT + reason };
}

/** A name in quotes, at a length that leaves the message readable in a log. */
function shorten(text: string): string {
  return JSON.stringify(text.length > 90 ? `${text.slice(0, 89)}…` : text);
}
