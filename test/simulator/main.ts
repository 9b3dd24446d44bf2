import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

/*
 * `npm run simulate -- --seeds 10000 [--from 1] [--seconds 60]` runs that many histories, or as many as there is time
 * for; `--seed 7` one of them again. Ends with 1 at the first that breaks a promise, and prints it step by step.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seconds: { type: "string", default: "Infinity" },
    seed: { type: "string" },
  },
});
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const startMs = performance.now();
const elapsed = (): number => (performance.now() - startMs) / 1_000;
try {
  let done = 0;
  for (; done < count && elapsed() < Number(values.seconds); done += 1) await simulate(first + done);
  console.log(`${done} histories from seed ${first} on, ${elapsed().toFixed(1)} s: every promise was kept`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
