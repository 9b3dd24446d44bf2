import { withoutUser } from "../../platform/config/without-user.ts";
import type { ValueKind } from "../../platform/config/option.ts";

export const relayUrl: ValueKind<URL> = {
  placeholder: "<relay>",
  expects: "the URL of a relay such as http://127.0.0.1:9091",
  parse: (given) => (/^https?:\/\//.test(given) ? (URL.parse(given) ?? undefined) : undefined),
  render: (url) => withoutUser(url.href.replace(/\/$/, "")),
};
