import { spawn } from "node:child_process";

/* `npm run test:differential -- --seeds 1000 --first-seed 201`; what else is given goes to vitest. */
const vitest = new URL("../../node_modules/vitest/vitest.mjs", import.meta.url).pathname;
const given = process.argv.slice(2);
const child = spawn(
  process.execPath,
  [
    vitest,
    "run",
    "--config",
    "vitest.differential.config.ts",
    ...withoutOption("--seeds", withoutOption("--first-seed", given)),
  ],
  {
    env: {
      ...process.env,
      ...named("DIFFERENTIAL_SEEDS", valueOf("--seeds")),
      ...named("DIFFERENTIAL_FIRST_SEED", valueOf("--first-seed")),
    },
    stdio: "inherit",
  },
);
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});

function valueOf(option: string): string | undefined {
  const at = given.indexOf(option);
  return at === -1 ? undefined : given[at + 1];
}

function withoutOption(option: string, args: readonly string[]): readonly string[] {
  const at = args.indexOf(option);
  return at === -1 ? args : args.toSpliced(at, 2);
}

function named(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value };
}
