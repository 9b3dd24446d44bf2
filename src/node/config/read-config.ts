import { readCommandLine } from "./command-line.ts";
import type { Config } from "./config.ts";
import { valuesOf } from "./option.ts";
import { options } from "./options.ts";
import { sizeBytes } from "./size.ts";

export type ReadConfig =
  | { readonly kind: "config"; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly kind: "help" | "version" }
  | { readonly kind: "errors"; readonly errors: readonly string[] };

/** The configuration that the flags ask for, or all that is wrong with them at once. */
export function readConfig(args: readonly string[]): ReadConfig {
  const { values, positionals, asked, warnings, errors } = readCommandLine(options, args);
  if (asked !== undefined) return { kind: asked };
  const problems = [
    ...positionals.map((word) => `unknown command ${word}; the commands are replay and demo`),
    ...errors,
    ...contradictions(values),
  ];
  if (problems.length > 0) return { kind: "errors", errors: problems };
  const routePrefix = routePrefixOf(values.routePrefix, values.externalUrl);
  return { kind: "config", config: { ...values, routePrefix }, warnings };
}

/** What a relay without any flags does. */
export function defaultConfig(): Config {
  return valuesOf(options, new Map());
}

function contradictions({ maxBodyBytes, maxInflightBytes }: Config): string[] {
  if (maxInflightBytes >= maxBodyBytes) return [];
  const body = sizeBytes.render(maxBodyBytes);
  const inflight = sizeBytes.render(maxInflightBytes);
  return [`--limit.inflight-bytes=${inflight}: expected at least --limit.body-bytes, which is ${body}`];
}

/** As a Pushgateway does: the path of the external URL unless given, a slash before it, none behind it. */
function routePrefixOf(given: string, externalUrl: string): string {
  const prefix = given === "" ? pathOf(externalUrl) : given;
  const bare = prefix.replaceAll(/^\/+|\/+$/g, "");
  return bare === "" ? "" : `/${bare}`;
}

/** Every URL that the option accepts is a path, with or without scheme and host. */
function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, "");
}
