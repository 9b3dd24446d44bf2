export type Coding = "gzip" | "zstd";

/**
 * How an answer is compressed for the client: gzip where it names that, else zstd, else not at all. `*` does not
 * count, as with a Pushgateway.
 */
export function chooseCoding(header: string | undefined): Coding | undefined {
  const accepted = new Set((header ?? "").split(",").flatMap(acceptedCoding));
  if (accepted.has("gzip")) return "gzip";
  return accepted.has("zstd") ? "zstd" : undefined;
}

function acceptedCoding(clause: string): string[] {
  const [coding = "", ...parameters] = clause.split(";").map((part) => part.trim().toLowerCase());
  return parameters.some((parameter) => /^q\s*=\s*0(?:\.0*)?$/.test(parameter)) ? [] : [coding];
}
