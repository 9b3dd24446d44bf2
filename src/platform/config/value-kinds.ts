import type { ValueKind } from "./option.ts";

/** Any text. Empty is a value too, and means "none" wherever this kind is used. */
export function text(placeholder: string): ValueKind<string> {
  return { placeholder, expects: "a text", parse: (given) => given, render: (value) => value };
}

/** A text that nothing shows: no error, no page of flags. */
export function secretText(placeholder: string): ValueKind<string> {
  return { ...text(placeholder), render: (value) => (value === "" ? "" : "<secret>") };
}

/** A text of a certain form. */
export function textLike(placeholder: string, expects: string, form: RegExp): ValueKind<string> {
  return { ...text(placeholder), expects, parse: (given) => (form.test(given) ? given : undefined) };
}

export function choice<const Value extends string>(...values: readonly Value[]): ValueKind<Value> {
  return {
    placeholder: values.join("|"),
    expects: `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`,
    parse: (given) => values.find((value) => value === given),
    render: (value) => value,
  };
}

/** On by its name alone, off by `--no-` and its name. */
export const toggle: ValueKind<boolean> = {
  placeholder: "",
  expects: "true or false",
  parse: (given) => (given === "true" ? true : given === "false" ? false : undefined),
  render: (value) => (value ? "on" : "off"),
  isSwitch: true,
};

/** A whole number from 1 to `max`. */
export function count(max: number = Number.MAX_SAFE_INTEGER): ValueKind<number> {
  return {
    placeholder: "<number>",
    expects: max === Number.MAX_SAFE_INTEGER ? "a whole number above 0" : `a whole number from 1 to ${max}`,
    parse(given) {
      const value = /^\d+$/.test(given) ? Number(given) : 0;
      return value >= 1 && value <= max ? value : undefined;
    },
    render: String,
  };
}
