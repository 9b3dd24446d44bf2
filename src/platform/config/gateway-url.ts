import type { ValueKind } from "./option.ts";
import { withoutUser } from "./without-user.ts";

/** The URL of another gateway, perhaps with a user, whom nothing shows; empty if there is none. */
export const gatewayUrl: ValueKind<string> = {
  placeholder: "<url>",
  expects: "the URL of a gateway such as http://old-gateway:9091",
  parse: (given) => (given === "" || isGateway(given) ? given : undefined),
  render: withoutUser,
};

function isGateway(given: string): boolean {
  const url = /^https?:\/\/[^?#\s]+$/.test(given) ? URL.parse(given) : null;
  return url !== null && isDecodable(url.username) && isDecodable(url.password);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
