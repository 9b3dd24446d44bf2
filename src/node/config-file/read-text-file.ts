import { readFileSync } from "node:fs";
import { isSystemError } from "../cli/system-error.ts";

/** A file's text, or the one line that says why there is none. */
type ReadText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly errors: readonly string[] };

export function readTextFile(path: string): ReadText {
  try {
    return { ok: true, text: readFileSync(path, "utf8") };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { ok: false, errors: [`${path}: cannot be read: ${error.message}`] };
  }
}
