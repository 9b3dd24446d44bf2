import { seenLabels } from "../../core/rollup/rules/seen-labels.ts";
import { compileSelector } from "../../core/selector/compile-selector.ts";
import { renderSelector } from "../../core/selector/selector.ts";
import type { Permissions } from "../../http/permissions.ts";
import { compileRegex } from "../promql/regex.ts";
import type { Permission } from "./permission.ts";

/** What somebody may do who has these. */
export function createPermissions(list: readonly Permission[]): Permissions {
  const tests = list.flatMap((each) =>
    each.kind === "push" ? [compileSelector(each.groups, compileRegex)] : [],
  );
  return {
    shown: list.length === 0 ? "none" : list.map(shownAs).join(", "),
    read: list.some(({ kind }) => kind === "read"),
    admin: list.some(({ kind }) => kind === "admin"),
    push:
      tests.length === 0
        ? undefined
        : (groupingLabels) => {
            const seen = seenLabels(groupingLabels);
            return tests.some((test) => test(seen));
          },
  };
}

function shownAs(permission: Permission): string {
  if (permission.kind !== "push" || permission.groups.matchers.length === 0) return permission.kind;
  return `push${renderSelector(permission.groups)}`;
}
