import { spawn } from "node:child_process";

/* `npm run test:flink -- --all` takes every version of Flink; what else is given goes to vitest. */
const vitest = new URL("../../node_modules/vitest/vitest.mjs", import.meta.url).pathname;
const given = process.argv.slice(2);
const child = spawn(
  process.execPath,
  [vitest, "run", "--config", "vitest.flink.config.ts", ...given.filter((each) => each !== "--all")],
  {
    env: { ...process.env, ...(given.includes("--all") && { FLINK_VERSIONS: "all" }) },
    stdio: "inherit",
  },
);
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
