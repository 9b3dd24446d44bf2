import { readCapture } from "../../src/node/replay/read-capture.ts";

const CAPTURE = new URL("../../test/fixtures/captures/flink-2.3.0.jsonl.gz", import.meta.url).pathname;
/** Shorter texts of numbers would run out of room to rise. */
const ROOMY_DIGITS = 9;
/** Seven digits, which rise by no more than `MAX_STEP` a push: room for eighty thousand of them. */
const MAX_STEP = 97;

/** One line of a body. */
export interface TemplateLine {
  /** A sample up to and with the blank before its value, or a whole comment. */
  readonly text: string;
  /** Undefined for a comment. */
  readonly value: string | undefined;
  /** What the value rises by with every push; 0 where it stands still. */
  readonly step: number;
}

/**
 * A body of a busy TaskManager, as Flink 2.3 wrote it: the fullest of the recording. Every family moves of
 * which a sample has moved anywhere in the recording, all others stand as they stood. A moving value is given
 * a text that can rise for long without growing, in the forms in which Java prints numbers: `1234567.0`,
 * `1.23456789E9`, `16.183333333333334`.
 */
export async function readTemplate(): Promise<readonly TemplateLine[]> {
  const { fullest, moved } = await readRecording();
  return fullest.map((line, i) => {
    if (line.startsWith("#")) return { text: line, value: undefined, step: 0 };
    const [text, value] = splitSample(line);
    // NaN and the sentinels below zero stay what they are.
    const moves = moved.has(familyOf(text)) && /^[0-9]/.test(value);
    return moves
      ? { text, value: roomy(value, i), step: 1 + ((i * 31) % MAX_STEP) }
      : { text, value, step: 0 };
  });
}

interface Recording {
  /** The lines of the body with the most. */
  readonly fullest: readonly string[];
  /** Families of which some value has changed between two pushes of one source. */
  readonly moved: ReadonlySet<string>;
}

async function readRecording(): Promise<Recording> {
  const lastOf = new Map<string, ReadonlyMap<string, string>>();
  const moved = new Set<string>();
  let fullest: readonly string[] = [];
  for await (const line of readCapture(CAPTURE)) {
    if (line.kind !== "request" || line.method !== "PUT") continue;
    const lines = line.body.split("\n").filter((text) => text !== "");
    if (lines.length >= fullest.length) fullest = lines;
    const samples = new Map(lines.filter((text) => !text.startsWith("#")).map(splitSample));
    const last = lastOf.get(line.path);
    for (const [text, value] of samples) {
      if ((last?.get(text) ?? value) !== value) moved.add(familyOf(text));
    }
    lastOf.set(line.path, samples);
  }
  return { fullest, moved };
}

/** The name of a sample, with `_count` where it has that. */
function familyOf(text: string): string {
  return text.slice(0, text.indexOf("{"));
}

function splitSample(line: string): readonly [text: string, value: string] {
  const blank = line.lastIndexOf(" ") + 1;
  return [line.slice(0, blank), line.slice(blank)];
}

/** Every second of the short numbers becomes one with an exponent, as a third of a long run's numbers are. */
function roomy(value: string, i: number): string {
  const digits = digitsOf(value).replace(".", "");
  if (digits.length >= ROOMY_DIGITS) return value;
  const seven = `1${digits.padStart(6, "0").slice(-6)}`;
  return i % 2 === 0 ? `${seven}.0` : `1.${seven}1E9`;
}

/** The digits of a value that can rise: all before an exponent, and none behind the point of a whole number. */
export function digitsOf(value: string): string {
  return value.replace(/E.*$|\.0$/, "");
}
