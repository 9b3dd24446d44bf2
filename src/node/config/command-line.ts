import { parseArgs } from "node:util";
import { withoutUser } from "../../platform/config/without-user.ts";
import { nearest } from "../../platform/config/nearest.ts";
import { type Option, type OptionTable, optionsOf, valuesOf } from "../../platform/config/option.ts";

/** What a command line says in the terms of one option table, with all that is wrong with it. */
export interface CommandLine<T> {
  /** Defaults stand where nothing, or nothing valid, was given. */
  readonly values: T;
  /** Those that were said, rightly or wrongly: `--view`, also where it was `--no-view`. */
  readonly givenFlags: ReadonlySet<string>;
  readonly positionals: readonly string[];
  /** `--help` or `--version`, whatever else was given. */
  readonly asked: "help" | "version" | undefined;
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}

/** Reads flags in the forms `--flag=value`, `--flag value`, `--switch` and `--no-switch`. */
export function readCommandLine<T extends object>(
  table: OptionTable<T>,
  args: readonly string[],
): CommandLine<T> {
  const spellings = spellingsOf(table);
  const positionals: string[] = [];
  const warnings: string[] = [];
  const errors: string[] = [];
  const given = new Map<string, unknown>();
  const givenFlags = new Set<string>();
  let asked: "help" | "version" | undefined;
  let unknownAt = -1;

  const take = ({ name, option }: Spelling, value: unknown): void => {
    const { flag, kind } = option;
    const shown = `${flag}=${kind.render(value)}`;
    const refusal = option.refuse?.(value);
    const warning = option.warn?.(value);
    if (refusal !== undefined) errors.push(`${shown}: ${refusal}`);
    if (warning !== undefined) warnings.push(`${shown}: ${warning}`);
    if (!given.has(name)) given.set(name, value);
    else if (kind.append !== undefined) given.set(name, kind.append(given.get(name), value));
    else errors.push(`${flag} is given more than once`);
  };

  for (const token of tokensOf(spellings, args)) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      // What follows an unknown flag is most likely its value, and one error for both is enough.
      if (unknownAt === -1 || token.index !== unknownAt + 1) positionals.push(token.value);
      continue;
    }
    const spelling = spellings.get(token.rawName);
    if (spelling !== undefined) {
      givenFlags.add(spelling.option.flag);
      const value = valueOf(token, spelling);
      if (value === undefined) errors.push(malformed(token, spelling));
      else take(spelling, value);
    } else if (token.rawName === "--help" || token.rawName === "-h") {
      asked ??= "help";
    } else if (token.rawName === "--version") {
      asked ??= "version";
    } else {
      // `-view` arrives as four tokens of one argument.
      if (token.index !== unknownAt) errors.push(unknownFlag(args[token.index] ?? "", spellings));
      unknownAt = token.index;
    }
  }
  const values = valuesOf(table, given);
  return { values, givenFlags, positionals, asked, warnings, errors };
}

interface Spelling {
  readonly name: string;
  readonly option: Option<unknown>;
  /** What the flag says without a value; undefined where a value must follow. */
  readonly alone: "true" | "false" | undefined;
}

function spellingsOf<T extends object>(table: OptionTable<T>): ReadonlyMap<string, Spelling> {
  const spellings = new Map<string, Spelling>();
  for (const [name, option] of optionsOf(table)) {
    const { isSwitch } = option.kind;
    spellings.set(option.flag, { name, option, alone: isSwitch ? "true" : undefined });
    if (isSwitch) spellings.set(option.flag.replace("--", "--no-"), { name, option, alone: "false" });
  }
  return spellings;
}

type Token = ReturnType<typeof tokensOf>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

function tokensOf(spellings: ReadonlyMap<string, Spelling>, args: readonly string[]) {
  const types = [...spellings].map(
    ([flag, { alone }]) => [flag.slice(2), { type: alone === undefined ? "string" : "boolean" }] as const,
  );
  return parseArgs({
    args: [...args],
    options: Object.fromEntries(types),
    strict: false, // which would stop at the first error, and does not know the nearest flag
    tokens: true,
    allowPositionals: true,
  }).tokens;
}

function valueOf(token: OptionToken, { option, alone }: Spelling): unknown {
  const text = textOf(token);
  if (alone === "false") return text === undefined ? false : undefined;
  const said = text ?? alone;
  return said === undefined ? undefined : option.kind.parse(said);
}

/** In `--view --staleness=never` the second flag is no view: undefined, as if nothing stood there. */
function textOf({ value, inlineValue }: OptionToken): string | undefined {
  return inlineValue === false && value?.startsWith("--") ? undefined : value;
}

function malformed(token: OptionToken, { option, alone }: Spelling): string {
  const text = textOf(token);
  const shown = text === undefined ? token.rawName : `${token.rawName}=${withoutUser(text)}`;
  return `${shown}: expected ${alone === "false" ? "no value" : option.kind.expects}`;
}

function unknownFlag(argument: string, spellings: ReadonlyMap<string, Spelling>): string {
  const flag = argument.replace(/=.*/s, "");
  return `unknown flag ${flag}; the nearest known one is ${nearest(flag, [...spellings.keys(), "--help", "--version"])}`;
}
