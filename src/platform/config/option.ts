/** How the values of an option are written, read and shown. */
export interface ValueKind<T> {
  /** What stands for the value in the help text. */
  readonly placeholder: string;
  /** Completes the error "expected …". */
  readonly expects: string;
  /** The value that a text stands for, or undefined if it stands for none. */
  parse(text: string): T | undefined;
  /** The text that `parse` would read the value from. */
  render(value: T): string;
  /** Present where an option may be given more than once: what two of its values make together. */
  append?(earlier: T, later: T): T;
  /** Present where the flag alone means true, and `--no-flag` means false. */
  readonly isSwitch?: true;
}

/** One row of an option table. Reading, `--help` and the documentation all come from it. */
export interface Option<T> {
  readonly flag: `--${string}`;
  readonly group: string;
  readonly kind: ValueKind<T>;
  readonly default: T;
  /** Where the default depends on the machine or on another option: how it is found. */
  readonly derived?: string;
  /** One sentence. */
  readonly help: string;
  /** Why a well-written value is refused all the same. */
  refuse?(value: T): string | undefined;
  /** Why a value that is accepted does not do what its name says. */
  warn?(value: T): string | undefined;
}

export type OptionTable<T> = { readonly [Name in keyof T]: Option<T[Name]> };

export function optionsOf<T extends object>(
  table: OptionTable<T>,
): [name: string, option: Option<unknown>][] {
  return Object.entries<Option<unknown>>(table);
}

/** One value for each option of the table: the one given under its name, or its default. */
export function valuesOf<T extends object>(table: OptionTable<T>, given: ReadonlyMap<string, unknown>): T {
  const values = optionsOf(table).map(([name, row]) => [
    name,
    given.has(name) ? given.get(name) : row.default,
  ]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table has a row for each field of T
  return Object.fromEntries(values) as T;
}
