import description from "../../package.json" with { type: "json" };

/** Of the package that was deployed. */
export const version: string = description.version;
