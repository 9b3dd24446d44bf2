import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../src/node/config/read-config.ts";
import { temporaryFolder } from "../node/storage/temporary-folder.ts";

const ROOT = join(import.meta.dirname, "../..");
const UNIT = readFileSync(join(ROOT, "docs/deploy/sluice.service"), "utf8");
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

test("the relay takes the flags of the unit, and stores in the folder that systemd makes for it", () => {
  const [, flags = ""] =
    /^ExecStart=\/usr\/bin\/node \/opt\/sluice\/src\/node\/sluice\.js (.*)$/m.exec(UNIT) ?? [];
  const read = readConfig(flags.split(" "));
  if (read.kind !== "config") throw new Error(JSON.stringify(read));
  const [, state] = /^StateDirectory=(.*)$/m.exec(UNIT) ?? [];
  expect(read.config.storageFolder).toBe(`/var/lib/${state}`);
});

test.skipIf(!hasSystemd)("systemd finds nothing wrong with the unit", () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "sluice.service");
  // It looks for the program.
  writeFileSync(file, UNIT.replace("/usr/bin/node", process.execPath).replace("/opt/sluice", ROOT));
  const { status, stdout, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
  expect([status, (stdout + stderr).split("\n").filter((line) => line.includes("sluice"))]).toEqual([0, []]);
});
