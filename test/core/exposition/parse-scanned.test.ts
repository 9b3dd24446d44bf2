import { Buffer } from "node:buffer";
import { array, assert, constantFrom, nat, property, record } from "fast-check";
import { expect, test } from "vitest";
import { createBlockTable } from "../../../src/core/exposition/block-table.ts";
import { ExpositionError } from "../../../src/core/exposition/exposition-error.ts";
import type { LabelBlock } from "../../../src/core/exposition/label-block.ts";
import { createKnownPieces, parseScanned } from "../../../src/core/exposition/parse-scanned.ts";
import { parseText } from "../../../src/core/exposition/parse-text.ts";
import type { ParsedBody } from "../../../src/core/exposition/parsed-body.ts";
import type { TextKeeper } from "../../../src/core/layout-text/layout-text.ts";
import { createWasmKeeper } from "../../../src/core/layout-text/wasm-keeper.ts";
import { loadLayoutTextModule } from "../../../src/node/layout-text-module.ts";
import { nodeBytes } from "../../../src/platform/bytes.ts";

const MAX_SAMPLES = 1_000;

type Reader = (body: Uint8Array) => ParsedBody | undefined;

function createReader(keeper: TextKeeper = newKeeper(), mostBlocks = 100): Reader {
  const pieces = createKnownPieces(true, mostBlocks);
  return (body) => {
    const scanned = keeper.scan?.(body);
    return scanned && parseScanned(scanned, pieces, MAX_SAMPLES);
  };
}

function newKeeper(): TextKeeper {
  return createWasmKeeper(loadLayoutTextModule(), nodeBytes);
}

/** Undefined for a body that is refused. */
function readWhole(body: Uint8Array): ParsedBody | undefined {
  const options = {
    bytes: nodeBytes,
    blocks: createBlockTable(10_000),
    utf8Names: true,
    maxSamples: MAX_SAMPLES,
  };
  try {
    return parseText(body, options);
  } catch (error) {
    if (error instanceof ExpositionError) return undefined;
    throw error;
  }
}

function plain({ labels, duplicate }: LabelBlock): LabelBlock {
  return { labels, duplicate };
}

/** All but where the values stand, and what only saves time. */
function withoutPlaces(body: ParsedBody | undefined): unknown {
  if (body === undefined) return undefined;
  const distinctBlocks = body.distinctBlocks.map(plain);
  return { ...body, blocks: body.blocks.map(plain), distinctBlocks, valueStart: [], valueEnd: [] };
}

const SCALARS = `# HELP flink_a of a
# TYPE flink_a gauge
flink_a{job_id="1",tm_id="x",} 1.0
flink_a{job_id="2",tm_id="x",} 2.5E9
# a comment
# TYPE b counter
b{job_id="1",tm_id="x",} NaN
c{} -7
flink_a{tm_id="x",job_id="1"} 12345678901234567890
`;
const SUMMARY = `# TYPE s summary
s{l="x",quantile="0.5",} 1
s_count{l="x"} 2
s_sum{l="x"} 3
s{l="x",quantile="0.99",} 4
`;
const HISTOGRAM = `# TYPE h histogram
h_bucket{le="1",} 1
h_bucket{le="+Inf",} 2
h_sum{} -3
h_count{} 2
`;

test.each([
  ["plain values", SCALARS],
  ["a summary", SUMMARY],
  ["a histogram", HISTOGRAM],
  [
    "parts of a summary that is told of too late",
    `s_count{l="x"} 2\n${SUMMARY.replaceAll("s_count", "s_countless")}`,
  ],
  ["HELP behind the samples of its family", "a{} 1\n#HELP a of a\nb{} 2\n"],
  ["escapes", 'a{l="x\\"}\\\\",} 1\na{l="x\\n"} 2\n'],
  ["braces in labels", 'a{l="}",} 1\na{l="} 2"} 2\na{l="}{",} 3\n'],
  ["other letters", `# HELP a grün\na{l="grün",} 1\na{"l.ü"="1"} 2\n`],
  ["blanks in blocks", 'a{ l = "1" , m="2" } 1\n'],
  ["empty comments", "#\n# HELP a\n# TYPE a \n# EOF\na{} 1\n"],
  ["labels out of order", 'a{z="1",b="2",c="3"} 1\na{c="3",z="1",b="2"} 2\n'],
])("reads as the parser does, twice: %s", (_what, text) => {
  const read = createReader();
  const body = Buffer.from(text);
  const wanted = withoutPlaces(readWhole(body));
  expect(wanted).toBeDefined();
  expect(withoutPlaces(read(body))).toEqual(wanted);
  expect(withoutPlaces(read(body))).toEqual(wanted);
});

test.each([
  ["nothing", ""],
  ["no line feed", "a{} 1"],
  ["a timestamp", "a{} 1 5\n"],
  ["no labels", "a 1\n"],
  ["a blank line", "a{} 1\n\nb{} 1\n"],
  ["comments behind the last sample", "a{} 1\n# TYPE b gauge\n"],
  ["two blanks", "a{}  1\n"],
  ["a name in quotes", '{"a",l="1"} 1\n'],
  ["a label twice", 'a{l="1",l="2"} 1\n'],
  ["a type twice", "# TYPE a gauge\na{} 1\n# TYPE a gauge\na{} 2\n"],
  ["HELP twice", "# HELP a x\n# HELP a x\na{} 1\n"],
  ["a type behind a sample", "a{} 1\n# TYPE a gauge\nb{} 2\n"],
  ["an unknown type", "# TYPE a gage\na{} 1\n"],
  ["a quantile that is no number", '# TYPE s summary\ns{quantile="x"} 1\n'],
  ["a summary's line that is dropped", "# TYPE s summary\ns{} 1\n"],
  ["a population below zero", '# TYPE h histogram\nh_bucket{le="1"} -1\n'],
  ["a spelling of numbers that is rare", "a{} Infinity\n"],
  ["no number", "a{} x\n"],
  ["a reserved label", 'a{__name__="1"} 1\n'],
  ["more samples than are taken", "a{} 1\n".repeat(MAX_SAMPLES + 1)],
])("leaves to the parser: %s", (_what, text) => {
  const read = createReader();
  const body = Buffer.from(text);
  expect(read(body)).toBeUndefined();
  expect(read(body)).toBeUndefined();
});

test("whatever bytes of a body are changed, what is read is what the parser reads", () => {
  const bodies = [SCALARS, SUMMARY, HISTOGRAM, SCALARS + SUMMARY + HISTOGRAM];
  const keeper = newKeeper();
  // So few that they are forgotten again and again.
  const read = createReader(keeper, 5);
  const byte = constantFrom(...Buffer.from('\n "{}=,\\#ax1.'), 0, 0x80, 0xc3);
  const change = record({ at: nat(), byte });
  let readAlike = 0;
  assert(
    property(constantFrom(...bodies), array(change, { maxLength: 3 }), (text, changes) => {
      const body = Buffer.from(text);
      for (const { at, byte: put } of changes) body[at % body.length] = put;
      const fast = read(body);
      if (fast === undefined) return;
      readAlike += 1;
      expect(withoutPlaces(fast)).toEqual(withoutPlaces(readWhole(body)));
    }),
    { numRuns: 5_000 },
  );
  expect(readAlike).toBeGreaterThan(500);
});
