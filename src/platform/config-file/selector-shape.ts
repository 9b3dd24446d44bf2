import { isMap, isScalar } from "yaml";
import { FAMILY_NAME, type Selector } from "../../core/selector/selector.ts";
import { parseSelector } from "../promql/parse-selector.ts";
import { reportUnexpected } from "./scalar-shapes.ts";
import type { Place, Reader, Shape } from "./shape.ts";

/** A selector of series. */
export const seriesSelector: Shape<Selector> = selector(() => undefined);

/** A selector of grouping keys, which have labels and no name. */
export const groupSelector: Shape<Selector> = selector(({ matchers }) =>
  matchers.some(({ name }) => name === FAMILY_NAME)
    ? 'a grouping key has labels and no metric name; write labels only, such as {job="nightly"}'
    : undefined,
);

function selector(refuse: (parsed: Selector) => string | undefined): Shape<Selector> {
  return {
    schema: { type: "string", minLength: 1 },
    read(place, reader) {
      const text = textOf(place, reader);
      if (text === undefined) return undefined;
      const parsed = parseSelector(text);
      if (!parsed.ok) {
        reader.report(...located(place, reader, text, parsed.at, parsed.message));
        return undefined;
      }
      const refusal = refuse(parsed.selector);
      if (refusal !== undefined) reader.report(place.at, `${place.name}: ${refusal}`);
      return refusal === undefined ? parsed.selector : undefined;
    },
  };
}

function textOf(place: Place, reader: Reader): string | undefined {
  const { node, name, at } = place;
  if (isScalar(node) && typeof node.value === "string") return node.value;
  // {job="shop"} without quotes is a mapping in YAML: everybody writes it once.
  if (isMap(node) && node.flow === true) {
    const source = reader.source(node).trim().replaceAll("'", "''");
    reader.report(at, `${name}: a selector that begins with a brace stands in single quotes: '${source}'`);
  } else {
    reportUnexpected(place, reader, 'a series selector such as http_requests_total{job="shop"}');
  }
  return undefined;
}

/** In a scalar with escapes or folded lines only the selector's own characters can be counted. */
function located(
  { node, name, at }: Place,
  reader: Reader,
  text: string,
  inText: number,
  message: string,
): [at: number, message: string] {
  const inSource = isScalar(node) ? reader.source(node).indexOf(text) : -1;
  if (inSource !== -1) return [at + inSource + inText, `${name}: ${message}`];
  return [at, `${name}: ${message} (character ${inText + 1} of the selector)`];
}
