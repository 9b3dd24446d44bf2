import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const HERE = import.meta.dirname;
/** Where `npm ci` does not take it away. */
const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "sluice/flink");
const PACKAGES = ["openjdk-17-jdk-headless", "maven"];

/**
 * The folder with `wordcount.jar` and, in `lib`, the jars of that version of Flink. Maven brings what is not in its own
 * cache from Maven Central.
 */
export async function wordCountBuild(version: string): Promise<string> {
  const folder = join(CACHE, version);
  const stamp = join(folder, "built-from");
  const from = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === from) return folder;
  await installToolchain();
  rmSync(folder, { recursive: true, force: true });
  const pom = join(HERE, "pom.xml");
  const settings = [`-Dflink.version=${version}`, `-Dbuild.folder=${folder}`];
  await run("mvn", ["--quiet", "--batch-mode", "--file", pom, ...settings, "package"]);
  writeFileSync(stamp, from);
  return folder;
}

function hashOfSources(): string {
  const sources = readdirSync(join(HERE, "src"), { recursive: true, encoding: "utf8" });
  const files = [
    "pom.xml",
    ...sources.filter((name) => name.endsWith(".java")).map((name) => join("src", name)),
  ];
  const hash = createHash("sha256");
  for (const file of files.toSorted()) hash.update(readFileSync(join(HERE, file)));
  return hash.digest("hex");
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
