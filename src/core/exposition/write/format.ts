/** How a view is written. */
export interface ViewFormat {
  /** Text format 0.0.4 (or 1.0.0, which has other names but the same lines), OpenMetrics 1.0, delimited protobuf. */
  readonly encoding: "text" | "openmetrics" | "protobuf";
  readonly escaping: Escaping;
}

/** What becomes of names that are not made of ASCII letters, digits and `_`: only newer clients can read them. */
export type Escaping = "allow-utf-8" | "underscores" | "dots" | "values";

/** What a client gets that asks for nothing in particular. */
export const TEXT: ViewFormat = { encoding: "text", escaping: "underscores" };
