import type { Handler } from "hono";
import { badData, NO_SNIFFING, NOT_ENABLED, plainError } from "./errors.ts";
import type { Body, Relay } from "./relay.ts";

/** DELETE of `/api/v1/outputs?match[]=<selector>`: an operator's undo. `match[]` may be given again. */
export function undoHandler<B extends Body>(relay: Relay<B>, isEnabled: boolean): Handler {
  return async function undo(c) {
    // A Pushgateway has no such routes either where they are not enabled.
    if (!isEnabled) return plainError(c, 404, NOT_ENABLED);
    const selectors = (c.req.queries("match[]") ?? []).filter((text) => text !== "");
    if (selectors.length === 0) {
      return badData(
        c,
        'match[]: missing; give a PromQL selector such as match[]=requests_total{job="shop"}',
      );
    }
    const answer = await relay.undo(selectors);
    if (!answer.ok) return badData(c, `match[]: ${answer.message}`);
    const { outputs, marks, frozenSources } = answer;
    const data = { outputs: outputs.length, marks: marks.length, freezes: frozenSources };
    return c.json({ status: "success", data }, 200, NO_SNIFFING);
  };
}
