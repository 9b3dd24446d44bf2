import { expect, test } from "vitest";
import { flagConflicts } from "../../../src/platform/config-file/flag-conflicts.ts";
import { parseConfigFile } from "../../../src/platform/config-file/parse-config-file.ts";

test.each<[string, string[], string[]]>([
  ["flink: { level: task }", [], []],
  ["flink: { level: task }", ["--staleness", "--companions"], []],
  [
    "flink: { level: task }",
    ["--flink.level"],
    ["s.yaml:1:17: flink.level is also set by --flink.level; remove one of the two"],
  ],
  [
    "flink:\n  companions: true\n  instance-label: tm_id",
    ["--flink.instance-label", "--companions"],
    [
      "s.yaml:2:15: flink.companions is also set by --companions; remove one of the two",
      "s.yaml:3:19: flink.instance-label is also set by --flink.instance-label; remove one of the two",
    ],
  ],
])("%j with %j", (text, flags, errors) => {
  const read = parseConfigFile(text, "s.yaml");
  if (!read.ok) throw new Error(read.errors.join("\n"));
  expect(flagConflicts(read.config, new Set(flags))).toEqual(errors);
});
