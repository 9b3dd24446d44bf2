/** What the operator wrote and the relay cannot start with: one line each, for a person. */
export class WebConfigError extends Error {
  readonly lines: readonly string[];
  constructor(lines: readonly string[]) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}
