import { isDeepStrictEqual } from "node:util";
import type { Config } from "./config/config.ts";
import type { ReadConfig } from "./config/read-config.ts";
import type { Logger } from "./logging.ts";

export interface ConfigReloadDeps {
  /** The configuration at start. */
  readonly config: Config;
  /** Reads the same command line and its file again. */
  readonly read: () => ReadConfig;
  /** Puts a configuration in force. Only what stands in the file can differ. */
  readonly apply: (config: Config) => Promise<void>;
  /** Told of the end of each reload. */
  readonly onOutcome: (succeeded: boolean) => void;
  readonly log: Logger;
}

/**
 * Reads the configuration file again and puts it in force: all of it, or nothing where something is wrong
 * with it. One after another. The result is what is wrong.
 */
export type ConfigReload = (cause: string) => Promise<readonly string[]>;

export function createConfigReload({ config, read, apply, onOutcome, log }: ConfigReloadDeps): ConfigReload {
  const file = config.configFile;
  let current = config;
  let last: Promise<readonly string[]> = Promise.resolve([]);

  async function reload(cause: string): Promise<readonly string[]> {
    const errors = await tryReload(cause);
    for (const error of errors) log.error("the configuration file is not in force", { cause, file, error });
    onOutcome(errors.length === 0);
    return errors;
  }

  async function tryReload(cause: string): Promise<readonly string[]> {
    const result = read();
    if (result.kind === "errors") return result.errors;
    if (result.kind !== "config") throw new Error("BUG: a relay runs on a command line that asks for help");
    if (isDeepStrictEqual(result.config, current)) {
      log.debug("the configuration file says what it said before", { cause, file });
      return [];
    }
    try {
      await apply(result.config);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
    current = result.config;
    const { rules, jobs } = current;
    log.info("configuration reloaded", { cause, file, rules: rules.length, jobs: jobs.length });
    return [];
  }

  return async (cause) => {
    last = last.then(() => reload(cause));
    return await last;
  };
}
