import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { fuzzTarget } from "./fuzz-target.ts";
import { openTargets } from "./targets.ts";

/*
 * `npm run fuzz -- --minutes 10 [--seed 7] [--only text]`: the time is shared by all targets. Ends with 1 when an
 * input breaks a promise; the input is in a file, and `--replay <file> --only <target>` tries it again.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    only: { type: "string", default: "" },
    replay: { type: "string" },
  },
});
const targets = openTargets().filter(({ name }) => name.includes(values.only));
if (targets.length === 0) throw new Error(`no target is called ${values.only}`);
const { replay } = values;
if (replay !== undefined) {
  for (const target of targets) await target.check(readFileSync(replay));
} else {
  const shareMs = (Number(values.minutes) * 60_000) / targets.length;
  for (const target of targets) await run(target, shareMs);
}
await Promise.all(targets.map(async (target) => await target.close?.()));

async function run(target: (typeof targets)[number], shareMs: number): Promise<void> {
  const startMs = performance.now();
  const { inputs, slowestMs, failure } = await fuzzTarget(
    target,
    Number(values.seed),
    () => performance.now() - startMs > shareMs,
  );
  const rate = Math.round(inputs / ((performance.now() - startMs) / 1_000));
  console.log(
    `${target.name.padEnd(12)} seed ${values.seed}: ${inputs} inputs, ${rate}/s, the slowest ${slowestMs.toFixed(1)} ms`,
  );
  if (failure === undefined) return;
  const file = `fuzz-failure-${target.name.replaceAll(" ", "-")}.bin`;
  writeFileSync(file, failure.input);
  console.error(
    `${failure.message}\nsee ${file}: ${JSON.stringify(Buffer.from(failure.input).toString("latin1"))}`,
  );
  process.exitCode = 1;
}
