import { parser } from "@prometheus-io/lezer-promql";

/** The names of metrics that an expression asks for. Throws where it does not parse. */
export function metricNamesOf(expression: string): string[] {
  const names: string[] = [];
  parser.parse(expression).iterate({
    enter(node) {
      if (node.type.isError) {
        throw new Error(`does not parse at character ${node.from + 1}: ${expression}`);
      }
      if (node.name !== "Identifier" || node.node.parent?.name !== "VectorSelector") return;
      names.push(expression.slice(node.from, node.to));
    },
  });
  return names;
}
