import type { Escaping, ViewFormat } from "../core/exposition/write/format.ts";

/** What a scrape is answered in. */
export interface Negotiated {
  readonly format: ViewFormat;
  readonly contentType: string;
}

interface Clause {
  readonly mediaType: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/**
 * The format that a scraper likes best of those that there are; text format 0.0.4 where it names none of them. The
 * escaping is that of the clause chosen, or else of any: Prometheus says in its clauses of text what it can read, and
 * in that of protobuf nothing.
 */
export function negotiate(accept: string | undefined, offersOpenMetrics: boolean): Negotiated {
  const clauses = parseAccept(accept ?? "");
  const chosen = clauses.find((clause) => offerOf(clause, offersOpenMetrics) !== undefined);
  const { encoding, contentType } = (chosen && offerOf(chosen, offersOpenMetrics)) ?? PLAIN;
  const escaping = [chosen, ...clauses].map(escapingOf).find((each) => each !== undefined) ?? "underscores";
  return { format: { encoding, escaping }, contentType: `${contentType}; escaping=${escaping}` };
}

/** Most wanted first; what is wanted not at all is left out. */
function parseAccept(accept: string): Clause[] {
  return accept
    .split(",")
    .map(parseClause)
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
}

function parseClause(clause: string): Clause {
  const [mediaType = "", ...rest] = clause.split(";").map((part) => part.trim());
  const parameters = new Map(
    rest.map((parameter): [string, string] => {
      const [name = "", value = ""] = parameter.split("=", 2).map((part) => part.trim());
      return [name.toLowerCase(), value.replaceAll('"', "")];
    }),
  );
  const quality = Number(parameters.get("q") ?? 1);
  return { mediaType: mediaType.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality };
}

interface Offer {
  readonly encoding: ViewFormat["encoding"];
  readonly contentType: string;
}

const PLAIN: Offer = { encoding: "text", contentType: "text/plain; version=0.0.4; charset=utf-8" };
const PROTO = "io.prometheus.client.MetricFamily";

/** What answers the clause, or undefined. Wildcards are answered by nothing in particular. */
function offerOf({ mediaType, parameters }: Clause, offersOpenMetrics: boolean): Offer | undefined {
  const version = parameters.get("version");
  switch (mediaType) {
    case "text/plain":
      if (version === undefined || version === "0.0.4") return PLAIN;
      if (version !== "1.0.0") return undefined;
      return { encoding: "text", contentType: "text/plain; version=1.0.0; charset=utf-8" };
    case "application/openmetrics-text":
      if (!offersOpenMetrics || !OPENMETRICS_VERSIONS.has(version ?? OLDEST)) return undefined;
      return {
        encoding: "openmetrics",
        contentType: `${mediaType}; version=${version ?? OLDEST}; charset=utf-8`,
      };
    case "application/vnd.google.protobuf":
      if (parameters.get("proto") !== PROTO || parameters.get("encoding") !== "delimited") return undefined;
      return { encoding: "protobuf", contentType: `${mediaType}; proto=${PROTO}; encoding=delimited` };
    default:
      return undefined;
  }
}

/** Who names no version knows the oldest. */
const OLDEST = "0.0.1";
const OPENMETRICS_VERSIONS: ReadonlySet<string> = new Set([OLDEST, "1.0.0"]);

const ESCAPINGS: ReadonlySet<string> = new Set<Escaping>(["allow-utf-8", "underscores", "dots", "values"]);

function escapingOf(clause: Clause | undefined): Escaping | undefined {
  const name = clause?.parameters.get("escaping");
  return name !== undefined && isEscaping(name) ? name : undefined;
}

function isEscaping(name: string): name is Escaping {
  return ESCAPINGS.has(name);
}
