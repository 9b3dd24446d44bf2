/** Where the values of a body stand: the arrays run parallel, by rising place. */
export interface ValueSpans {
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/**
 * The text of a body around its values. Pushes of one process differ in their values alone, so whatever a body
 * with the same text says besides has been read before.
 */
export interface LayoutText {
  /**
   * If the body has this text around its values, reads the values into `out` and answers true: the way of nearly
   * every push. At the first difference it answers false, with `out` half written, and the full parse decides.
   */
  read(body: Uint8Array, out: Float64Array): boolean;
  /** Lets go of the text, which must not be used any more. */
  release(): void;
}

/** Keeps the texts of a shard's layouts. */
export interface TextKeeper {
  /** The body is copied: it may lie in memory that is used again. */
  keep(body: Uint8Array, values: ValueSpans): LayoutText;
}
