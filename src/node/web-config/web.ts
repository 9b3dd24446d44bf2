import type { IncomingMessage } from "node:http";
import type { Permissions } from "../../http/permissions.ts";
import type { Config } from "../config/config.ts";
import type { ServerBounds } from "../limits/server-bounds.ts";
import type { Logger } from "../logging.ts";
import { type Closable, createPlainServer, type OnRequest } from "../listen.ts";
import { openPathTokens } from "../path-token/open-path-tokens.ts";
import { createPermissions } from "../../platform/permissions/create-permissions.ts";
import { createBcryptThread } from "./bcrypt-thread.ts";
import { createGate } from "./gate.ts";
import { createPasswordCheck } from "./passwords.ts";
import { createRateLimiter } from "./rate-limiter.ts";
import { createTlsServer, type SecureServer } from "./secure-server.ts";
import { openWebConfig } from "./watch-web-config.ts";

export interface WebDeps {
  readonly config: Pick<
    Config,
    "webConfigFile" | "pathToken" | "pathTokenFile" | "routePrefix" | "permissions"
  >;
  readonly bounds: ServerBounds;
  readonly log: Logger;
  readonly onReload: (succeeded: boolean) => void;
  readonly onRefused: (method: string, status: number) => void;
}

/** What stands between the network and the routes. */
export interface Web {
  /** Whether clients must speak TLS. */
  readonly isSecure: boolean;
  /** What the sender of a request that was let through may do; undefined for everything. */
  permissionsOf(incoming: IncomingMessage): Permissions | undefined;
  /** From now on these hold for users. */
  permit(permissions: Config["permissions"]): void;
  /** A server that does not listen yet, and asks of requests what the web configuration says. */
  createServer(onRequest: OnRequest): Closable;
  close(): Promise<void>;
}

/** Throws a WebConfigError where something is wrong with a file. */
export async function openWeb({ config, bounds, log, onReload, onRefused }: WebDeps): Promise<Web> {
  const { webConfigFile: path, pathToken: token, pathTokenFile: file, routePrefix } = config;
  if (path === "" && token === "" && file === "") {
    return {
      isSecure: false,
      permissionsOf: () => undefined,
      permit() {},
      createServer: (onRequest) => createPlainServer(bounds, noting(bounds, onRequest)),
      async close() {},
    };
  }
  const watch = await openWebConfig({ path, log, onOutcome: onReload });
  const tokens = await openPathTokens({ token, file, routePrefix, log });
  const bcrypt = createBcryptThread();
  const secure: SecureServer[] = [];
  const restricted = new WeakMap<IncomingMessage, Permissions>();
  let byUser: ReadonlyMap<string, Permissions>;

  function permit(permissions: Config["permissions"]): void {
    byUser = new Map([...permissions].map(([user, list]) => [user, createPermissions(list)]));
    const { users } = watch.current();
    const strangers = [...permissions.keys()].filter((user) => !users.has(user));
    // Not an error: who adds a user first says what he may do, so that he never may do more.
    if (strangers.length > 0) {
      log.warn("there are permissions of users that --web.config.file does not have", {
        users: strangers.join(", "),
      });
    }
  }
  permit(config.permissions);
  const gate = createGate({
    config: () => watch.current(),
    takeToken: () => tokens.take(),
    permissionsOf: (user) => byUser.get(user),
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
    permissionsOf: (incoming) => restricted.get(incoming),
    permit,
    createServer(onRequest) {
      const gated = noting(bounds, (incoming, outgoing) =>
        gate(incoming, outgoing, (permissions) => {
          if (permissions !== undefined) restricted.set(incoming, permissions);
          onRequest(incoming, outgoing);
        }),
      );
      if (tls === undefined) return createPlainServer(bounds, gated);
      // What is in force may be newer than what was there at the start.
      const server = createTlsServer(watch.current().tls ?? tls, http2, bounds, gated);
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

/** A connection with a request on it is not idle, whoever answers. */
function noting(bounds: ServerBounds, onRequest: OnRequest): OnRequest {
  return (incoming, outgoing) => {
    bounds.note(incoming, outgoing);
    onRequest(incoming, outgoing);
  };
}
