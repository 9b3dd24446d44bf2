/** The families by which a Pushgateway says of each group when it was last pushed, and last pushed in vain. */
export const PUSH_TIME = "push_time_seconds";
export const PUSH_FAILURE_TIME = "push_failure_time_seconds";

/** Whether a family is one of these: what a client pushes under the names is shown nowhere. */
export function isStamp(family: string): boolean {
  return family === PUSH_TIME || family === PUSH_FAILURE_TIME;
}

export const STAMP_HELP: ReadonlyMap<string, string> = new Map([
  [PUSH_TIME, "Last Unix time when changing this group in the Pushgateway succeeded."],
  [PUSH_FAILURE_TIME, "Last Unix time when changing this group in the Pushgateway failed."],
]);
