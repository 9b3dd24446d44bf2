import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, "../../node_modules/.cache/clients");

/** A program and its first arguments. */
export type Command = readonly [program: string, ...args: string[]];

export interface Toolchain {
  /** What must be installed, as `[program, how it says its version]`. */
  readonly needs: readonly Command[];
  /** Builds what there is to build, which is quick the second time. */
  build(): Promise<Command>;
}

/** The first program that a toolchain needs and this machine lacks. */
export function missingProgram({ needs }: Toolchain): string | undefined {
  return needs.find(([program, ...args]) => spawnSync(program, args).status !== 0)?.[0];
}

export const go: Toolchain = {
  needs: [["go", "version"]],
  async build() {
    const program = join(cacheFolder("go"), "client");
    await run("go", ["build", "-mod=readonly", "-o", program, "."], { cwd: folder("go") });
    return [program];
  },
};

export const rust: Toolchain = {
  needs: [["cargo", "--version"]],
  async build() {
    const target = cacheFolder("rust");
    await run("cargo", ["build", "--locked", "--target-dir", target], { cwd: folder("rust") });
    return [join(target, "debug/sluice-client")];
  },
};

export const python: Toolchain = {
  needs: [["python3", "-c", "import venv, ensurepip"]],
  async build() {
    const venv = cacheFolder("python");
    const interpreter = join(venv, "bin/python3");
    if (!existsSync(interpreter)) await run("python3", ["-m", "venv", venv]);
    await run(interpreter, [
      "-m",
      "pip",
      "install",
      "--quiet",
      "-r",
      join(folder("python"), "requirements.txt"),
    ]);
    return [interpreter, join(folder("python"), "client.py")];
  },
};

/** Maven brings the jars that a version's `pom.xml` pins; the compiler needs no more than them and the sources. */
export function java(version: string, sharedFolders: readonly string[]): Toolchain {
  return {
    needs: [
      ["mvn", "--version"],
      ["javac", "-version"],
    ],
    async build() {
      const built = cacheFolder(version);
      const libraries = join(built, "lib");
      const classes = join(built, "classes");
      const pom = join(folder("java"), version, "pom.xml");
      const copy = ["dependency:copy-dependencies", `-DoutputDirectory=${libraries}`];
      await run("mvn", ["--quiet", "--batch-mode", "--file", pom, ...copy]);
      const sources = [".", ...sharedFolders, version].flatMap((name) =>
        javaFiles(join(folder("java"), name)),
      );
      await run("javac", ["-cp", join(libraries, "*"), "-d", classes, ...sources]);
      return ["java", "-cp", `${classes}:${join(libraries, "*")}`, "Main"];
    },
  };
}

/** prom-client is a dependency of the relay itself. */
export const node: Toolchain = {
  needs: [],
  build: () => Promise.resolve([process.execPath, join(folder("prom-client"), "client.ts")]),
};

export const curl: Toolchain = {
  needs: [
    ["bash", "--version"],
    ["curl", "--version"],
  ],
  build: () => Promise.resolve(["bash", join(folder("curl"), "client.sh")]),
};

function folder(language: string): string {
  return join(import.meta.dirname, language);
}

function cacheFolder(name: string): string {
  const path = join(CACHE, name);
  mkdirSync(path, { recursive: true });
  return path;
}

function javaFiles(path: string): string[] {
  return readdirSync(path)
    .filter((name) => name.endsWith(".java"))
    .map((name) => join(path, name));
}
