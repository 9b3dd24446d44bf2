import { readFileSync } from "node:fs";
import { isSystemError } from "../cli/system-error.ts";
import { createPermissions } from "../../platform/permissions/create-permissions.ts";
import { parsePermission, PERMISSION_FORM, type Permission } from "../../platform/permissions/permission.ts";
import { isToken, type PathToken, TOKEN_FORM } from "./path-tokens.ts";

export type ReadTokens =
  | { readonly ok: true; readonly tokens: readonly PathToken[] }
  | { readonly ok: false; readonly error: string };

/**
 * The tokens of a file, one a line with what it permits behind it: `<token> read push{job="shop"}`. One that stands
 * alone permits everything. While tokens are changed, the old one and the new one stand there. No error shows one,
 * nor what stands where one may have been meant.
 */
export function readTokenFile(path: string): ReadTokens {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { ok: false, error: `${path}: cannot be read: ${error.message}` };
  }
  const tokens: PathToken[] = [];
  for (const [i, each] of text.split("\n").entries()) {
    const line = each.trim();
    if (line === "" || line.startsWith("#")) continue;
    const read = readLine(line);
    if (typeof read === "string") return { ok: false, error: `${path}:${i + 1}: ${read}` };
    if (tokens.some((token) => token.text === read.text)) {
      return { ok: false, error: `${path}:${i + 1}: the token stands in an earlier line already` };
    }
    tokens.push(read);
  }
  return tokens.length === 0 ? { ok: false, error: `${path}: holds no token` } : { ok: true, tokens };
}

/** What is wrong with it, where it is none. */
function readLine(line: string): PathToken | string {
  const [token = ""] = /^\S+/.exec(line) ?? [];
  if (!isToken(token)) return `expected a token: ${TOKEN_FORM}`;
  const words = line.slice(token.length).match(PERMISSION) ?? [];
  if (words.length === 0 && line === token) return { text: token, permissions: undefined };
  const permissions = words.map((word) => permissionOf(word.trim()));
  const good = permissions.filter((permission) => permission !== undefined);
  if (good.length < permissions.length || good.length === 0) {
    return `behind the token: expected ${PERMISSION_FORM}, with spaces between`;
  }
  return { text: token, permissions: createPermissions(good) };
}

function permissionOf(word: string): Permission | undefined {
  const parsed = parsePermission(word);
  return parsed.ok ? parsed.permission : undefined;
}

/** A word with what stands behind it in braces, where quotes may hold spaces and braces. */
const PERMISSION = /[^\s{]+(?:\s*\{(?:[^"'`}]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\})?|\S+/g;
