import type { FileConfig } from "./file-config.ts";

/**
 * What is said by a flag and in the file: neither is stronger, so one must go. `given`: the flags of the command line;
 * `nameOf`: what the platform calls one.
 */
export function flagConflicts(
  config: FileConfig,
  given: ReadonlySet<string>,
  nameOf: (flag: string) => string = (flag) => flag,
): readonly string[] {
  return config.settings
    .filter(({ flag }) => given.has(flag))
    .map(({ key, flag, where }) => `${where}: ${key} is also set by ${nameOf(flag)}; remove one of the two`);
}
