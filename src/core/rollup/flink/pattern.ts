/**
 * Patterns of names, in the notation of the preset: `{a,b}` one of these, `[x]` x or nothing,
 * `<x>` a variable part. Groups may be nested; a variable is never repeated and never empty.
 */

/** What a variable stands for. One that is not listed may be any part of a name, underscores included. */
const VARIABLES: Readonly<Record<string, string>> = {
  n: "[0-9]+",
  gate: "[0-9]+",
  jobVertexId: "[0-9a-f]{32}",
};
/** So many names that no pattern spells out are remembered with what was found for them. */
const MOST_NAMES = 10_000;
const ANY_PART = "[a-zA-Z0-9_:]+";

const INNERMOST_GROUP = /\{(?<choice>[^{}[\]]*)\}|\[(?<optional>[^{}[\]]*)\]/;

/**
 * Compiles patterns into one look-up. A name that a pattern spells out in full beats every pattern with
 * a variable part; among each of the two, the earlier pattern wins.
 */
export function compilePatterns<T>(
  rows: Iterable<readonly [pattern: string, value: T]>,
): (name: string) => T | undefined {
  const exact = new Map<string, T>();
  const variable: (readonly [RegExp, T])[] = [];
  for (const [pattern, value] of rows) {
    const forms = expandPattern(pattern);
    for (const form of forms) if (!form.includes("<") && !exact.has(form)) exact.set(form, value);
    const open = forms.filter((form) => form.includes("<"));
    if (open.length > 0) variable.push([anchored(open), value]);
  }
  const find = (name: string): T | undefined => variable.find(([expression]) => expression.test(name))?.[1];
  // A name without a pattern, as a user's are, is tried on all of them: once, not with every new body.
  const found = new Map<string, T | undefined>();
  return (name) => {
    const spelled = exact.get(name) ?? found.get(name);
    if (spelled !== undefined || found.has(name)) return spelled;
    if (found.size >= MOST_NAMES) found.clear();
    const value = find(name);
    found.set(name, value);
    return value;
  };
}

/** All that a pattern can be once its choices are made; variables stay. */
export function expandPattern(pattern: string): readonly string[] {
  const group = INNERMOST_GROUP.exec(pattern);
  if (group === null) return [pattern];
  const choices = group.groups?.["choice"]?.split(",") ?? [group.groups?.["optional"] ?? "", ""];
  const before = pattern.slice(0, group.index);
  const after = pattern.slice(group.index + group[0].length);
  const forms = choices.flatMap((choice) => expandPattern(before + choice + after));
  return [...new Set(forms)]; // an optional group within another leaves the same name twice
}

/**
 * Outside its groups a pattern is made of what names are made of, so nothing needs escaping.
 * A name is tried in time that grows with its length as long as a form has one open variable, or a second
 * one at its end: that one runs to the end of any name and never has to be tried again.
 */
function anchored(forms: readonly string[]): RegExp {
  const sources = forms.map((form) =>
    form.replaceAll(/<(\w+)>/g, (_, variable: string) => VARIABLES[variable] ?? ANY_PART),
  );
  return new RegExp(`^(?:${sources.join("|")})$`);
}
