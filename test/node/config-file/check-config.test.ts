import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkConfig } from "../../../src/node/config-file/check-config.ts";

const path = join(mkdtempSync(join(tmpdir(), "sluice-")), "sluice.yaml");

test.each([
  ["", "0 rules, 0 entries under jobs, Flink's own rules on"],
  ["rules: [{ match: x }]\nflink: false", "1 rule, 0 entries under jobs, Flink's own rules off"],
  ["jobs: [{ match: '{job=\"a\"}', staleness: never }]", "0 rules, 1 entry under jobs, Flink's own rules on"],
  [
    "permissions: { ann: [read], bob: [] }",
    "0 rules, 0 entries under jobs, Flink's own rules on, 2 users with permissions",
  ],
])("%j is valid", (text, what) => {
  writeFileSync(path, text);
  expect(checkConfig(path)).toEqual({ lines: [`${path} is valid: ${what}`], isValid: true });
});

test("an invalid file has a line for each error", () => {
  writeFileSync(path, "rule: []\nflink: 5\n");
  expect(checkConfig(path)).toEqual({
    lines: [
      `${path}:1:1: unknown key rule; the nearest known one is rules`,
      `${path}:2:8: flink: expected a mapping with level, counters, instance-label, companions and intervals, found 5`,
    ],
    isValid: false,
  });
});
