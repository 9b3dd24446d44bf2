import type { Bytes } from "../bytes.ts";
import { encodeUtf8 } from "../encode-utf8.ts";
import { createBlockTable } from "../exposition/block-table.ts";
import { renderLabels } from "../exposition/escape.ts";
import type { Labels } from "../exposition/label-block.ts";
import { parseText } from "../exposition/parse-text.ts";
import { Role } from "../exposition/parsed-body.ts";
import { suffixOf } from "../partition/layout.ts";
import type { RollupSample } from "./rollup-samples.ts";

/** A family that the relay tells of itself, as text: its comment lines, then its samples. */
export interface FamilyText {
  readonly name: string;
  readonly header: string;
  readonly text: string;
}

/** The same as samples, which any format can show. */
export interface OwnFamily {
  readonly name: string;
  readonly help: string | undefined;
  readonly samples: readonly RollupSample[];
}

/** Reads what the relay tells of itself: so it need not be made for each format. */
export function readOwnFamilies(texts: readonly FamilyText[], bytes: Bytes): OwnFamily[] {
  const body = encodeUtf8(texts.map(({ header, text }) => header + text).join(""));
  const blocks = createBlockTable(texts.length);
  const parsed = parseText(body, { bytes, blocks, utf8Names: false, maxSamples: Number.POSITIVE_INFINITY });
  const families = parsed.families.map(({ name, help, type }) => ({
    name,
    help,
    type,
    samples: [] as RollupSample[],
  }));
  for (const [i, value] of parsed.values.entries()) {
    const family = families[parsed.familyOf[i] ?? 0];
    const role = parsed.roles[i] ?? Role.value;
    const labels = labelsText(parsed.blocks[i]?.labels ?? [], role);
    family?.samples.push({
      type: family.type,
      suffix: suffixOf(role),
      labels,
      value,
      startMs: Number.NaN,
      native: undefined,
    });
  }
  return families;
}

/** With `le` or `quantile` behind all others. */
function labelsText(labels: Labels, role: Role): string {
  const name = role === Role.bucket ? "le" : role === Role.quantile ? "quantile" : undefined;
  const at = name === undefined ? -1 : labels.findIndex((text, i) => i % 2 === 0 && text === name);
  if (name === undefined || at === -1) return renderLabels(labels);
  return renderLabels(labels.toSpliced(at, 2), [name, labels[at + 1] ?? ""]);
}
