import { spawn } from "node:child_process";
import { parseArgs } from "node:util";

/* Runs more histories against the truth than `npm test` does: `npm run test:properties -- --runs 1000000`. */
const { values } = parseArgs({ options: { runs: { type: "string", default: "20000" } } });
const vitest = new URL("../node_modules/vitest/vitest.mjs", import.meta.url).pathname;
const child = spawn(process.execPath, [vitest, "run", "test/core/relay/histories.test.ts"], {
  env: { ...process.env, PROPERTY_RUNS: values.runs },
  stdio: "inherit",
});
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
