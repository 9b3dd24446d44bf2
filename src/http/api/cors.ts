/** What a Pushgateway's query API sends with its answers, so that a page from elsewhere may read them. */
export const CORS: Readonly<Record<string, string>> = {
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
