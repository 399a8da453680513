import { closest, distance } from "fastest-levenshtein";
import { type core, z } from "zod";
import { linesOf, type Path } from "./locate.ts";

/** One thing that is wrong in a file, and where. */
export interface Problem {
  path: PropertyKey[];
  message: string;
}

/** So many problems of one file are reported. */
export const MOST_PROBLEMS = 20;

// A key or a word that is longer is shown in part, and is no misspelling of anything.
const LONGEST_WORD = 100;

/** What zod found wrong, in words: the first problems only. */
export function problemsOf(issues: readonly core.$ZodIssue[], shape: z.ZodType): Problem[] {
  const found: Problem[] = [];
  for (const issue of issues.flatMap(meant)) {
    const left = MOST_PROBLEMS + 1 - found.length;
    if (left <= 0) break;
    const { path, message } = issue;
    if (issue.code !== "unrecognized_keys") {
      found.push({ path, message: lowerFirst(message) });
      continue;
    }
    const known = keysAt(shape, path);
    for (const key of issue.keys.slice(0, left))
      found.push({ path: [...path, key], message: `unknown key${suggestion(key, known)}` });
  }
  return found;
}

// Of a choice, the option that was meant is the one that something inside does not fit: that is said, and where.
function meant(issue: core.$ZodIssue): core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const inside = issue.errors.find(issues => issues.length > 0 && issues.every(({ path }) => path.length > 0));
  return inside?.flatMap(meant).map(one => ({ ...one, path: [...issue.path, ...one.path] })) ?? [issue];
}

/** Problems with their line and field. `text` is the file as it was written, where there is one. */
export function placed(problems: readonly Problem[], text = ""): string[] {
  const first = problems.slice(0, MOST_PROBLEMS);
  const paths = first.map(({ path }) => path.map(step => (typeof step === "number" ? step : String(step))));
  const lines = text ? linesOf(text, paths) : [];
  const checked = first.map(({ message }, i) => {
    const where = [lines[i] && `line ${lines[i]}`, fieldOf(paths[i] ?? [])].filter(Boolean).join(", ");
    return where ? `${where}: ${message}` : message;
  });
  if (problems.length <= MOST_PROBLEMS) return checked;
  return [...checked.slice(0, -1), `${checked.at(-1)} (there are more problems than these ${MOST_PROBLEMS})`];
}

/** The nearest known word, where one is near enough to have been meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || word.length > LONGEST_WORD) return undefined;
  const best = closest(word.toLowerCase(), [...known]);
  // Of a word of two letters, two other letters are no misspelling.
  const most = Math.min(Math.max(2, word.length / 3), word.length - 1);
  return distance(word.toLowerCase(), best.toLowerCase()) <= most ? best : undefined;
}

/** The JSON Schema of a shape at a path, as far as it says what stands there. */
export function schemaAt(shape: z.ZodType, path: readonly PropertyKey[]): JsonSchema {
  let here: JsonSchema | undefined = schemas.get(shape);
  if (!here) {
    here = z.toJSONSchema(shape, { unrepresentable: "any", io: "input" }) as JsonSchema;
    schemas.set(shape, here);
  }
  for (const step of path) {
    const options: JsonSchema[] = [here, ...(here?.anyOf ?? [])].filter(one => one !== undefined);
    here = options
      .map(one => (typeof step === "number" ? one.items : own(one.properties, String(step))))
      .find(one => one !== undefined);
  }
  return here ?? {};
}

/** The part of a JSON Schema that is looked at here. */
export interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  maxItems?: number;
  anyOf?: JsonSchema[];
}

// Made once for a shape: it takes longer than the check itself.
const schemas = new WeakMap<z.ZodType, JsonSchema>();

function own(properties: Record<string, JsonSchema> | undefined, key: string): JsonSchema | undefined {
  return properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
}

function fieldOf(path: Path): string {
  const field = path.reduce<string>((sofar, step) => {
    if (typeof step === "number") return `${sofar}[${step}]`;
    const short = step.length > LONGEST_WORD ? `${step.slice(0, LONGEST_WORD)}…` : step;
    // A key may hold anything, but what is told of it is one line that steers no terminal.
    const key = short === "" || /[\p{Cc}\u2028\u2029]/u.test(short) ? JSON.stringify(short) : short;
    return sofar ? `${sofar}.${key}` : key;
  }, "");
  return field.length > 10 * LONGEST_WORD ? `${field.slice(0, 10 * LONGEST_WORD)}…` : field;
}

function suggestion(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  if (near) return `, did you mean "${near}"?`;
  return known.length > 0 ? `; known are ${known.join(", ")}` : "";
}

function keysAt(shape: z.ZodType, path: readonly PropertyKey[]): string[] {
  const here = schemaAt(shape, path);
  const options = [here, ...(here.anyOf ?? [])];
  return options.flatMap(one => Object.keys(one.properties ?? {}));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
