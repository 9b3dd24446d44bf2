import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { relayName } from "../../../src/node/forwarding/relay-name.ts";
import { temporaryFolder } from "../storage/temporary-folder.ts";

test("a name is made once for each folder, and kept there", () => {
  using folder = temporaryFolder();
  using another = temporaryFolder();
  const name = relayName(folder.path);
  expect(name).toMatch(/^[A-Za-z0-9.-]+-[0-9a-f]{8}$/);
  expect(relayName(folder.path)).toBe(name);
  expect(relayName(another.path)).not.toBe(name);
});

test("a file without a name in it, as a crash may leave it, is none", () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, "relay-id"), "");
  expect(relayName(folder.path)).toMatch(/-[0-9a-f]{8}$/);
});

test("in memory alone it is that of the machine", () => {
  expect(relayName("")).toBe(hostname());
});
