import type { Handler } from "hono";
import { refusedRow } from "../refused.ts";
import type { Body, Relay } from "../relay.ts";
import { CORS } from "./cors.ts";

/** What the relay is and how it was started, in the fields of a Pushgateway. */
export interface About {
  readonly build: BuildInformation;
  /** The values of all flags, by their names without dashes. What is secret is not among them. */
  readonly flags: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly startTime: string;
}

interface BuildInformation {
  readonly branch: string;
  readonly buildDate: string;
  readonly buildUser: string;
  /** Of the runtime: clients of a Pushgateway expect the field. */
  readonly goVersion: string;
  readonly revision: string;
  readonly version: string;
}

/** GET `/api/v1/status`. What no Pushgateway has stands under `sluice`. */
export function statusHandler<B extends Body>(
  { build, flags, startTime }: About,
  relay: Pick<Relay<B>, "refused">,
): Handler {
  return async function tellStatus(c) {
    const sluice = { refused: (await relay.refused()).map(refusedRow) };
    const data = { build_information: build, flags, start_time: startTime, sluice };
    return c.json({ status: "success", data }, 200, CORS);
  };
}
