import { fnv1a32 } from "../../partition-of.ts";

/** The boundaries of a histogram below +Inf, by rising value. Equal numbers are equal, whatever their text was. */
export type Boundaries = readonly number[];

/** The boundaries on which an output adds its sources up, from its first layout on to the end of its epoch. */
export interface BoundarySet {
  /** The identity of its `_count` over all partitions. */
  readonly output: string;
  readonly boundaries: Boundaries;
}

export function isSameBoundaries(a: Boundaries | undefined, b: Boundaries | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && a.length === b?.length && a.every((boundary, i) => boundary === b[i]);
}

/** Whether a source with these boundaries says what another set asks for. */
export function covers(boundaries: Boundaries, wanted: Boundaries): boolean {
  const has = new Set(boundaries);
  return wanted.every((boundary) => has.has(boundary));
}

/** The value of `le_layout` for a source that lacks a boundary: the same for equal boundaries, everywhere and for ever. */
export function layoutLabel(boundaries: Boundaries): string {
  return fnv1a32(boundaries.join(",")).toString(16).padStart(8, "0");
}
