const PREFIX =
  "A site answers at the root of its host: a route of the platform gives it another host, and a Worker before it another path.";

/** In what a site on the edge differs from a relay on Node, by the case of the specification that shows it. */
export const differences: ReadonlyMap<string, string> = new Map([
  [
    "PGW-173",
    "An isolate counts no requests and is no process: the platform's own analytics do. `sluice_*` tells of what is pushed.",
  ],
  ["PGW-176", "There is no process to end, so `/-/quit` is never enabled."],
  ["PGW-186", PREFIX],
  ["PGW-188", PREFIX],
  ["PGW-190", PREFIX],
]);
