import { digitsOf } from "./flink-template.ts";
import type { TemplateLine } from "./flink-template.ts";
import { ATTEMPT_DIGITS, attemptText } from "./template-lines.ts";

/** A sample whose value rises with every push. */
export interface MovingSample {
  /** The line up to and with the blank before its value. */
  readonly text: string;
  readonly name: string;
  /** The value of push 0, which is never sent. */
  readonly value: string;
  readonly step: number;
  /** What the attempt in its labels rises by; 0 where it stays. */
  readonly attemptStep: number;
}

/** The decimal digits of the body that end at `end`, which rise by `step` with every push. */
interface RisingDigits {
  readonly end: number;
  readonly step: number;
}

export interface AssembledBody {
  readonly text: string;
  readonly moving: readonly MovingSample[];
  readonly rising: readonly RisingDigits[];
}

interface Turn {
  readonly version: number;
  readonly versions: number;
  readonly restarts: boolean;
}

/** Push 0 of one version of a source. Push n of version v says what the source would say in push n · versions + v. */
export function assembleBody(
  lines: readonly TemplateLine[],
  { version, versions, restarts }: Turn,
): AssembledBody {
  const parts: string[] = [];
  const moving: MovingSample[] = [];
  const rising: RisingDigits[] = [];
  let at = 0;
  for (const { text, value, step } of lines) {
    const first = value === undefined ? "" : raised(value, step * version);
    if (value !== undefined && step > 0) {
      const name = text.slice(0, text.indexOf("{"));
      const attemptStep = restarts ? versions : 0;
      moving.push({ text, name, value: first, step: step * versions, attemptStep });
      rising.push({ end: at + text.length + digitsOf(first).length, step: step * versions });
    }
    const attempt = restarts ? text.indexOf('task_attempt_id="') : -1;
    if (attempt !== -1)
      rising.push({ end: at + attempt + 'task_attempt_id="'.length + ATTEMPT_DIGITS, step: versions });
    const line = `${text}${first}\n`;
    parts.push(line);
    at += line.length;
  }
  return { text: parts.join(""), moving, rising: rising.toSorted((a, b) => a.end - b.end) };
}

/** What a sample says in push number `push` of its version. */
export function valueAt({ value, step }: MovingSample, push: number): number {
  return Number(raised(value, step * push));
}

/** The text before the value, in push number `push` of its version. */
export function textAt({ text, attemptStep }: MovingSample, push: number): string {
  if (attemptStep === 0) return text;
  const first = Number(/task_attempt_id="(\d+)/.exec(text)?.[1]?.slice(0, ATTEMPT_DIGITS));
  return Number.isNaN(first) ? text : attemptText(text, first + attemptStep * push);
}

/** As load.c raises digits: a point among them is skipped, an exponent stays. */
function raised(value: string, by: number): string {
  if (by === 0) return value;
  const digits = digitsOf(value);
  const point = digits.indexOf(".");
  const sum = (BigInt(digits.replace(".", "")) + BigInt(by)).toString();
  const whole = sum.padStart(digits.length - (point === -1 ? 0 : 1), "0");
  const text = point === -1 ? whole : `${whole.slice(0, point)}.${whole.slice(point)}`;
  return text + value.slice(digits.length);
}
