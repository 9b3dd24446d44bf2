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
  /** Reads a body that nobody knows. Undefined where it cannot, or where the body has lines of a rare form. */
  scan?(body: Uint8Array): ScannedText | undefined;
}

/**
 * A body in pieces, two for each value: what stands before the label block of its line, and that block with the blank
 * behind it. Good until the keeper is asked for anything else, but for the layout's text.
 */
export interface ScannedText {
  readonly values: Float64Array;
  /** For each value the numbers of its two pieces. The same text has the same number. */
  readonly numbers: Uint32Array;
  readonly pieces: number;
  /** One character for each byte. */
  textOf(piece: number): string;
  /** The tag of a piece, 0 where it has none: it keeps it for as long as a layout has that text. */
  tagOf(piece: number): number;
  /** Gives it a tag that no other has or had, and returns that. */
  tag(piece: number): number;
  /** Keeps the text. Undefined where another body has been scanned since. */
  keep(): LayoutText | undefined;
}
