import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfigFile } from "../../../src/node/config-file/read-config-file.ts";

test("no such file", () => {
  expect(readConfigFile("/nowhere/s.yaml")).toEqual({
    ok: false,
    errors: ["/nowhere/s.yaml: cannot be read: ENOENT: no such file or directory, open '/nowhere/s.yaml'"],
  });
});

test("a file is read under the path that it was given by", () => {
  const path = join(mkdtempSync(join(tmpdir(), "sluice-")), "s.yaml");
  writeFileSync(path, "rules: {}\n");
  expect(readConfigFile(path)).toEqual({
    ok: false,
    errors: [`${path}:1:8: rules: expected a list of rules, found a mapping`],
  });
});
