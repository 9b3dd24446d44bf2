import { RE2JS } from "re2js";
import type { CompileRegex } from "../../core/selector/compile-selector.ts";

/**
 * Prometheus's regular expressions: RE2's syntax, for the whole text, a dot matches a line's end too. Matching
 * takes time in proportion to the text, so no rule can hold up a thread; what RE2 cannot do in that time
 * (look-around, back-references) is refused, as are repetitions that make huge programs.
 */
export const compileRegex: CompileRegex = (pattern) => {
  const regex = RE2JS.compile(pattern, RE2JS.DOTALL);
  return (text) => regex.testExact(text);
};

/** Why a pattern cannot be compiled, in RE2's words; undefined where it can. */
export function refusePattern(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern, RE2JS.DOTALL);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // RE2JS writes the flag into the pattern before it quotes it.
    return error.message.replace("error parsing regexp: ", "").replace("`(?s)", "`");
  }
}
