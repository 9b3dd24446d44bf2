const PREFIX = "U__";
/** An underscore that was doubled, or the number of a character between two; Prometheus reads up to five digits. */
const ESCAPE = /_(?:_|([0-9a-f]{1,5})_)?/gi;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/**
 * The name that Prometheus's escaping scheme "values" has made that text of: `U__foo_2e_bar` is `foo.bar`.
 * What it cannot have made stays as it is.
 */
export function unescapeName(text: string): string {
  if (!text.startsWith(PREFIX)) return text;
  let isValid = true;
  const name = text.slice(PREFIX.length).replaceAll(ESCAPE, (escape, digits: string | undefined) => {
    if (escape === "__") return "_";
    const code = digits === undefined ? FIRST_SURROGATE : Number.parseInt(digits, 16);
    if (code >= FIRST_SURROGATE && code <= LAST_SURROGATE) isValid = false;
    return isValid ? String.fromCodePoint(code) : "";
  });
  return isValid ? name : text;
}
