import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, "../../node_modules/.cache/flink");
const PACKAGES = ["openjdk-17-jdk-headless", "maven"];

/**
 * The folder with `wordcount.jar` and, in `lib`, the jars of that version of Flink. Maven brings what is not in its own
 * cache from Maven Central.
 */
export async function wordCountBuild(version: string): Promise<string> {
  await installToolchain();
  const folder = join(CACHE, version);
  const pom = join(import.meta.dirname, "pom.xml");
  const settings = [`-Dflink.version=${version}`, `-Dbuild.folder=${folder}`];
  await run("mvn", ["--quiet", "--batch-mode", "--file", pom, ...settings, "package"]);
  return folder;
}

async function installToolchain(): Promise<void> {
  if (isThere("mvn", "--version") && isThere("javac", "-version")) return;
  try {
    if (!existsSync("/usr/bin/apt-get")) throw new Error("there is no apt-get");
    await run("apt-get", ["update"]);
    await run("apt-get", ["install", "--yes", "--no-install-recommends", ...PACKAGES]);
  } catch (error) {
    throw new Error(
      "this suite needs a JDK of Java 17 and Maven (mvn), and could not install Debian's packages " +
        `${PACKAGES.join(" and ")}: install them yourself`,
      { cause: error },
    );
  }
}

function isThere(program: string, versionFlag: string): boolean {
  return spawnSync(program, [versionFlag]).status === 0;
}
