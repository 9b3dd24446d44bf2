import type { TemplateLine } from "./flink-template.ts";

/** Task slots of one TaskManager: the recorded one had two subtasks of each task. */
const SLOTS = 8;
/** So that the number of each subtask has four digits, and all bodies one length. */
const FIRST_SUBTASK = 1000;

/** The first digits of an attempt's id, which withAttempt() sets. */
export const ATTEMPT_DIGITS = 8;
const ATTEMPT = /(task_attempt_id=")\w{8}/;

/** The lines of a subtask once for each slot of TaskManager `number`, all others as they are. */
export function multiplyTasks(template: readonly TemplateLine[], number: number): TemplateLine[] {
  return template.flatMap((line) => {
    const recorded = /subtask_index="(\d+)"/.exec(line.text)?.[1];
    if (recorded === undefined) return [line];
    // The recorded subtasks are 2 and 3; each stands for every second slot.
    const first = FIRST_SUBTASK + number * SLOTS + (Number(recorded) % 2);
    return Array.from({ length: SLOTS / 2 }, (_, k) => {
      const subtask = String(first + 2 * k);
      const text = line.text
        .replace(/subtask_index="\d+"/, `subtask_index="${subtask}"`)
        .replace(/(task_attempt_id="\w+)_\d+_(\d+)"/, `$1_${subtask}_$2"`);
      return { ...line, text };
    });
  });
}

export function withIds(
  lines: readonly TemplateLine[],
  { tmId, host }: { tmId: string; host: string },
): TemplateLine[] {
  return withTexts(lines, (text) =>
    text.replace(/tm_id="\w*"/, `tm_id="${tmId}"`).replace(/host="\w*"/, `host="${host}"`),
  );
}

/** Every attempt's id begins with the digits of `attempt`. */
export function withAttempt(lines: readonly TemplateLine[], attempt: number): TemplateLine[] {
  return withTexts(lines, (text) => attemptText(text, attempt));
}

export function attemptText(text: string, attempt: number): string {
  return text.replace(ATTEMPT, `$1${String(attempt).padStart(ATTEMPT_DIGITS, "0")}`);
}

function withTexts(lines: readonly TemplateLine[], change: (text: string) => string): TemplateLine[] {
  return lines.map((line) => (line.value === undefined ? line : { ...line, text: change(line.text) }));
}

/** The families in another order, and the samples of each: as a hash map of Java gives them after a restart. */
export function reordered(lines: readonly TemplateLine[], seed: number): TemplateLine[] {
  const random = randomNumbers(seed);
  const families: { comments: TemplateLine[]; samples: TemplateLine[] }[] = [];
  for (const line of lines) {
    if (line.text.startsWith("# HELP ")) families.push({ comments: [], samples: [] });
    const family = families.at(-1);
    if (family === undefined) throw new Error("BUG: a recorded body does not begin with HELP");
    (line.value === undefined ? family.comments : family.samples).push(line);
  }
  return shuffled(families, random).flatMap(({ comments, samples }) =>
    comments.concat(shuffled(samples, random)),
  );
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}

/** Mulberry32: the same numbers for the same seed, from 0 up to 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
