import { extname } from "node:path";

/** The URL of what a thread begins with. A checkout runs its sources; in the built package it is a bundle beside this one. */
export function threadFile(name: "password" | "thread"): string {
  const isBuilt = extname(import.meta.url) === ".js";
  return new URL(isBuilt ? `./${name}.js` : `../../workers/${name}.ts`, import.meta.url).href;
}
