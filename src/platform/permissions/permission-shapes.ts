import { listOf } from "../config-file/list-shape.ts";
import { mapOf } from "../config-file/map-shape.ts";
import { scalar } from "../config-file/scalar-shapes.ts";
import type { Shape } from "../config-file/shape.ts";
import { parsePermission, PERMISSION_FORM, type Permission } from "./permission.ts";

const permission: Shape<Permission> = {
  schema: { type: "string", pattern: "^\\s*(read|admin|push)\\s*(\\{|$)" },
  read(place, reader) {
    const text = scalar({}, PERMISSION_FORM, (value) => (typeof value === "string" ? value : undefined)).read(
      place,
      reader,
    );
    if (text === undefined) return undefined;
    const parsed = parsePermission(text);
    if (parsed.ok) return parsed.permission;
    reader.report(place.at, `${place.name}: ${parsed.message} (character ${parsed.at + 1} of ${text})`);
    return undefined;
  },
};

/** By user, what each may do. */
export const permissionsOfUsers: Shape<ReadonlyMap<string, readonly Permission[]>> = mapOf(
  "a mapping of users and lists of permissions",
  listOf(permission, "a list of permissions such as [read]"),
);
