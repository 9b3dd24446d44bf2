import type { Handler } from "hono";
import { plainError } from "./errors.ts";

/** Puts the configuration in force again; the result is what is wrong with it. */
export type Reload = () => Promise<readonly string[]>;

/** `/-/reload`: 200 when the configuration is in force, visible to the next scrape; 500 with the first error otherwise. */
export function reloadHandler(reload: Reload | undefined): Handler {
  return async function reloadConfig(c) {
    // In the words of Prometheus and Pushgateway.
    if (reload === undefined) return c.text("Lifecycle API is not enabled.", 403);
    const [first, ...others] = await reload();
    if (first === undefined) return new Response(null, { status: 200, headers: { "Content-Length": "0" } });
    const more = others.length === 0 ? "" : ` (and ${others.length} more, in the log)`;
    return plainError(c, 500, `the configuration is as it was: ${first}${more}`);
  };
}
