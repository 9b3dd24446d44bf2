import type { Handler } from "hono";

/** PUT and POST of `/-/quit`, in the words of a Pushgateway. Undefined where requests may not end the process. */
export function quitHandler(quit: (() => void) | undefined): Handler {
  return function quitProcess(c) {
    if (quit === undefined) return c.text("Lifecycle API is not enabled.", 403);
    // What is in flight is finished first, this answer among it.
    quit();
    return c.text("Requesting termination... Goodbye!", 200);
  };
}

/** GET of `/-/quit`, which stands below no prefix. */
export const refuseToQuit: Handler = (c) => c.text("Only POST or PUT requests allowed.", 405);
