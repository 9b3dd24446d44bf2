import { isDeepStrictEqual } from "node:util";
import type { Expectation } from "./cases.ts";
import type { RawAnswer } from "./raw-request.ts";

/** In what an answer is not what a step expects, one line each. */
export function checkAnswer(answer: RawAnswer, expected: Expectation): string[] {
  return [
    ...differs("the status", answer.status, expected.status),
    ...differs("the body", answer.text, expected.body ?? answer.text),
    ...checkBody(answer.text, expected),
    ...checkHeaders(answer, expected),
    ...checkSamples(linesOf(answer.text), expected),
    ...checkComments(linesOf(answer.text), expected),
    ...checkApi(answer.text, expected),
  ];
}

function differs(what: string, actual: unknown, expected: unknown): string[] {
  if (isDeepStrictEqual(actual, expected)) return [];
  return [`${what}: ${JSON.stringify(actual) ?? "missing"}, expected ${JSON.stringify(expected)}`];
}

function checkBody(text: string, expected: Expectation): string[] {
  const { body_contains = [], body_not_contains = [], body_matches = [] } = expected;
  return [
    ...body_contains
      .filter((part) => !text.includes(part))
      .map((part) => `lacks ${JSON.stringify(part)}: ${text}`),
    ...body_not_contains
      .filter((part) => text.includes(part))
      .map((part) => `has ${JSON.stringify(part)}: ${text}`),
    ...body_matches
      .filter((pattern) => !new RegExp(pattern, "s").test(text))
      .map((it) => `no ${it} in ${text}`),
  ];
}

function checkHeaders({ headers }: RawAnswer, expected: Expectation): string[] {
  const wanted = Object.entries({ ...expected.headers, ...expected.headers_expect });
  const absent = expected.headers_absent ?? [];
  return [
    ...wanted.flatMap(([name, value]) => differs(name, headers.get(name.toLowerCase()), value)),
    ...absent.filter((name) => headers.has(name.toLowerCase())).map((name) => `there is a header ${name}`),
  ];
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Self metrics and push stamps, which `series_exact` does not count. */
const OWN = /^(?:go|nodejs|process|promhttp|pushgateway|sluice|push_(?:failure_)?time_seconds(?=[{ ]))/;

function checkSamples(lines: readonly string[], expected: Expectation): string[] {
  const { series = [], series_exact, series_matches = [], series_absent = [] } = expected;
  const samples = lines.filter((line) => !line.startsWith("#"));
  const pushed = samples.filter((line) => !OWN.test(line)).toSorted();
  const matching = (pattern: string): string[] => samples.filter((line) => new RegExp(pattern).test(line));
  return [
    ...series.filter((line) => !samples.includes(line)).map((line) => `no series ${line}`),
    ...(series_exact === undefined ? [] : differs("the series", pushed, series_exact.toSorted())),
    ...series_matches.filter((it) => matching(it).length === 0).map((it) => `no series matches ${it}`),
    ...series_absent.filter((it) => matching(it).length > 0).map((it) => `a series matches ${it}`),
  ];
}

function checkComments(lines: readonly string[], expected: Expectation): string[] {
  const { families = {}, type_lines = {}, help_lines = {}, help_one_of = {} } = expected;
  const said = (kind: "TYPE" | "HELP", name: string): string[] =>
    lines.filter((line) => line.startsWith(`# ${kind} ${name} `)).map((line) => line.slice(8 + name.length));
  return [
    ...Object.entries(families).flatMap(([name, [type]]) =>
      differs(`TYPE of ${name}`, said("TYPE", name), [type]),
    ),
    ...Object.entries(families).flatMap(([name, [, help]]) =>
      differs(`HELP of ${name}`, said("HELP", name), help === null ? [] : [help]),
    ),
    ...Object.entries(type_lines).flatMap(([name, count]) =>
      differs(`lines of TYPE ${name}`, said("TYPE", name).length, count),
    ),
    ...Object.entries(help_lines).flatMap(([name, count]) =>
      differs(`lines of HELP ${name}`, said("HELP", name).length, count),
    ),
    ...Object.entries(help_one_of)
      .filter(([name, texts]) => !texts.includes(said("HELP", name)[0] ?? ""))
      .map(([name]) => `HELP of ${name}: ${said("HELP", name).join()}`),
  ];
}

function checkApi(text: string, { groups, json, json_absent = [] }: Expectation): string[] {
  if (groups === undefined && json === undefined) return [];
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return [`no JSON: ${text}`];
  }
  const data = at(answer, ["data"]);
  const labels = Array.isArray(data) ? data.map((group) => at(group, ["labels"])) : undefined;
  return [
    ...(groups === undefined ? [] : differs("the groups", inOrder(labels), inOrder(groups))),
    ...(json === undefined ? [] : checkJson(answer, json, "")),
    ...json_absent
      .filter((path) => at(answer, path.split(".")) !== undefined)
      .map((path) => `there is ${path}`),
  ];
}

/** Groups come in any order, and so do their labels. */
function inOrder(groups: readonly unknown[] | undefined): string[] | undefined {
  return groups
    ?.map((labels) => Object.entries(Object(labels)).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    .map((pairs) => JSON.stringify(pairs))
    .toSorted();
}

/** Objects may hold more than is asked for; lists are compared element by element. */
function checkJson(actual: unknown, expected: unknown, where: string): string[] {
  // The file leaves a text such as 1e+21 unquoted, which this reader of YAML takes for a number.
  const isText = typeof expected === "number" && typeof actual === "string";
  if (isText) return differs(where, Number(actual), expected);
  if (typeof expected !== "object" || expected === null) return differs(where, actual, expected);
  const length = Array.isArray(expected)
    ? differs(`${where}.length`, at(actual, ["length"]), expected.length)
    : [];
  const parts = Object.entries(expected).flatMap(([name, part]) =>
    checkJson(at(actual, [name]), part, `${where}.${name}`),
  );
  return [...length, ...parts];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inside, name) =>
      typeof inside === "object" && inside !== null
        ? (inside as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  );
}
