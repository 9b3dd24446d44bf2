import { Role, type FamilyType } from "./parsed-body.ts";

/** A family while its body is read. */
export interface Family {
  readonly name: string;
  /** Undefined until a TYPE line or a first sample (which makes it untyped) settles it for good. */
  type: FamilyType | undefined;
  help: string | undefined;
  /** Its place among the families with samples, or -1 as long as it has none. */
  index: number;
}

/** What a name at the start of a line, or in a comment, means. */
export interface Mention {
  readonly family: Family;
  /** Set when the name is that of a summary or histogram with `_count` or `_sum` behind it. */
  readonly part: typeof Role.count | typeof Role.sum | undefined;
}

/**
 * Resolves names as expfmt does: `x_count` belongs to `x` if that is known as a summary by then,
 * and is a family of its own otherwise. So the order of the lines matters, but what a name has
 * meant once it means to the end of the body: a type never changes, and no family goes away.
 */
export function createFamilyTable(): (name: string) => Mention {
  const mentions = new Map<string, Mention>();
  return (name) => {
    let mention = mentions.get(name);
    if (mention === undefined) {
      mention = resolve(name) ?? {
        family: { name, type: undefined, help: undefined, index: -1 },
        part: undefined,
      };
      mentions.set(name, mention);
    }
    return mention;
  };

  function resolve(name: string): Mention | undefined {
    const underscore = name.lastIndexOf("_");
    const suffix = underscore === -1 ? "" : name.slice(underscore);
    const part = PARTS.get(suffix);
    const bucket = suffix === "_bucket";
    if (part === undefined && !bucket) return undefined;
    const base = name.slice(0, underscore);
    const family = mentions.get(base)?.family;
    // The base must itself name the family: in `x_count_count` it may be a part of `x`.
    if (family?.name !== base) return undefined;
    // expfmt takes these two for families of their own, and the histogram loses its sum and count.
    const isOfGauges = suffix === "_gcount" || suffix === "_gsum";
    if (isOfGauges) return family.type === "gaugehistogram" ? { family, part } : undefined;
    if (isHistogram(family.type) || (family.type === "summary" && !bucket)) return { family, part };
    return undefined;
  }
}

const PARTS: ReadonlyMap<string, typeof Role.count | typeof Role.sum> = new Map([
  ["_count", Role.count],
  ["_gcount", Role.count],
  ["_sum", Role.sum],
  ["_gsum", Role.sum],
]);

export function isHistogram(type: FamilyType | undefined): boolean {
  return type === "histogram" || type === "gaugehistogram";
}
