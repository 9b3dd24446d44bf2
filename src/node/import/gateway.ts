import { splitUser } from "../url-user.ts";

/** A Pushgateway or a relay, with what its URL says. */
export interface Gateway {
  /** Without user and password, and without a path, which may hold a secret: what is printed. */
  readonly shown: string;
  /** One request below the gateway's prefix. Throws an ImportError where no answer comes. */
  request(
    method: string,
    path: string,
    body?: string,
  ): Promise<{ readonly status: number; readonly text: string }>;
}

/** What ends an import, in one line for a person. */
export class ImportError extends Error {}

export function gatewayAt(url: URL, signal: AbortSignal): Gateway {
  const { bare, headers } = splitUser(url);
  const base = bare.href.replace(/\/$/, "");
  const shown = bare.origin;
  return {
    shown,
    async request(method, path, body) {
      try {
        const response = await fetch(base + path, {
          method,
          headers,
          signal,
          // A redirect would turn a push into something else.
          redirect: "manual",
          ...(body === undefined ? {} : { body }),
        });
        return { status: response.status, text: (await response.text()).trim() };
      } catch (error) {
        // What fetch throws says only that it failed; the cause says why.
        const cause = error instanceof Error ? (error.cause ?? error) : error;
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new ImportError(`cannot reach ${shown}: ${why}`, { cause: error });
      }
    },
  };
}
