import type { Random } from "../support/random.ts";

/** What a text is made of, as far as a mutation cares: words, numbers, strings in quotes, blanks, marks. */
export function tokensOf(text: string): string[] {
  return text.match(/"(?:\\[^]|[^"\\\n])*"|[A-Za-z_][\w]*|[+-]?\d[\w.]*(?:[eE][+-]\d+)?|[ \t]+|[^]/g) ?? [];
}

const NUMBERS = [
  ["0", "-0", "1", "-1", "NaN", "+Inf", "-Inf", "Inf", "nan", "1e308", "1e309", "-1e400", "1e-400", "0x10"],
  ["9007199254740993", "18446744073709551616", "9.223372036854776E18", "4.9E-324", "1_000", "1.", ".5"],
  ["0.1", "1e+06", "1E6", "1e", "--1", "١", "1".repeat(400), `0.${"0".repeat(400)}1`, "1e99999999999"],
].flat();
const PIECES = [
  ['"', "\\", "\\n", '\\"', "\\\\", "\\x", "{", "}", ",", "=", "#", " ", "\t", "\n", "\r\n", "\r", "\0", ":"],
  [
    "\u00C3\u00BC",
    "\u00ED\u00A0\u0080",
    "\u00FF",
    "\u00C3",
    "\u00F0\u009F\u0098\u0080",
    "\u00EF\u00BB\u00BF",
  ],
  [
    "\u00E2\u0080\u00A8",
    "__proto__",
    "constructor",
    "toString",
    "__name__",
    "a".repeat(300),
    ",,",
    "{}",
    '""',
  ],
].flat();

/**
 * A change of some tokens of a text. `words` are those that mean something in its language; `others` are texts of
 * the language, which lines are taken from.
 */
export function mutateTokens(
  tokens: readonly string[],
  random: Random,
  words: readonly string[],
  others: readonly (readonly string[])[],
): string[] {
  let changed = [...tokens];
  for (let left = random.below(5) + 1; left > 0 && changed.length > 0; left -= 1) {
    changed = mutateOnce(changed, random, words, others);
  }
  return changed;
}

function mutateOnce(
  tokens: string[],
  random: Random,
  words: readonly string[],
  others: readonly (readonly string[])[],
): string[] {
  const at = random.below(tokens.length);
  const token = tokens[at] ?? "";
  switch (random.below(12)) {
    case 0:
      tokens.splice(at, 1 + random.below(3));
      return tokens;
    case 1:
      tokens.splice(at, 0, ...tokens.slice(at, at + 1 + random.below(8)));
      return tokens;
    case 2: {
      const other = random.below(tokens.length);
      tokens[at] = tokens[other] ?? "";
      tokens[other] = token;
      return tokens;
    }
    case 3:
      tokens[at] = random.pick(words);
      return tokens;
    case 4:
      tokens[numberAt(tokens, at)] = random.pick(NUMBERS);
      return tokens;
    case 5:
      tokens[at] = insert(token, random.below(token.length + 1), random.pick(PIECES));
      return tokens;
    case 6:
      tokens[at] = insert(token, random.below(token.length + 1), String.fromCharCode(random.below(256)));
      return tokens;
    case 7:
      tokens[at] = token.slice(0, random.below(token.length + 1));
      return tokens;
    case 8:
      tokens.length = at;
      return tokens;
    case 9: {
      const other = random.pick(others);
      const from = random.below(other.length);
      tokens.splice(at, random.below(3), ...other.slice(from, from + random.below(12)));
      return tokens;
    }
    case 10:
      return moveLine(tokens, at, random.below(tokens.length), random.oneIn(2));
    default:
      tokens[at] = random.oneIn(8) ? token.repeat(2 + random.below(60)) : random.pick(words);
      return tokens;
  }
}

function insert(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at);
}

/** The first number from there on, or that very place. */
function numberAt(tokens: readonly string[], at: number): number {
  for (let i = at; i < Math.min(tokens.length, at + 60); i += 1)
    if (/^[+-]?\d/.test(tokens[i] ?? "")) return i;
  return at;
}

function moveLine(tokens: string[], at: number, to: number, isCopied: boolean): string[] {
  const start = tokens.lastIndexOf("\n", at - 1) + 1;
  const lineFeed = tokens.indexOf("\n", at);
  const end = lineFeed === -1 ? tokens.length : lineFeed + 1;
  const line = tokens.slice(start, end);
  const rest = isCopied ? tokens : [...tokens.slice(0, start), ...tokens.slice(end)];
  const place = rest.lastIndexOf("\n", to - 1) + 1;
  rest.splice(place, 0, ...line);
  return rest;
}

/** A change of bytes, whatever they mean. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (copy.length === 0) return Uint8Array.of(random.below(256));
  const at = random.below(copy.length);
  switch (random.below(5)) {
    case 0:
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
      return copy;
    case 1:
      copy[at] = random.below(256);
      return copy;
    case 2:
      return copy.subarray(0, at);
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + random.below(4))]);
    default:
      return Buffer.concat([copy.subarray(0, at), Buffer.from([random.below(256)]), copy.subarray(at)]);
  }
}
