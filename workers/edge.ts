import type { Env } from "../src/edge/env.ts";
import { serveRequest } from "../src/edge/serve.ts";

export { PartitionObject } from "../src/edge/partition-object.ts";
export { RegistryObject } from "../src/edge/registry-object.ts";

/** The Worker of a site, and the Durable Objects that it speaks to. */
export default {
  fetch: (request: Request, env: Env): Promise<Response> => serveRequest(request, env),
};
