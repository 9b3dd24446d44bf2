import { NO_SNIFFING } from "../errors.ts";

/**
 * What a Pushgateway's query API sends with its answers, so that a page from elsewhere may read them; and that no
 * browser may take what somebody has pushed for a page.
 */
export const CORS: Readonly<Record<string, string>> = {
  ...NO_SNIFFING,
  "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, Origin",
  "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "Date",
  "Cache-Control": "no-cache, no-store, must-revalidate",
};

/** OPTIONS on any path below `/api/v1`: what a browser asks before it sends a request to another site. */
export function preflight(): Response {
  return new Response(null, { status: 200, headers: { ...CORS, "Content-Length": "0" } });
}
