import type { ComplexMetric, ShownFamily, ValueExtras } from "./metric.ts";

/** One metric in a format: lines of text, or bytes that are one field of its family's message. */
export type Rendered = string | Uint8Array;

/**
 * Writes metrics in one format. A writer serves one part of one view, and may remember what it has written. Labels
 * are text with braces, as the client reads them, without `le` and `quantile`; "" where there are none.
 */
export interface MetricWriter {
  value(family: ShownFamily, labels: string, value: number, extras: ValueExtras): Rendered;
  complex(family: ShownFamily, labels: string, metric: ComplexMetric): Rendered;
}

/** A family with all its metrics, as the client reads it. */
export interface WrittenFamily {
  readonly name: string;
  /** Whether the name needs no quotes in text. */
  readonly isLegacy: boolean;
  readonly help: string | undefined;
  /** The metrics by their types: nearly always one. */
  readonly sections: readonly WrittenSection[];
  /** OpenMetrics: other families have names that one of this type would reserve. */
  readonly isPlain: boolean;
  /** Whether it only goes on: it has begun in what was written before. */
  readonly isRest?: boolean;
}

export interface WrittenSection {
  readonly type: ShownFamily["type"];
  /** Text may stand there as bytes, too; it may be rendered only as it is taken, once. */
  readonly metrics: Iterable<Rendered>;
  /** More of them, rendered when they are to be written. */
  readonly bulks: readonly BulkRef[];
}

/** Where the bulk of a family in one partition is to be had. */
export interface BulkRef {
  readonly partition: number;
  /** As it was pushed. */
  readonly family: string;
  /** About how many lines it has. */
  readonly samples: number;
}

/** Bulks of one section, in chunks of whole metrics and in any order. */
export type BulksOf<Chunk> = (bulks: readonly BulkRef[]) => readonly Chunk[];
