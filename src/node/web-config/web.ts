import type { Config } from "../config/config.ts";
import type { Logger } from "../logging.ts";
import { type Closable, createPlainServer, type OnRequest } from "../listen.ts";
import { openPathTokens } from "../path-token/open-path-tokens.ts";
import { createBcryptThread } from "./bcrypt-thread.ts";
import { createGate } from "./gate.ts";
import { createPasswordCheck } from "./passwords.ts";
import { createRateLimiter } from "./rate-limiter.ts";
import { createTlsServer, type SecureServer } from "./secure-server.ts";
import { openWebConfig } from "./watch-web-config.ts";

export interface WebDeps {
  readonly config: Pick<Config, "webConfigFile" | "pathToken" | "pathTokenFile" | "routePrefix">;
  readonly log: Logger;
  readonly onReload: (succeeded: boolean) => void;
  readonly onRefused: (method: string, status: number) => void;
}

/** What stands between the network and the routes. */
export interface Web {
  /** Whether clients must speak TLS. */
  readonly isSecure: boolean;
  /** A server that does not listen yet, and asks of requests what the web configuration says. */
  createServer(onRequest: OnRequest): Closable;
  close(): Promise<void>;
}

/** Throws a WebConfigError where something is wrong with a file. */
export async function openWeb({ config, log, onReload, onRefused }: WebDeps): Promise<Web> {
  const { webConfigFile: path, pathToken: token, pathTokenFile: file, routePrefix } = config;
  if (path === "" && token === "" && file === "") {
    return { isSecure: false, createServer: createPlainServer, async close() {} };
  }
  const watch = await openWebConfig({ path, log, onOutcome: onReload });
  const tokens = await openPathTokens({ token, file, routePrefix, log });
  const bcrypt = createBcryptThread();
  const secure: SecureServer[] = [];
  const gate = createGate({
    config: () => watch.current(),
    takeToken: () => tokens.take(),
    routePrefix,
    checkPassword: createPasswordCheck(bcrypt.verify),
    takeRequest: createRateLimiter(),
    nowMs: () => performance.now(),
    onRefused,
  });
  watch.start(({ tls }) => {
    if (tls === undefined) return;
    for (const server of secure) server.use(tls);
  });
  const { tls, http2 } = watch.current();
  return {
    isSecure: tls !== undefined,
    createServer(onRequest) {
      const gated: OnRequest = (incoming, outgoing) =>
        gate(incoming, outgoing, () => onRequest(incoming, outgoing));
      if (tls === undefined) return createPlainServer(gated);
      // What is in force may be newer than what was there at the start.
      const server = createTlsServer(watch.current().tls ?? tls, http2, gated);
      secure.push(server);
      return server;
    },
    async close() {
      watch.close();
      tokens.close();
      await bcrypt.close();
    },
  };
}
