import type { Handler } from "hono";
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

/** GET `/api/v1/status`. */
export function statusHandler({ build, flags, startTime }: About): Handler {
  const data = { build_information: build, flags, start_time: startTime };
  return function tellStatus(c) {
    return c.json({ status: "success", data }, 200, CORS);
  };
}
