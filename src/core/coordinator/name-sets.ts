import type { Labels } from "../exposition/label-block.ts";

/**
 * Which labels the keys of kept groups have: only groups with different ones can show the same series. They are few,
 * and are never forgotten.
 */
export interface NameSets {
  note(names: readonly string[]): void;
  /** All but this one. */
  othersThan(names: readonly string[]): readonly (readonly string[])[];
}

/** Who has more kinds of keys than that means no two groups to be alike. */
const MAX_NAME_SETS = 1_000;

export function createNameSets(): NameSets {
  const known = new Map<string, readonly string[]>();
  return {
    note(names) {
      if (known.size < MAX_NAME_SETS) known.set(names.join("\0"), names);
    },
    othersThan(names) {
      const own = names.join("\0");
      return [...known].flatMap(([text, each]) => (text === own ? [] : [each]));
    },
  };
}

/** The names of labels. */
export function namesIn(labels: Labels): string[] {
  return labels.filter((_, i) => i % 2 === 0);
}
