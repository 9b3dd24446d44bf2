import { Buffer } from "node:buffer";
import { array, assert, constantFrom, double, nat, oneof, property, record, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { createBlockTable } from "../../../src/core/exposition/block-table.ts";
import type { ParsedBody } from "../../../src/core/exposition/parsed-body.ts";
import { parseText } from "../../../src/core/exposition/parse-text.ts";
import type { LayoutText, ScannedText, TextKeeper } from "../../../src/core/layout-text/layout-text.ts";
import { createPlainKeeper } from "../../../src/core/layout-text/plain-keeper.ts";
import { createWasmKeeper } from "../../../src/core/layout-text/wasm-keeper.ts";
import { nodeBytes } from "../../../src/platform/bytes.ts";
import { loadLayoutTextModule } from "../../../src/node/layout-text-module.ts";

const KEEPERS: readonly [string, () => TextKeeper][] = [
  ["plain", () => createPlainKeeper(nodeBytes)],
  ["wasm", () => createWasmKeeper(loadLayoutTextModule(), nodeBytes)],
];

const KNOWN = `# TYPE a gauge\na{x="1",} 1.0\na{x="2}{",} 22\nb NaN\n# end\n`;

function parse(text: string): ParsedBody {
  const blocks = createBlockTable(10);
  return parseText(Buffer.from(text), { bytes: nodeBytes, blocks, utf8Names: false, maxSamples: 10_000 });
}

function keep(keeper: TextKeeper, text: string): LayoutText {
  const { valueStart, valueEnd } = parse(text);
  return keeper.keep(Buffer.from(text), { starts: valueStart, ends: valueEnd });
}

function read(layout: LayoutText, text: string): number[] | undefined {
  const values = new Float64Array(parse(KNOWN).values.length);
  return layout.read(Buffer.from(text), values) ? [...values] : undefined;
}

describe.each(KEEPERS)("%s", (_name, create) => {
  describe("a body with the text of the layout is read by its values alone", () => {
    test.each<[string, number[]]>([
      [KNOWN, [1, 22, Number.NaN]],
      [KNOWN.replace("1.0", "-9.223372036854776E18"), [-9.223372036854776e18, 22, Number.NaN]],
      [KNOWN.replace("22", "-0").replace("NaN", "+Inf"), [1, -0, Number.POSITIVE_INFINITY]],
      [KNOWN.replace("22", "1234567890123456789.5"), [1, Number("1234567890123456789.5"), Number.NaN]],
    ])("%j", (text, values) => {
      expect(read(keep(create(), KNOWN), text)).toEqual(values);
    });
  });

  test.each([
    ["a label", KNOWN.replace(`x="1"`, `x="3"`)],
    ["a name", KNOWN.replace("b NaN", "c NaN")],
    ["a comment", KNOWN.replace("# end", "# And")],
    ["a line more", `${KNOWN}c 1\n`],
    ["a line less", KNOWN.replace("b NaN\n", "")],
    ["no line feed at the end", KNOWN.slice(0, -1)],
    ["a timestamp", KNOWN.replace("22", "22 1")],
    ["a blank behind the value", KNOWN.replace("22", "22 ")],
    ["a number that only the full parse knows", KNOWN.replace("22", "Infinity")],
    ["too large a number", KNOWN.replace("22", "1e400")],
    ["no number", KNOWN.replace("22", "x")],
    ["half a number", KNOWN.replace("22", "2e")],
    ["nothing", ""],
  ])("one with another text is not: %s", (_what, text) => {
    expect(read(keep(create(), KNOWN), text)).toBeUndefined();
  });

  test("a layout outlives others that have shared its text", () => {
    const keeper = create();
    const first = keep(keeper, KNOWN);
    const second = keep(keeper, KNOWN.replace("b NaN", "c NaN"));
    second.release();
    for (let i = 0; i < 100; i += 1) keep(keeper, KNOWN.replace("b NaN", `c${i} NaN`)).release();
    expect(read(first, KNOWN)).toEqual([1, 22, Number.NaN]);
  });

  test("bodies larger than any before, and thousands of layouts, are read alike", () => {
    const keeper = create();
    const texts = Array.from({ length: 60 }, (_, i) => bodyOf(i, 40 * (i + 1)));
    const layouts = texts.map((text) => keep(keeper, text));
    for (const [i, text] of texts.entries()) {
      const { values } = parse(text);
      const out = new Float64Array(values.length);
      expect(layouts[i]?.read(Buffer.from(text), out)).toBe(true);
      expect([...out]).toEqual(values);
    }
  });
});

function bodyOf(seed: number, lines: number): string {
  return Array.from(
    { length: lines },
    (_, i) => `m${i}{host="h${seed}",i="${i % 7}",} ${i}.5E${i % 9}\n`,
  ).join("");
}

const numberText = oneof(
  double().map((value) => (value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : javaNumber(value))),
  nat().map(String),
  double({ noDefaultInfinity: true, noNaN: true }).map(String),
  record({
    a: nat({ max: 9 }),
    b: string({ unit: constantFrom("0", "1", "4", "5", "9"), maxLength: 25 }),
  }).map(({ a, b }) => `${a}.${b}`),
);

/** As `Double.toString` prints it, near enough. */
function javaNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  const text = value.toExponential().replace("e+", "E").replace("e", "E");
  return text.includes(".") ? text : text.replace("E", ".0E");
}

test("both read what the parser reads, to the last bit", () => {
  const keepers = KEEPERS.map(([, create]) => create());
  assert(
    property(array(record({ first: numberText, second: numberText }), { minLength: 1 }), (lines) => {
      const text = (which: "first" | "second"): string =>
        lines.map((line, i) => `# TYPE m${i} gauge\nm${i}{l="${i % 3}",} ${line[which]}\n`).join("");
      const { values } = parse(text("second"));
      for (const keeper of keepers) {
        const layout = keep(keeper, text("first"));
        const out = new Float64Array(values.length);
        const isRead = layout.read(Buffer.from(text("second")), out);
        layout.release();
        // The parser knows a few spellings that need it.
        if (isRead) expect([...out]).toEqual(values);
        else expect(lines.some(({ second }) => !/^-?[0-9.]+(E[-+]?[0-9]{1,3})?$/i.test(second))).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test("whatever byte is changed, both answer alike", () => {
  const [plain, wasm] = KEEPERS.map(([, create]) => keep(create(), KNOWN));
  assert(
    property(nat({ max: KNOWN.length - 1 }), nat({ max: 255 }), (at, byte) => {
      const body = Buffer.from(KNOWN);
      body[at] = byte;
      const answers = [plain!, wasm!].map((layout) => {
        const out = new Float64Array(3);
        return layout.read(body, out) ? Array.from(out) : undefined;
      });
      expect(answers[1]).toEqual(answers[0]);
    }),
    { numRuns: 3_000 },
  );
});

describe("a body that is scanned", () => {
  /** More digits than WebAssembly takes. */
  const LONG = Number("12345678901234567890");
  const SCANNABLE = `# TYPE a gauge\na{x="1",} 1.0\na{x="2}{",} ${LONG}\nb{} NaN\n`;

  test("tells its values, and its pieces by numbers that are equal for equal text", () => {
    const scanned = scan(createWasm(), `${SCANNABLE}a{x="1",} 5\n`);
    expect([...scanned.values]).toEqual([1, LONG, Number.NaN, 5]);
    expect(Array.from(scanned.numbers, (piece) => scanned.textOf(piece))).toEqual([
      "# TYPE a gauge\na",
      `{x="1",} `,
      "\na",
      `{x="2}{",} `,
      "\nb",
      "{} ",
      "\na",
      `{x="1",} `,
    ]);
    expect(scanned.pieces).toBe(6);
  });

  test("is read by its values alone once its text is kept", () => {
    const keeper = createWasm();
    const kept = scan(keeper, SCANNABLE).keep();
    scan(keeper, SCANNABLE.replace("b{}", "c{}")).keep()?.release();
    const out = new Float64Array(3);
    expect(kept?.read(Buffer.from(SCANNABLE.replace("1.0", "2.0")), out)).toBe(true);
    expect([...out]).toEqual([2, LONG, Number.NaN]);
    expect(kept?.read(Buffer.from(SCANNABLE.replace("b{}", "c{}")), out)).toBe(false);
  });

  test("is kept only until the next one is scanned, and once", () => {
    const keeper = createWasm();
    const first = scan(keeper, SCANNABLE);
    const second = scan(keeper, SCANNABLE);
    expect(first.keep()).toBeUndefined();
    expect(second.keep()).toBeDefined();
    expect(second.keep()).toBeUndefined();
  });

  test("finds the tags of pieces again for as long as a layout has them", () => {
    const keeper = createWasm();
    const first = scan(keeper, SCANNABLE);
    const tag = first.tag(1);
    first.keep();
    const again = scan(keeper, `z{x="1",} 1\n`);
    expect(again.tagOf(1)).toBe(tag);
    expect(again.tagOf(0)).toBe(0);
  });

  test("thousands of lines are scanned as few are", () => {
    const keeper = createWasm();
    for (const lines of [10, 5_000, 30]) {
      const text = bodyOf(lines, lines);
      expect([...scan(keeper, text).values]).toEqual(parse(text).values);
    }
  });
});

function createWasm(): TextKeeper {
  return createWasmKeeper(loadLayoutTextModule(), nodeBytes);
}

function scan(keeper: TextKeeper, text: string): ScannedText {
  const scanned = keeper.scan?.(Buffer.from(text));
  if (scanned === undefined) throw new Error("it is not scanned");
  return scanned;
}
