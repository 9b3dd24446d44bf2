import { expect, test } from "vitest";
import { createPermissions } from "../../../src/platform/permissions/create-permissions.ts";
import { parsePermission } from "../../../src/platform/permissions/permission.ts";

test.each([
  ["read", "read"],
  ["admin", "admin"],
  ["push", "push"],
  [' push { job = "shop" , team=~"a|b" } ', 'push{job="shop",team=~"a|b"}'],
])("%s is the permission %s", (text, shown) => {
  const parsed = parsePermission(text);
  expect(parsed.ok ? createPermissions([parsed.permission]).shown : parsed).toBe(shown);
});

test.each([
  ["write", /^expected read, admin, push, or push for some groups/],
  ['{job="shop"}', /^expected read, admin, push, or/],
  ['read{job="shop"}', /^read is for everything: only push takes labels$/],
  ["push{job=shop}", /./],
  ['push{job=~"("}', /not a regular expression of RE2/],
  ["", /./],
])("%j is none", (text, message) => {
  expect(parsePermission(text)).toMatchObject({
    ok: false,
    message: expect.stringMatching(message) as string,
  });
});

test("who has none may do nothing", () => {
  expect(createPermissions([])).toEqual({ shown: "none", read: false, admin: false, push: undefined });
});
