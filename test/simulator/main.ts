import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

/*
 * `npm run simulate -- --seeds 10000 [--from 1]` runs that many histories, `--seed 7` one of them again. Ends with 1
 * at the first that breaks a promise, and prints it step by step.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
  },
});
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const startMs = performance.now();
try {
  for (let i = 0; i < count; i += 1) await simulate(first + i);
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(`${count} histories from seed ${first} on, ${seconds.toFixed(1)} s: every promise was kept`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
