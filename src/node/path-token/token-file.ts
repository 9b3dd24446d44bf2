import { readFileSync } from "node:fs";
import { isSystemError } from "../cli/system-error.ts";
import { isToken, TOKEN_FORM } from "./path-tokens.ts";

export type ReadTokens =
  | { readonly ok: true; readonly tokens: readonly string[] }
  | { readonly ok: false; readonly error: string };

/** The tokens of a file, one a line: while they are changed, the old one and the new one. No error shows one. */
export function readTokenFile(path: string): ReadTokens {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { ok: false, error: `${path}: cannot be read: ${error.message}` };
  }
  const lines = text.split("\n").map((line) => line.trim());
  const wrong = lines.findIndex((line) => line !== "" && !isToken(line));
  if (wrong !== -1) return { ok: false, error: `${path}:${wrong + 1}: expected a token: ${TOKEN_FORM}` };
  const tokens = lines.filter((line) => line !== "");
  if (tokens.length === 0) return { ok: false, error: `${path}: holds no token` };
  return { ok: true, tokens };
}
