import { run } from "./cli/run.ts";

// Each signal is caught once: a second one ends a process that does not stop by itself.
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
process.once("SIGINT", () => stop.abort());

const exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  stopped: stop.signal,
  onHangup: (listener) => void process.on("SIGHUP", listener),
});
process.exit(exitCode);
