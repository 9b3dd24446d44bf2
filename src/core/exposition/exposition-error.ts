/** A body that cannot be read. The message is for whoever pushed it. */
export class ExpositionError extends Error {
  override readonly name: string = "ExpositionError";
}

/** Formats whose errors name a line. */
export type TextDialect = "text format" | "openmetrics";

/** Of text format 0.0.4 the error is what expfmt, the Pushgateway's parser, says. `line` is from 1. */
export function lineError(
  line: number,
  reason: string,
  dialect: TextDialect = "text format",
): ExpositionError {
  return new ExpositionError(`${dialect} parsing error in line ${line}: ${reason}`);
}

/** A body that can be read and says what the consistency check of a Pushgateway refuses. */
export class InconsistentError extends ExpositionError {
  override readonly name = "InconsistentError";
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
