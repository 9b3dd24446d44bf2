import type { Streams } from "./streams.ts";

type Command = (args: readonly string[], streams: Streams) => number | Promise<number>;

/** Each is loaded when it is asked for: what the others need would make every start longer. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  "check-config": async () => (await import("./check-config-command.ts")).runCheckConfig,
  "check-web-config": async () => (await import("./check-web-config-command.ts")).runCheckWebConfig,
  explain: async () => (await import("./explain-command.ts")).runExplain,
  import: async () => (await import("./import-command.ts")).runImport,
  replay: async () => (await import("./replay-command.ts")).runReplay,
  snapshot: async () => (await import("./storage-commands.ts")).runSnapshot,
  repair: async () => (await import("./storage-commands.ts")).runRepair,
  demo: async () => (await import("./demo-command.ts")).runDemo,
};

/** Runs the command that the arguments name; the result is the exit code. Without a command it is the relay. */
export async function run(args: readonly string[], streams: Streams): Promise<number> {
  const [name = "", ...rest] = args;
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load !== undefined) return await (await load())(rest, streams);
  const { runServe } = await import("./serve-command.ts");
  return await runServe(args, streams);
}
