import { createContext, Script } from "node:vm";
import { memoized } from "../../core/system/cache.ts";

const LINE = 4000;
const PATIENCE = 1_000;
const MOST_SIGNS = 12;

/**
 * Whether a regular expression, tried from the beginning of a line, gives up on long lines of one sign within a second.
 * One that repeats what repeats, `(a+)+$`, tries every way to share a line and would hold up the portal and Spark for ever.
 */
export function isPatient(source: string): boolean {
  return cache(source, () => tried(source));
}

// Patterns are read again at each look at analyses.json.
const cache = memoized<boolean>({ max: 1_000 });

const PROBE = new Script("for (const line of lines) pattern.test(line)");

function tried(source: string): boolean {
  // Signs that the pattern itself names are those that it repeats.
  const own = [...new Set(source.replace(/\\[dDsSwWbB]/g, "").match(/[\p{L}\p{N}\s=:;,./_-]/gu))].slice(0, MOST_SIGNS);
  const signs = [...new Set(["a", "A", "0", " ", "-", ...own])];
  const lines = signs.flatMap(sign => [`${sign.repeat(LINE - 1)}\u0007`, `${`${sign} `.repeat(LINE / 2 - 1)}\u0007`]);
  const context = createContext({ pattern: new RegExp(`^(?:${source})`), lines });
  try {
    PROBE.runInContext(context, { timeout: PATIENCE });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return false;
    // A stack that runs over is one more way to find no end.
    return !(error instanceof RangeError || (error as Error).name === "RangeError");
  }
}
