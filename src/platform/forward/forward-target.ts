import { Buffer } from "node:buffer";
import { RELAYS_HEADER } from "../../http/forwarded.ts";
import { oneLine } from "../one-line.ts";

/** The relay that gets what is forwarded. */
export interface ForwardTarget {
  /** Without user, password and path, which may hold a secret too. */
  readonly shown: string;
  /** Rejects where no answer comes before the signal. */
  send(method: "PUT" | "DELETE", path: string, body: Body | undefined, signal: AbortSignal): Promise<Answer>;
}

type Body = Uint8Array<ArrayBuffer>;

interface Answer {
  readonly status: number;
  /** The first line of what it says. */
  readonly message: string;
  /** Itself and the relays that it forwards to, if it does. */
  readonly relays: readonly string[];
}

const LONGEST_MESSAGE = 300;
const OF_A_BODY = {
  "Content-Type":
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
  "Content-Encoding": "gzip",
};

/** Pushes go below the path of the URL. A token goes as a bearer; without one a user in the URL goes as Basic. */
export function createForwardTarget(given: string, token: () => string): ForwardTarget {
  const url = new URL(given);
  const base = url.origin + url.pathname.replace(/\/$/, "");
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const basic = url.username === "" ? undefined : `Basic ${Buffer.from(user).toString("base64")}`;

  function authorization(): { readonly Authorization?: string } {
    const bearer = token();
    const value = bearer === "" ? basic : `Bearer ${bearer}`;
    return value === undefined ? {} : { Authorization: value };
  }

  return {
    shown: url.origin,
    async send(method, path, body, signal) {
      const request =
        body === undefined
          ? { headers: authorization() }
          : { headers: { ...authorization(), ...OF_A_BODY }, body };
      // Where a redirect leads nobody has asked to be told.
      const response = await fetch(base + path, { method, redirect: "manual", signal, ...request });
      const [line = ""] = (await response.text()).split("\n", 1);
      const relays = response.headers.get(RELAYS_HEADER)?.split(",") ?? [];
      return { status: response.status, message: oneLine(line).slice(0, LONGEST_MESSAGE), relays };
    },
  };
}
