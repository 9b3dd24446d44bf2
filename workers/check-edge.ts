import { readFileSync } from "node:fs";
import { readFile } from "../src/edge/read-file.ts";

/** Run before a site is bundled: a file with something wrong in it is not deployed. */
const read = readFile(readFileSync(new URL("./edge.yml", import.meta.url), "utf8"));
if (!read.ok) {
  for (const error of read.errors) console.error(error);
  process.exitCode = 1;
}
