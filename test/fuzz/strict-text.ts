/** Those of the specification: Prometheus takes no others in text. */
const TYPES = new Set(["counter", "gauge", "summary", "histogram", "untyped"]);
const PARTS: Readonly<Record<string, readonly string[]>> = {
  summary: ["", "_sum", "_count"],
  histogram: ["_bucket", "_sum", "_count"],
  // A gauge histogram, of which text knows nothing.
  untyped: ["", "_bucket", "_sum", "_count"],
};
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*/;
const QUOTED = /^"((?:[^"\\\n]|\\["\\n])*)"/;
const VALUE = /^(?:[+-]Inf|NaN|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;

/** What a family of a view has. */
export interface StrictFamily {
  readonly type: string;
  /** By `name{sorted labels}`, bounds as numbers. */
  readonly samples: ReadonlyMap<string, number>;
}

/**
 * Reads a view in text format 0.0.4 as the most exacting client would, and throws where one could stumble: lines in
 * another order than HELP, TYPE, samples; a family in two pieces; a series twice, be it that a bound is only written
 * in another way; a sample of another family; bytes that are no UTF-8. Written from the format's specification, and
 * shares nothing with the parser of the relay.
 */
export function readStrictText(view: Uint8Array): Map<string, StrictFamily> {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(view);
  if (text !== "" && !text.endsWith("\n")) throw new Error("the last line does not end");
  const families = new Map<string, { type: string; samples: Map<string, number> }>();
  const all = new Set<string>();
  let open = "";
  let helped = "";
  for (const [i, line] of text.split("\n").slice(0, -1).entries()) {
    try {
      if (line.startsWith("# HELP ")) {
        const { name, rest } = readName(line.slice(7));
        if (families.has(name)) throw new Error("HELP of a family that has been there");
        if (!/^ (?:[^\\]|\\[\\n])*$/.test(rest) && rest !== " ") throw new Error("HELP with a wrong escape");
        helped = name;
      } else if (line.startsWith("# TYPE ")) {
        const { name, rest } = readName(line.slice(7));
        if (families.has(name)) throw new Error("TYPE of a family that has been there");
        if (helped !== "" && helped !== name) throw new Error("HELP without its family");
        if (!TYPES.has(rest.slice(1))) throw new Error("a type that is none");
        families.set(name, { type: rest.slice(1), samples: new Map() });
        open = name;
        helped = "";
      } else {
        const family = families.get(open);
        if (family === undefined) throw new Error("a sample without a TYPE");
        const { name, labels, value } = readSample(line);
        const parts = PARTS[family.type] ?? [""];
        if (!parts.some((part) => open + part === name))
          throw new Error(`a sample of another family than ${open}`);
        const series = `${name}{${canonical(labels)}}`;
        if (all.has(series)) throw new Error("the series stands twice");
        all.add(series);
        family.samples.set(series, value);
      }
    } catch (error) {
      throw new Error(`line ${i + 1} of the view, ${JSON.stringify(line.slice(0, 300))}: ${String(error)}`, {
        cause: error,
      });
    }
  }
  for (const [name, { samples }] of families)
    if (samples.size === 0) throw new Error(`${name} has no samples`);
  return families;
}

function readName(text: string): { readonly name: string; readonly rest: string } {
  const plain = NAME.exec(text)?.[0];
  if (plain !== undefined) return { name: plain, rest: text.slice(plain.length) };
  const quoted = QUOTED.exec(text);
  if (quoted === null) throw new Error("no name");
  return { name: unescape(quoted[1] ?? ""), rest: text.slice(quoted[0].length) };
}

function readSample(line: string): { name: string; labels: Map<string, string>; value: number } {
  let name = NAME.exec(line)?.[0] ?? "";
  let rest = line.slice(name.length);
  const labels = new Map<string, string>();
  if (rest.startsWith("{")) {
    rest = rest.slice(1);
    while (!rest.startsWith("}")) {
      const quoted = QUOTED.exec(rest);
      const label = quoted === null ? LABEL_NAME.exec(rest)?.[0] : unescape(quoted[1] ?? "");
      if (label === undefined) throw new Error(`no label at ${rest}`);
      rest = rest.slice(quoted === null ? label.length : quoted[0].length);
      if (rest.startsWith("=")) {
        const value = QUOTED.exec(rest.slice(1));
        if (value === null) throw new Error(`no value at ${rest}`);
        if (labels.has(label) || label === "__name__") throw new Error(`the label ${label} stands twice`);
        labels.set(label, unescape(value[1] ?? ""));
        rest = rest.slice(1 + value[0].length);
      } else if (quoted !== null && name === "") {
        name = label;
      } else {
        throw new Error(`the label ${label} has no value`);
      }
      if (rest.startsWith(",")) rest = rest.slice(1);
      else if (!rest.startsWith("}")) throw new Error(`no comma at ${rest}`);
    }
    rest = rest.slice(1);
  }
  if (name === "") throw new Error("no name");
  if (!rest.startsWith(" ") || !VALUE.test(rest.slice(1))) throw new Error(`no value at ${rest}`);
  return { name, labels, value: numberOf(rest.slice(1)) };
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c));
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

/** A label that is empty is none. */
function canonical(labels: ReadonlyMap<string, string>): string {
  return [...labels]
    .filter(([, value]) => value !== "")
    .map(
      ([label, value]) =>
        `${label}=${JSON.stringify(label === "le" || label === "quantile" ? bound(value) : value)}`,
    )
    .toSorted()
    .join(",");
}

function bound(text: string): string {
  const value = numberOf(text);
  return Number.isNaN(value) ? text : String(value);
}
