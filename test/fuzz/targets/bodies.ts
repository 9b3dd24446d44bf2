import { createBlockTable } from "../../../src/core/exposition/block-table.ts";
import { ExpositionError, TooManySamplesError } from "../../../src/core/exposition/exposition-error.ts";
import {
  endsAsOpenMetrics,
  parseOpenMetrics,
} from "../../../src/core/exposition/openmetrics/parse-openmetrics.ts";
import { createKnownPieces, parseScanned } from "../../../src/core/exposition/parse-scanned.ts";
import { parseText } from "../../../src/core/exposition/parse-text.ts";
import type { ParsedBody } from "../../../src/core/exposition/parsed-body.ts";
import { parseProtobuf } from "../../../src/core/exposition/protobuf/parse-protobuf.ts";
import type { TextKeeper } from "../../../src/core/layout-text/layout-text.ts";
import { createPlainKeeper } from "../../../src/core/layout-text/plain-keeper.ts";
import { createWasmKeeper } from "../../../src/core/layout-text/wasm-keeper.ts";
import { nodeBytes } from "../../../src/platform/bytes.ts";
import { loadLayoutTextModule } from "../../../src/node/layout-text-module.ts";
import { makeProtobufBody } from "../protobuf-bodies.ts";
import { checkMessage, type Target } from "../target.ts";
import { makeTextBody, openMetricsFragments, textFragments } from "../text-bodies.ts";
import { mutateBytes } from "../tokens.ts";

const MAX_SAMPLES = 200;

/** Bodies in the text format, read twice: the second time many blocks of labels are known. By its pieces a body is the same. */
export function textTarget(): Target {
  const blocks = createBlockTable(500);
  const keeper = createWasmKeeper(loadLayoutTextModule(), nodeBytes);
  const pieces = createKnownPieces(true, 50);
  const read = (body: Uint8Array, utf8Names: boolean): ParsedBody | undefined =>
    parsed(() => parseText(body, { bytes: nodeBytes, blocks, utf8Names, maxSamples: MAX_SAMPLES }));
  return {
    name: "text",
    make: (random) => makeTextBody(random, textFragments),
    check(body) {
      const legacy = read(body, false);
      const utf8 = read(body, true);
      if (legacy !== undefined && utf8 === undefined) throw new Error("it is refused where more is allowed");
      if (utf8 !== undefined) checkSpans(body, utf8);
      const scanned = keeper.scan?.(body);
      const byPieces = scanned && parsed(() => parseScanned(scanned, pieces, MAX_SAMPLES));
      if (byPieces !== undefined && asText(byPieces) !== (utf8 && asText(utf8))) {
        throw new Error("by its pieces it is another body");
      }
    },
  };
}

/** All that counts of a body, so that two can be compared. */
function asText({ families, familyOf, roles, blocks, values }: ParsedBody): string {
  const samples = values.map((value, i) => {
    const { labels, duplicate } = blocks[i] ?? {};
    return [familyOf[i], roles[i], labels, duplicate, Object.is(value, -0) ? "-0" : String(value)];
  });
  return JSON.stringify([families, samples]);
}

export function openMetricsTarget(): Target {
  return {
    name: "openmetrics",
    make: (random) => makeTextBody(random, openMetricsFragments, random.oneIn(20) ? "" : "# EOF\n"),
    check(body) {
      if (!endsAsOpenMetrics(body, nodeBytes)) return;
      parsed(() => parseOpenMetrics(body, { bytes: nodeBytes, utf8Names: false, maxSamples: MAX_SAMPLES }));
    },
  };
}

export function protobufTarget(): Target {
  return {
    name: "protobuf",
    make: (random) => makeProtobufBody(random),
    check(body) {
      parsed(() => parseProtobuf(body, MAX_SAMPLES));
    },
  };
}

/**
 * A body and one that is nearly the same: what the fast path reads of the second is what a full parse reads, with
 * and without WebAssembly. The two stand in one input with a byte between that no text has.
 */
export function fastPathTarget(): Target {
  const keepers: readonly TextKeeper[] = [
    createPlainKeeper(nodeBytes),
    createWasmKeeper(loadLayoutTextModule(), nodeBytes),
  ];
  return {
    name: "fast path",
    make(random) {
      const body = makeTextBody(random, textFragments);
      let other = renumber(body, random.below(1000));
      if (random.oneIn(2)) other = mutateBytes(other, random);
      return Buffer.concat([body, SEPARATOR, other]);
    },
    check(input) {
      const at = Buffer.from(input.buffer, input.byteOffset, input.length).indexOf(SEPARATOR);
      if (at === -1) return;
      const [body, other] = [input.subarray(0, at), input.subarray(at + SEPARATOR.length)];
      const first = readWhole(body);
      if (first === undefined || first.values.length === 0 || first.timestampLine > 0) return;
      // Lines that are read and dropped make a layout of their own, which is never kept.
      const [plain, wasm] = keepers.map((keeper) => readFast(keeper, body, other, first));
      if ((plain === undefined) !== (wasm === undefined)) throw new Error("only one of the keepers reads it");
      if (plain === undefined || wasm === undefined) return;
      const whole = readWhole(other);
      if (whole === undefined) throw new Error("the fast path reads what the parser refuses");
      for (const values of [plain, wasm]) {
        if (
          values.length !== whole.values.length ||
          !whole.values.every((value, i) => Object.is(value, values[i]))
        ) {
          throw new Error(`the fast path reads ${values.join(" ")}, the parser ${whole.values.join(" ")}`);
        }
      }
    },
  };
}

function readWhole(body: Uint8Array): ParsedBody | undefined {
  const blocks = createBlockTable(1);
  return parsed(() =>
    parseText(body, { bytes: nodeBytes, blocks, utf8Names: true, maxSamples: MAX_SAMPLES }),
  );
}

const SEPARATOR = Buffer.from([0, 0xff, 0]);

function readFast(
  keeper: TextKeeper,
  body: Uint8Array,
  other: Uint8Array,
  { valueStart, valueEnd }: ParsedBody,
): Float64Array | undefined {
  const kept = keeper.keep(body, { starts: valueStart, ends: valueEnd });
  const values = new Float64Array(valueStart.length);
  const isRead = kept.read(other, values);
  kept.release();
  return isRead ? values : undefined;
}

function renumber(body: Uint8Array, add: number): Uint8Array {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1");
  return Buffer.from(
    text.replaceAll(/ -?[\d.]+$/gm, (number) => ` ${Number(number) + add}`),
    "latin1",
  );
}

/** The body, or undefined where it is refused in words for whoever pushed it, or not read at all. */
function parsed(parse: () => ParsedBody | undefined): ParsedBody | undefined {
  try {
    const body = parse();
    if (body !== undefined) checkShape(body);
    return body;
  } catch (error) {
    if (error instanceof ExpositionError || error instanceof TooManySamplesError) {
      checkMessage(error.message);
      return undefined;
    }
    throw error;
  }
}

function checkShape({ families, familyOf, roles, blocks, values }: ParsedBody): void {
  const lengths = new Set([familyOf.length, roles.length, blocks.length, values.length]);
  if (lengths.size !== 1) throw new Error("rows of samples differ in length");
  if (values.length > MAX_SAMPLES) throw new Error(`${values.length} samples are more than are allowed`);
  const used = new Set(familyOf);
  if (families.some((_, i) => !used.has(i)) || familyOf.some((at) => families[at] === undefined)) {
    throw new Error("families and samples do not belong together");
  }
  if (new Set(families.map(({ name }) => name)).size !== families.length)
    throw new Error("a family stands twice");
  for (const { name, help = "" } of families) checkText(name, help);
  for (const { labels } of blocks) checkText(...labels);
}

/** Half a surrogate pair cannot be written as UTF-8. */
function checkText(...texts: readonly string[]): void {
  const bad = texts.find((text) => !text.isWellFormed());
  if (bad !== undefined) throw new Error(`${JSON.stringify(bad)} cannot be written`);
}

function checkSpans(body: Uint8Array, { values, valueStart, valueEnd }: ParsedBody): void {
  for (let i = 0; i < values.length; i += 1) {
    const text = nodeBytes.latin1Slice(body, valueStart[i] ?? 0, valueEnd[i] ?? 0);
    if (!Object.is(values[i], numberOf(text)))
      throw new Error(`${JSON.stringify(text)} is read as ${values[i]}`);
  }
}

function numberOf(text: string): number {
  const word = text.toLowerCase().replace("infinity", "inf");
  if (/^[+-]?inf$/.test(word)) return word.startsWith("-") ? -Infinity : Infinity;
  return word === "" ? Number.NEGATIVE_INFINITY : Number(word);
}
