import { durationMs } from "./duration.ts";
import type { ValueKind } from "./option.ts";

/** How long a source may be silent: found from its own pushes, for ever, or the same time for all. */
export type Staleness = "auto" | "never" | { readonly limitMs: number };

export const stalenessRule: ValueKind<Staleness> = {
  placeholder: "auto|never|<duration>",
  expects: "auto, never or a duration above 0 such as 90s",
  parse(given) {
    if (given === "auto" || given === "never") return given;
    const limitMs = durationMs.parse(given);
    return limitMs === undefined || limitMs === 0 ? undefined : { limitMs };
  },
  render: (rule) => (typeof rule === "string" ? rule : durationMs.render(rule.limitMs)),
};
