import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Mutant } from "./mutants.ts";
import { MUTANTS } from "./mutants.ts";

/*
 * Turns off each rule of C3 in turn, in a copy of the source, and asks whether a test notices. A rule that can be
 * turned off unnoticed is a rule without a test. `node test/mutation/run.ts [part of a rule's name]`
 */
const ROOT = new URL("../../", import.meta.url).pathname;
/** Quickest first. */
const TESTS = [
  "test/core/rollup/accumulator.test.ts",
  "test/core/relay/counters.test.ts",
  "test/core/relay/first-sights.test.ts",
  "test/core/relay/gone-counters.test.ts",
  "test/core/relay/unruled-families.test.ts",
  "test/core/relay/start-timestamps.test.ts",
  "test/core/relay/forwarding.test.ts",
  "test/core/relay/anonymous-counters.test.ts",
  "test/core/rollup/histogram/distribution.test.ts",
  "test/core/rollup/histogram/native.test.ts",
  "test/core/coordinator/boundary-sets.test.ts",
  "test/core/shard/boundary-questions.test.ts",
  "test/core/relay/histograms.test.ts",
  "test/core/relay/native-histograms.test.ts",
  "test/core/relay/histogram-properties.test.ts",
  "test/core/relay/staleness.test.ts",
  "test/core/relay/histories.test.ts",
  "test/core/view/rollup-index.test.ts",
];
const execute = promisify(execFile);

const wanted = process.argv[2] ?? "";
const copy = await mkdtemp(join(tmpdir(), "sluice-mutation-"));
try {
  for (const name of ["src", "test", "package.json", "vitest.config.ts", "tsconfig.json"]) {
    await cp(join(ROOT, name), join(copy, name), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(copy, "node_modules"));
  if (!(await pass())) throw new Error("the tests fail without any change: mend them first");
  const survivors: string[] = [];
  for (const mutant of MUTANTS.filter(({ rule }) => rule.includes(wanted))) {
    const isNoticed = await notice(mutant);
    console.log(`${isNoticed ? "noticed " : "SURVIVED"} ${mutant.rule}`);
    if (!isNoticed) survivors.push(mutant.rule);
  }
  console.log(`${survivors.length} of the rules can be turned off unnoticed`);
  process.exitCode = survivors.length === 0 ? 0 : 1;
} finally {
  await rm(copy, { recursive: true });
}

async function notice({ rule, file, from, to }: Mutant): Promise<boolean> {
  const path = join(copy, file);
  const source = await readFile(path, "utf8");
  const places = source.split(from).length - 1;
  if (places !== 1) throw new Error(`${rule}: ${file} has ${places} places like ${JSON.stringify(from)}`);
  await writeFile(
    path,
    source.replace(from, () => to),
  );
  try {
    return !(await pass());
  } finally {
    await writeFile(path, source);
  }
}

async function pass(): Promise<boolean> {
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const env = { ...process.env, PROPERTY_RUNS: "100", PROPERTY_SEED: "1" };
  try {
    await execute(process.execPath, [vitest, "run", "--bail=1", ...TESTS], { cwd: copy, env });
    return true;
  } catch {
    return false;
  }
}
