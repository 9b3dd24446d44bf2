import { env } from "cloudflare:test";
import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { serveRequest } from "../../../src/edge/serve.ts";
import type { CaseRequest } from "../../conformance/cases.ts";
import type { RawAnswer } from "../../conformance/raw-request.ts";

/** Sends a request to the site, whose Worker has these variables besides its own. */
export async function send(
  request: CaseRequest,
  variables: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const response = await serveRequest(requestOf(request), { ...env, ...variables });
  const body = Buffer.from(await response.arrayBuffer());
  const plain = response.headers.get("Content-Encoding") === "gzip" ? gunzipSync(body) : body;
  return { status: response.status, headers: new Map(response.headers), body, text: plain.toString() };
}

/** What a client's request becomes on its way to a Worker. */
function requestOf({ method, path, headers = {}, body, body_b64, chunked }: CaseRequest): Request {
  const bytes = body_b64 === undefined ? Buffer.from(body ?? "") : Buffer.from(body_b64, "base64");
  const isSent = (body !== undefined || body_b64 !== undefined) && method !== "GET" && method !== "HEAD";
  const length = isSent && chunked !== true ? { "Content-Length": String(bytes.length) } : {};
  return new Request(`http://site${path}`, {
    method,
    headers: { ...headers, ...length },
    redirect: "manual",
    ...(isSent ? { body: bytes } : {}),
  });
}

export async function push(path: string, body: string): Promise<RawAnswer> {
  return await send({ method: "PUT", path, body });
}

export async function wipe(): Promise<void> {
  const { status, text } = await send({ method: "PUT", path: "/api/v1/admin/wipe" });
  if (status !== 202) throw new Error(`not wiped: ${status} ${text}`);
}

/** The text of a scrape. */
export async function scrape(query = ""): Promise<string> {
  const { status, text } = await send({ method: "GET", path: `/metrics${query}` });
  if (status !== 200) throw new Error(`a scrape was answered ${status}: ${text}`);
  return text;
}
