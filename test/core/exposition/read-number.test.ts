import { env } from "node:process";
import { expect, test } from "vitest";
import { parseNumber, readNumber } from "../../../src/core/exposition/read-number.ts";
import { nodeBytes } from "../../../src/platform/bytes.ts";

/** Set SLUICE_NUMBER_RUNS for a long run; 20 million take about half a minute. */
const RUNS = Number(env["SLUICE_NUMBER_RUNS"] ?? 1_000_000);

const out = { end: 0 };

/** Reads the number at the start of `text`; undefined if it is none that the reader knows. */
function read(text: string): number | undefined {
  const value = readNumber(new TextEncoder().encode(text), 0, out, nodeBytes);
  return out.end === -1 ? undefined : value;
}

test.each([
  ["42.0", 42],
  ["7", 7],
  ["-1.0", -1],
  ["+1", 1],
  ["-0.0", -0],
  ["1.0E10", 1e10],
  ["1.234567891E9", 1234567891],
  ["1.0E-5", 1e-5],
  ["1e+06", 1e6],
  ["5.", 5],
  ["-9.223372036854776E18", -9223372036854775808],
  ["1.7976931348623157E308", Number.MAX_VALUE],
  ["4.9E-324", 5e-324],
  ["9007199254740993E5", 9007199254740993e5], // rounds to 2^53 before the exponent is applied
  ["0.1234567890123456789012345678901234567890", 0.12345678901234568],
  ["NaN", NaN],
  ["+Inf", Infinity],
  ["Inf", Infinity],
  ["-Inf", -Infinity],
])("%s is read to its line feed", (text, value) => {
  expect(read(`${text}\n5`)).toBe(value);
  expect(out.end).toBe(text.length);
  expect(parseNumber(text)).toBe(value);
});

test.each([
  "",
  "42.0",
  "42.0 1\n",
  "42.0 \n",
  "42.0\r\n",
  " 42\n",
  "\n",
  "-\n",
  ".\n",
  ".5\n",
  "1e\n",
  "1e+\n",
  "1e400\n",
  "1e0005\n",
  "0x10\n",
  "1_0\n",
  "nan\n",
  "-NaN\n",
  "Infinity\n",
  "Na",
  "NaN",
  "+In",
])("%j is left to the full parse", (text) => {
  expect(read(text)).toBeUndefined();
});

test.each([
  ["inf", Infinity],
  ["+Infinity", Infinity],
  ["-iNF", -Infinity],
  ["nan", NaN],
  [".5", 0.5],
  ["-.5e-3", -0.0005],
  ["1e-400", 0],
  ["1e0005", 100000],
])("the full parse reads %s", (text, value) => {
  expect(parseNumber(text)).toBe(value);
});

test.each([
  "",
  " 1",
  "1 ",
  "1\n",
  "+NaN",
  "-nan",
  "infin",
  "0x10",
  "0b1",
  "1_0",
  "1e",
  "e1",
  ".",
  "-",
  "1e400",
  "1.2.3",
  "1n",
])("the full parse refuses %j", (text) => {
  expect(parseNumber(text)).toBeUndefined();
});

test("a number is read from the middle of a body and never past its end", () => {
  const body = new TextEncoder().encode("a 12.5\nb 3");
  expect(readNumber(body, 2, out, nodeBytes)).toBe(12.5);
  expect(out.end).toBe(6);
  for (const pos of [9, 10, 11, 1000]) {
    readNumber(body, pos, out, nodeBytes);
    expect(out.end).toBe(-1);
  }
});

test(
  `${RUNS} random numbers are read as Number reads them, to the last bit`,
  () => {
    const random = createRandom(Number(env["SLUICE_NUMBER_SEED"] ?? 1));
    const body = new Uint8Array(64);
    for (let run = 0; run < RUNS; run++) {
      const text = randomNumber(random);
      for (let i = 0; i < text.length; i++) body[i] = text.charCodeAt(i);
      body[text.length] = 0x0a;
      const want = Number(text);
      const value = readNumber(body, 0, out, nodeBytes);
      const ok = Number.isFinite(want) ? out.end === text.length && Object.is(value, want) : out.end === -1;
      if (!ok) expect.fail(`${text}: read ${value}, end ${out.end}`);
    }
  },
  60_000 + RUNS / 100,
);

/** Numbers as Java and Go print them, and digit strings around the edges: 2^53, 10^22, long tails. */
function randomNumber(random: () => number): string {
  const sign = random() < 0.2 ? "-" : "";
  const kind = Math.floor(random() * 6);
  if (kind === 0) return `${sign}${Math.floor(random() * 1e6)}.0`;
  if (kind === 1)
    return `${sign}${(2 ** 53 + Math.floor(random() * 64) - 32).toString()}E${Math.floor(random() * 50) - 25}`;
  if (kind === 2) return String(sign === "" ? random() * 10 ** Math.floor(random() * 20) : -random());
  if (kind === 3) return `${sign}${digits(random, 20)}.${digits(random, 20)}`;
  const exponent = Math.floor(random() * (kind === 4 ? 50 : 700)) - (kind === 4 ? 25 : 350);
  return `${sign}${Math.floor(random() * 10)}.${digits(random, 18)}${kind === 4 ? "E" : "e"}${exponent}`;
}

function digits(random: () => number, max: number): string {
  const count = 1 + Math.floor(random() * max);
  let text = "";
  while (text.length < count) text += Math.floor(random() * 1e9);
  return text.slice(0, count);
}

/** Mulberry32: small, seeded and good enough, so that a failure can be had again. */
function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
