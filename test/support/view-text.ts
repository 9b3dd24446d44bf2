import type { FamilyText } from "../../src/core/view/own-families.ts";

export function familiesText(families: readonly FamilyText[]): string {
  return families.map(({ header, text }) => header + text).join("");
}

/** The samples of a view, `name{labels}` → value. A series or a TYPE that stands twice is an error. */
export function series(view: string): Map<string, number> {
  const found = new Map<string, number>();
  const types = new Set<string>();
  for (const line of view.split("\n").slice(0, -1)) {
    if (line.startsWith("# TYPE ")) {
      const name = line.split(" ", 3)[2] ?? "";
      if (types.has(name)) throw new Error(`two TYPE lines for ${name}`);
      types.add(name);
    }
    if (line.startsWith("#")) continue;
    const space = line.lastIndexOf(" ");
    const name = line.slice(0, space);
    if (found.has(name)) throw new Error(`${name} stands twice`);
    found.set(name, numberOf(line.slice(space + 1)));
  }
  return found;
}

/** The lines of one family's samples. */
export function samplesOf(view: string, family: string): string[] {
  return view.split("\n").filter((line) => line.startsWith(`${family}{`) || line.startsWith(`${family} `));
}

/** The values of the series with that name. */
export function valuesOf(view: string, name: string): number[] {
  return samplesOf(view, name).map((line) => numberOf(line.slice(line.lastIndexOf(" ") + 1)));
}

function numberOf(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  return text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);
}
