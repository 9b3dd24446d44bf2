import type { Logger } from "../logging.ts";
import { watchFile } from "../watch-file.ts";
import { WebConfigError } from "../web-config/web-config-error.ts";
import { createTakeToken, type TakeToken } from "./path-tokens.ts";
import { readTokenFile } from "./token-file.ts";

export interface PathTokenDeps {
  /** From the command line; empty where there is none. */
  readonly token: string;
  /** Of `--web.path-token-file`; empty where there is none. */
  readonly file: string;
  readonly routePrefix: string;
  readonly log: Logger;
}

export interface PathTokens {
  /** Undefined where no request needs one. */
  take(): TakeToken | undefined;
  close(): void;
}

/** The tokens in force. Where the file is broken they stay as they were; at the start that is a WebConfigError. */
export async function openPathTokens(deps: PathTokenDeps): Promise<PathTokens> {
  const { token, file, routePrefix, log } = deps;
  const given = token === "" ? [] : [{ text: token, permissions: undefined }];
  if (file === "") {
    const take = given.length === 0 ? undefined : createTakeToken(given, routePrefix);
    return { take: () => take, close() {} };
  }
  const first = readTokenFile(file);
  if (!first.ok) throw new WebConfigError([first.error]);
  let take = createTakeToken([...given, ...first.tokens], routePrefix);

  function readAgain(): void {
    const read = readTokenFile(file);
    if (!read.ok) {
      log.error("the path tokens are as they were", { error: read.error });
      return;
    }
    take = createTakeToken([...given, ...read.tokens], routePrefix);
    log.info("path tokens reloaded", { file, tokens: read.tokens.length });
  }

  const warn = (error: unknown): void =>
    log.warn("changes of the path tokens go unnoticed", { file, error: String(error) });
  const watching = await watchFile(file, readAgain, warn).catch(warn);
  return { take: () => take, close: () => watching?.close() };
}
