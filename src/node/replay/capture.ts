/** A request as it was recorded. */
export interface RecordedRequest {
  readonly kind: "request";
  /** Since the start of the recording, as in all lines. */
  readonly atMs: number;
  readonly method: string;
  /** The request target, sent again byte by byte: resolving it as a URL would change it. */
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: string;
}

export type CaptureLine =
  | RecordedRequest
  | { readonly kind: "event"; readonly atMs: number; readonly text: string }
  /** What Flink itself said at that time. Nothing to send. */
  | { readonly kind: "truth"; readonly atMs: number };

export class CaptureError extends Error {
  override readonly name = "CaptureError";
}

/** Reads one line of a capture; `line` is its number, for the error. */
export function parseCaptureLine(text: string, line: number): CaptureLine {
  const fields = parseObject(text, line);
  const { t: atMs, event, truth, method, path, body = "" } = fields;
  if (typeof atMs !== "number") throw new CaptureError(`line ${line} has no number under "t"`);
  if (typeof event === "string") return { kind: "event", atMs, text: event };
  if (truth !== undefined) return { kind: "truth", atMs };
  if (typeof method !== "string" || typeof path !== "string" || typeof body !== "string")
    throw new CaptureError(`line ${line} is neither a request (method, path, body) nor an event nor a truth`);
  return { kind: "request", atMs, method, path, contentType: contentTypeOf(fields["headers"]), body };
}

function parseObject(text: string, line: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CaptureError(`line ${line} is not a JSON object`);
}

function contentTypeOf(headers: unknown): string | undefined {
  const value = isObject(headers) ? headers["content-type"] : undefined;
  return typeof value === "string" ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
