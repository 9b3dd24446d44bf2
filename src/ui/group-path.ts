import { encodeBase64Url } from "../core/base64url.ts";
import type { Labels } from "../core/exposition/label-block.ts";

/** The path behind `/metrics` of pushes to the group with these labels. In base64 nothing in a value can be misread. */
export function groupPath(labels: Labels): string {
  let job = "";
  let others = "";
  for (let i = 0; i < labels.length; i += 2) {
    const [name = "", value = ""] = labels.slice(i, i + 2);
    if (name === "job") job = `/job@base64/${encodeBase64Url(value)}`;
    else others += `/${encodeURIComponent(name)}@base64/${encodeBase64Url(value)}`;
  }
  return job + others;
}
