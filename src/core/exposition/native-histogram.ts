/**
 * A native histogram as one push tells it: populations by bucket index, of both signs, and a zero bucket.
 * Bucket `i` of schema `s` holds values in (2^((i-1)·2^-s), 2^(i·2^-s)]; that is Prometheus's own numbering.
 */
export interface NativeHistogram {
  /** -4 to 8; each step up halves the width of the buckets. */
  readonly schema: number;
  /** Values no further from zero than this are in the zero bucket. */
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: NativeBuckets;
  readonly negative: NativeBuckets;
}

/** Populations that are not zero, by rising index; the arrays run parallel. Counts are of each bucket alone. */
export interface NativeBuckets {
  readonly indexes: readonly number[];
  readonly counts: readonly number[];
}
