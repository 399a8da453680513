import { closest, distance } from "fastest-levenshtein";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { type core, z } from "zod";

/** One thing that is wrong in a file, and where. */
export interface Problem {
  path: PropertyKey[];
  message: string;
}

/** Everything zod found wrong in words. */
export function problemsOf(issues: readonly core.$ZodIssue[], shape: z.ZodType): Problem[] {
  return issues.flatMap(issue => {
    const { path, message } = issue;
    if (issue.code !== "unrecognized_keys") return [{ path, message: lowerFirst(message) }];
    return issue.keys.map(key => ({ path: [...path, key], message: `unknown key${suggestion(key, path, shape)}` }));
  });
}

/** A problem with its line and field. `text` is the file as it was written. */
export function placed({ path, message }: Problem, text: string): string {
  return `${place(path, text)}${message}`;
}

/** The nearest known word, where one is near enough to have been meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(word.toLowerCase(), [...known]);
  return distance(word.toLowerCase(), best.toLowerCase()) <= Math.max(2, word.length / 3) ? best : undefined;
}

function place(path: readonly PropertyKey[], text: string): string {
  const steps = path.map(step => (typeof step === "number" ? step : String(step)));
  const field = steps.reduce<string>(
    (sofar, step) => (typeof step === "number" ? `${sofar}[${step}]` : sofar ? `${sofar}.${step}` : step),
    "",
  );
  const line = lineOf(steps, text);
  return [line && `line ${line}`, field].filter(Boolean).join(", ") + (line || field ? ": " : "");
}

function lineOf(path: (string | number)[], text: string): number | undefined {
  const root = parseTree(text);
  for (let length = path.length; root && length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node) return text.slice(0, (node.parent?.type === "property" ? node.parent : node).offset).split("\n").length;
  }
  return undefined;
}

function suggestion(key: string, path: readonly PropertyKey[], shape: z.ZodType): string {
  const known = keysAt(shape, path);
  const near = nearest(key, known);
  if (near) return `, did you mean "${near}"?`;
  return known.length > 0 ? `; known are ${known.join(", ")}` : "";
}

function keysAt(shape: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here: unknown = z.toJSONSchema(shape, { unrepresentable: "any", io: "input" });
  for (const step of path) {
    const at = here as { properties?: Record<string, unknown>; items?: unknown };
    here = typeof step === "number" ? at.items : at.properties?.[String(step)];
  }
  return Object.keys((here as { properties?: object } | undefined)?.properties ?? {});
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
