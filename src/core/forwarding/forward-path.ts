import { encodeBase64Url } from "../base64url.ts";
import type { ForwardedGroup } from "./split-view.ts";
import { RELAY_LABEL } from "./relay-label.ts";

/** The path of the group's pushes: `/metrics/job/<job>/sluice_relay/<relay>`, in base64 what a path would not keep as it is. */
export function forwardPath({ job, relay }: Pick<ForwardedGroup, "job" | "relay">): string {
  return `/metrics/${labelPath("job", job)}/${labelPath(RELAY_LABEL, relay)}`;
}

function labelPath(name: string, value: string): string {
  return /^\w[\w.~-]*$/.test(value) ? `${name}/${value}` : `${name}@base64/${encodeBase64Url(value)}`;
}
