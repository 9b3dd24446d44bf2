#!/usr/bin/env node
// The way in, in plain old JavaScript: a Node that is too old for Sluice must get far enough to say so.
// Nothing here may be newer than Node 12.
import { existsSync } from "fs";

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
void import(isCheckout ? "./main.ts" : "./main.js");
