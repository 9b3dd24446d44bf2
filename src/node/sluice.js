#!/usr/bin/env node
// The way in, in plain old JavaScript: a Node that is too old for Sluice must get far enough to say so.
// Nothing here may be newer than Node 12.
import { existsSync } from "fs";
import { fileURLToPath } from "url";

const OLDEST = 24;

const found = process.versions.node;
if (Number(found.split(".")[0]) < OLDEST) {
  console.error(
    `sluice: this is Node ${found}, and Node ${OLDEST} or newer is needed: install it, or, in a checkout, run npm ci, ` +
      "which brings one that npm start, npm test and npm run demo use",
  );
  process.exit(2);
}

// A checkout runs its sources; the published package was built from them.
const isCheckout = existsSync(new URL("main.ts", import.meta.url));
const cache = new URL(isCheckout ? "../../node_modules/.cache/sluice" : "../../.cache", import.meta.url);

// What was compiled is kept from the first orderly stop on, where the folder may be written: a start takes 0.8 s of
// processor time instead of 1.8. Not where Node would put it: everybody may write to the folder for temporary files.
void import("module").then(({ enableCompileCache }) => {
  const { directory } = enableCompileCache(process.env.NODE_COMPILE_CACHE || fileURLToPath(cache));
  if (directory !== undefined) process.env.NODE_COMPILE_CACHE = directory; // for the threads
  return import(isCheckout ? "./main.ts" : "./main.js");
});
