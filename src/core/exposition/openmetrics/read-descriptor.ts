import { LF, SPACE } from "../char-codes.ts";
import { fail, peek, type Cursor } from "../cursor.ts";
import { quote, quoteBytes } from "../go-quote.ts";
import { decodeUtf8Lossy } from "../utf8.ts";
import { FAMILY_KINDS, type FamilyKind } from "./family-kind.ts";
import { readMetricName } from "./read-sample-line.ts";

/** What the lines before the samples of a family say of it. */
export interface Description {
  readonly name: string;
  kind: FamilyKind | undefined;
  help: string | undefined;
  unit: string | undefined;
}

interface DescriptorLine {
  readonly keyword: "TYPE" | "HELP" | "UNIT";
  readonly name: string;
  /** One character for each byte. */
  readonly text: string;
}

const KEYWORD = /^# (?<keyword>TYPE|HELP|UNIT) /;

export function readDescriptor(cursor: Cursor, utf8Names: boolean): DescriptorLine {
  const keyword = KEYWORD.exec(cursor.text)?.groups?.["keyword"];
  if (keyword !== "TYPE" && keyword !== "HELP" && keyword !== "UNIT") {
    fail(cursor, "a line that begins with # must be TYPE, HELP, UNIT or EOF, with single spaces");
  }
  cursor.pos = `# ${keyword} `.length;
  const name = readMetricName(cursor, utf8Names);
  const c = peek(cursor);
  if (c !== SPACE && c !== LF) fail(cursor, "invalid metric name in a descriptor");
  return { keyword, name, text: cursor.text.slice(cursor.pos + 1, -1) };
}

/** Adds what a line says to the description of its family. */
export function describe(cursor: Cursor, description: Description, { keyword, text }: DescriptorLine): void {
  const what = { TYPE: description.kind, HELP: description.help, UNIT: description.unit }[keyword];
  if (what !== undefined) fail(cursor, `second ${keyword} line for metric family ${quote(description.name)}`);
  if (keyword === "TYPE") {
    description.kind = FAMILY_KINDS.get(text) ?? fail(cursor, `unknown metric type ${quoteBytes(text)}`);
  } else if (keyword === "HELP") {
    description.help = decodeUtf8Lossy(unescapeHelp(text));
  } else {
    description.unit = decodeUtf8Lossy(text);
  }
}

/** A family's unit is the end of its name. */
export function checkUnit(cursor: Cursor, { name, unit = "" }: Description, kind: FamilyKind): void {
  if (unit === "") return;
  if (kind.subtype !== undefined) fail(cursor, `${kind.word} ${quote(name)} cannot have a unit`);
  if (!name.endsWith(`_${unit}`))
    fail(cursor, `the name ${quote(name)} does not end in its unit ${quote(unit)}`);
}

function unescapeHelp(text: string): string {
  return text.replaceAll(/\\([\\n"])/g, (_, c: string) => (c === "n" ? "\n" : c));
}
