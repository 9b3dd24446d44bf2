import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** The version in the nearest package.json: the checkout's, or that of the installed package. */
export const version: string = readVersion();

function readVersion(): string {
  const file = findPackageJSON(import.meta.url);
  const description: unknown = file === undefined ? undefined : JSON.parse(readFileSync(file, "utf8"));
  if (typeof description === "object" && description !== null && "version" in description)
    return String(description.version);
  throw new Error("BUG: no package.json with a version above the sources");
}
