import type { ScannedText } from "../layout-text/layout-text.ts";
import type { Family, Mention } from "./family-table.ts";
import { createFamilyTable, isHistogram } from "./family-table.ts";
import type { Head } from "./head.ts";
import { readHead } from "./head.ts";
import type { LabelBlock } from "./label-block.ts";
import { labelValue } from "./label-block.ts";
import type { ParsedBody, ParsedFamily } from "./parsed-body.ts";
import { Role } from "./parsed-body.ts";
import type { PieceTable } from "./piece-table.ts";
import { createPieceTable } from "./piece-table.ts";
import { createBlockReader } from "./plain-block.ts";
import { parseNumber } from "./read-number.ts";

/** What the pieces of earlier bodies mean. */
export interface KnownPieces {
  readonly heads: PieceTable<Head | typeof WRONG>;
  readonly blocks: PieceTable<LabelBlock | typeof WRONG>;
}

/** Of a piece that the full parse would refuse, or read in a way that is not known here. */
const WRONG = "wrong";

/** As many as the bodies of some minutes have: heads are the same in a whole fleet. */
const MOST_HEADS = 4_000;
/** What one body has. With ten times as many, at 1.5 KB each, pushes are no faster. */
const MOST_BLOCKS = 256;

export function createKnownPieces(utf8Names: boolean, mostBlocks: number = MOST_BLOCKS): KnownPieces {
  const readBlock = createBlockReader(utf8Names);
  return {
    heads: createPieceTable(MOST_HEADS, (text) => readHead(text, utf8Names) ?? WRONG),
    blocks: createPieceTable(mostBlocks, (text) => {
      const block = readBlock(text);
      return block === undefined || block.duplicate !== undefined ? WRONG : block;
    }),
  };
}

/**
 * What `parseText` says of the same body, from its pieces: what was read of a piece before holds again, so a body of
 * 1,536 lines costs what its new pieces cost, and three numbers a line. Undefined where the full parse has to look:
 * it is wrong somewhere, or a line is read and dropped.
 */
export function parseScanned(
  scanned: ScannedText,
  known: KnownPieces,
  maxSamples: number,
): ParsedBody | undefined {
  const { numbers, pieces } = scanned;
  const count = scanned.values.length;
  if (count > maxSamples) return undefined;
  const mentionOf = createFamilyTable();
  /** By number of the piece. */
  const mentions: (Mention | undefined)[] = Array.from({ length: pieces });
  const blockNumbers = new Int32Array(pieces).fill(-1);
  const families: { readonly family: Family; readonly head: Head }[] = [];
  const distinctBlocks: LabelBlock[] = [];
  const rows = {
    familyOf: [] as number[],
    roles: [] as Role[],
    blocks: [] as LabelBlock[],
    values: [] as number[],
    blockOf: new Uint32Array(count),
  };

  for (let i = 0; i < count; i += 1) {
    const headNumber = numbers[2 * i] ?? 0;
    let mention = mentions[headNumber];
    if (mention === undefined) {
      const head = known.heads.of(scanned, headNumber);
      if (head === WRONG) return undefined;
      mention = meet(head, mentionOf);
      if (mention === undefined) return undefined;
      // Its comments would be said for the second time.
      if (head.comments.length === 0) mentions[headNumber] = mention;
      const { family } = mention;
      if (family.index === -1) {
        family.index = families.push({ family, head }) - 1;
      }
    }
    const blockPiece = numbers[2 * i + 1] ?? 0;
    let number = blockNumbers[blockPiece] ?? -1;
    if (number === -1) {
      const block = known.blocks.of(scanned, blockPiece);
      if (block === WRONG) return undefined;
      number = distinctBlocks.push(block) - 1;
      blockNumbers[blockPiece] = number;
    }
    const block = distinctBlocks[number];
    if (block === undefined) return undefined;
    const value = scanned.values[i] ?? Number.NaN;
    const { family, part } = mention;
    const { type } = family;
    const role = type === "summary" || isHistogram(type) ? roleOf(type, part, block, value) : Role.value;
    if (role === undefined) return undefined;
    rows.familyOf.push(family.index);
    rows.roles.push(role);
    rows.blocks.push(block);
    rows.values.push(value);
    rows.blockOf[i] = number;
  }
  return {
    // Its HELP may stand behind the samples of a family.
    families: families.map(({ family, head }) => parsedFamily(family, head)),
    ...rows,
    distinctBlocks,
    valueStart: [],
    valueEnd: [],
    timestampLine: 0,
    duplicateLine: 0,
    extras: undefined,
  };
}

/** What the head of a sample says to a body that has got so far. Undefined where it says anything for the second time. */
function meet({ comments, name }: Head, mentionOf: (name: string) => Mention): Mention | undefined {
  for (const { name: ofFamily, type, help } of comments) {
    const { family } = mentionOf(ofFamily);
    if (
      (help !== undefined && family.help !== undefined) ||
      (type !== undefined && family.type !== undefined)
    ) {
      return undefined;
    }
    family.help ??= help;
    family.type ??= type;
  }
  const mention = mentionOf(name);
  mention.family.type ??= "untyped";
  return mention;
}

/** One object for all bodies whose families are the same: a layout keeps it. */
function parsedFamily({ name, type = "untyped", help }: Family, head: Head): ParsedFamily {
  const { family } = head;
  if (family?.name === name && family.type === type && family.help === help) return family;
  head.family = { name, type, help };
  return head.family;
}

/** What `sampleRole` says, and undefined as well for what that refuses. */
function roleOf(
  type: Family["type"],
  part: Mention["part"],
  block: LabelBlock,
  value: number,
): Role | undefined {
  const isSummary = type === "summary";
  const bound = boundOf(block, isSummary ? "quantile" : "le");
  if (bound === undefined) return undefined;
  const ofBound = isSummary ? Role.quantile : Role.bucket;
  const role = part ?? (Number.isNaN(bound) ? undefined : ofBound);
  const counts = !isSummary && role !== Role.sum;
  return counts && value < 0 ? undefined : role;
}

/** NaN where there is none, undefined where it is no number. */
function boundOf({ labels, unbound }: LabelBlock, name: "le" | "quantile"): number | undefined {
  if (unbound?.bound === name) return unbound.value;
  const text = labelValue(labels, name);
  return text === undefined ? Number.NaN : parseNumber(text);
}
