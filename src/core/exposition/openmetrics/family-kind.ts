import { Role, type FamilyType } from "../parsed-body.ts";

/** What a type of OpenMetrics is to the rest of the relay. */
export interface FamilyKind {
  /** As its TYPE line says it. */
  readonly word: string;
  readonly type: FamilyType;
  readonly subtype: "info" | "stateset" | undefined;
  /** What the family's name has behind it in the formats that know no such type: a series has one name in all. */
  readonly suffix: "" | "_total" | "_info";
  /** By what a sample has behind the name of the family. `created` is the start of the series, and no sample. */
  readonly parts: ReadonlyMap<string, Role | "created">;
}

/** Of a family without a TYPE line, too. */
export const UNKNOWN: FamilyKind = kind("unknown", "untyped", { "": Role.value });

/** By the word of the TYPE line. */
export const FAMILY_KINDS: ReadonlyMap<string, FamilyKind> = new Map(
  [
    UNKNOWN,
    kind("counter", "counter", { _total: Role.value, _created: "created" }, "_total"),
    kind("gauge", "gauge", { "": Role.value }),
    { ...kind("info", "gauge", { _info: Role.value }, "_info"), subtype: "info" as const },
    { ...kind("stateset", "gauge", { "": Role.value }), subtype: "stateset" as const },
    kind("summary", "summary", {
      "": Role.quantile,
      _count: Role.count,
      _sum: Role.sum,
      _created: "created",
    }),
    kind("histogram", "histogram", {
      _bucket: Role.bucket,
      _count: Role.count,
      _sum: Role.sum,
      _created: "created",
    }),
    kind("gaugehistogram", "gaugehistogram", {
      _bucket: Role.bucket,
      _gcount: Role.count,
      _gsum: Role.sum,
    }),
  ].map((each) => [each.word, each]),
);

function kind(
  word: string,
  type: FamilyType,
  parts: Readonly<Record<string, Role | "created">>,
  suffix: FamilyKind["suffix"] = "",
): FamilyKind {
  return { word, type, subtype: undefined, suffix, parts: new Map(Object.entries(parts)) };
}
