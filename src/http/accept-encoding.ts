/** Whether the client names gzip among what it takes. `*` does not count, as with a Pushgateway. */
export function acceptsGzip(header: string | undefined): boolean {
  return (header ?? "").split(",").some((clause) => {
    const [coding = "", ...parameters] = clause.split(";").map((part) => part.trim().toLowerCase());
    return coding === "gzip" && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  });
}
