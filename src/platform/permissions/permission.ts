import type { Selector } from "../../core/selector/selector.ts";
import { FAMILY_NAME } from "../../core/selector/selector.ts";
import { parseSelector } from "../promql/parse-selector.ts";

/** One permission, as data. `groups` are those that may be pushed; without matchers all are. */
export type Permission =
  | { readonly kind: "read" | "admin" }
  | { readonly kind: "push"; readonly groups: Selector };

/** `at` counts the characters before what is wrong. */
type ParsedPermission =
  | { readonly ok: true; readonly permission: Permission }
  | { readonly ok: false; readonly at: number; readonly message: string };

/** Completes "expected …". */
export const PERMISSION_FORM = 'read, admin, push, or push for some groups such as push{job="shop"}';

/** Reads `read`, `admin`, `push` or `push{job="shop"}`: a PromQL selector on the labels of grouping keys. */
export function parsePermission(text: string): ParsedPermission {
  const parsed = parseSelector(text);
  if (!parsed.ok) return parsed;
  const [named, ...matchers] = parsed.selector.matchers;
  const kind = named?.name === FAMILY_NAME && named.op === "=" ? named.value : undefined;
  if (kind === "push") return { ok: true, permission: { kind, groups: { matchers } } };
  if (kind !== "read" && kind !== "admin") {
    return { ok: false, at: 0, message: `expected ${PERMISSION_FORM}` };
  }
  if (matchers.length > 0) {
    return { ok: false, at: kind.length, message: `${kind} is for everything: only push takes labels` };
  }
  return { ok: true, permission: { kind } };
}
