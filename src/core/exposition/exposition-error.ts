/** A body that is not text format 0.0.4. The message is the one that expfmt, the Pushgateway's parser, gives. */
export class ExpositionError extends Error {
  override readonly name = "ExpositionError";
  /** From 1. */
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`text format parsing error in line ${line}: ${reason}`);
    this.line = line;
  }
}

/** A body with more samples than one push may have. Ours: the Pushgateway has no such limit. */
export class TooManySamplesError extends Error {
  override readonly name = "TooManySamplesError";
  readonly maxSamples: number;

  constructor(maxSamples: number) {
    super(`more than ${maxSamples} samples in one push`);
    this.maxSamples = maxSamples;
  }
}
