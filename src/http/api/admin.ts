import type { Handler } from "hono";
import { badData, NO_SNIFFING, NOT_ENABLED, plainError } from "../errors.ts";
import type { Body, Relay } from "../relay.ts";

/** PUT `/api/v1/admin/wipe`: 202 when nothing is left of what was pushed. */
export function wipeHandler<B extends Body>(relay: Relay<B>): Handler {
  return async function wipe() {
    await relay.wipe();
    return new Response(null, { status: 202, headers: { "Content-Length": "0" } });
  };
}

/** DELETE `/api/v1/groups?match[]=<selector>`: the groups whose keys a selector matches are deleted. */
export function deleteGroupsHandler<B extends Body>(relay: Relay<B>, isEnabled: boolean): Handler {
  return async function deleteGroups(c) {
    if (!isEnabled) return plainError(c, 404, NOT_ENABLED);
    const selectors = (c.req.queries("match[]") ?? []).filter((text) => text !== "");
    if (selectors.length === 0) {
      return badData(c, 'match[]: missing; give a PromQL selector such as match[]={job="nightly"}');
    }
    const answer = await relay.groups(selectors);
    if (!answer.ok) return badData(c, `match[]: ${answer.message}`);
    await relay.deleteGroups(answer.groups);
    return c.json({ status: "success", data: { groups: answer.groups.length } }, 200, NO_SNIFFING);
  };
}
