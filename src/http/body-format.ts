import type { BodyFormat } from "../core/exposition/parsed-body.ts";

/**
 * What a `Content-Type` says of a push. Most clients say nothing that helps, or something else (curl: a form),
 * so whatever is not exactly one of the two others is text format 0.0.4, as on a Pushgateway.
 */
export function bodyFormat(contentType: string | undefined): BodyFormat {
  const parsed = contentType === undefined ? undefined : parseMediaType(contentType);
  if (parsed === undefined) return "text";
  const { mediaType, params } = parsed;
  if (mediaType === "application/openmetrics-text") return "openmetrics";
  const isDelimited =
    mediaType === "application/vnd.google.protobuf" &&
    params.get("encoding") === "delimited" &&
    params.get("proto") === "io.prometheus.client.MetricFamily";
  return isDelimited ? "protobuf" : "text";
}

/** A token or a quoted string of RFC 9110, with the name and the equals sign before it. */
const PARAM = /^\s*;\s*([^\s;="]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/;

/** Media type and names of parameters in lower case; undefined for what is no media type. */
function parseMediaType(
  text: string,
): { readonly mediaType: string; readonly params: ReadonlyMap<string, string> } | undefined {
  const semicolon = text.indexOf(";");
  const mediaType = (semicolon === -1 ? text : text.slice(0, semicolon)).trim().toLowerCase();
  const params = new Map<string, string>();
  let rest = semicolon === -1 ? "" : text.slice(semicolon);
  while (rest.trim() !== "" && rest.trim() !== ";") {
    const [whole, name = "", quoted, token] = PARAM.exec(rest) ?? [];
    if (whole === undefined || params.has(name.toLowerCase())) return undefined;
    params.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? token ?? "");
    rest = rest.slice(whole.length);
  }
  return { mediaType, params };
}
