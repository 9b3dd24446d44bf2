import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}
interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly hasInstallScript?: true; readonly resolved?: string }>
  >;
}

function read(file: string): string {
  return readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
}
const { dependencies, devDependencies, allowScripts } = JSON.parse(read("package.json")) as Package;
const { packages } = JSON.parse(read("package-lock.json")) as Lock;

test("each package that the relay needs to run has its reason", () => {
  const page = read("docs/decisions/dependencies.md");
  const named = new Set(
    [...page.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, names = ""]) => names.split(", ")),
  );
  expect(Object.keys(dependencies).filter((name) => !named.has(name))).toEqual([]);
});

test("every version is exact", () => {
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
  }
});

test("only what puts Node in its place runs a script when it is installed", () => {
  const scripted = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
  // Whatever else brings one is not let run, and whoever adds it sees this.
  expect(Object.keys(allowScripts).toSorted()).toEqual([...new Set(scripted)].toSorted());
  expect(Object.entries(allowScripts).filter(([, isAllowed]) => isAllowed)).toEqual([["node", true]]);
});

test("the lock file asks no registry in particular", () => {
  expect(Object.entries(packages).filter(([, { resolved }]) => resolved?.includes("://") === true)).toEqual(
    [],
  );
});
