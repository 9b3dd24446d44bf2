import type { Group } from "../partition/group.ts";
import type { LabelSetTable } from "../partition/label-set.ts";
import type { Ruling } from "../partition/ruling.ts";

/**
 * What a state refers to more than once, by pools. Each object is written once and has a number by which the
 * others refer to it, so that what was one object is one again.
 */
export interface Writing {
  readonly pools: Map<string, { readonly numbers: Map<unknown, number>; readonly items: unknown[] }>;
}

export interface Reading {
  /** What was written of each pool, by its name. */
  readonly stored: { readonly [pool: string]: readonly unknown[] };
  readonly made: Map<string, unknown[]>;
  /** What the group that is being read, and the source in it, are to those within. */
  group: Group | undefined;
  labelSets: LabelSetTable | undefined;
  readonly ruling: Pick<Ruling, "matchJob">;
}
