import { z } from "zod";
import { envelopeShape, type JobFile, MOST_FOLLOW_UPS } from "../envelope.ts";
import { checkShape } from "./check-shape.ts";
import { readObject } from "./object.ts";
import { MOST_PROBLEMS, nearest, type Problem, placed } from "./problem.ts";

/** What this module needs to know of a job type: the shape of its parameters. */
export interface KnownType {
  shape: z.ZodObject;
}

/** The outcome of reading a job file: a job, or why not. `complete` is false while the text may still be growing. */
export type Parsed = { ok: true; file: JobFile } | { ok: false; complete: boolean; problems: string[] };

/** Reads a job file's bytes and checks all of it: envelope, parameters of its type, and those of every follow-up. */
export function parseJobFile(bytes: Uint8Array, types: Readonly<Record<string, KnownType>>): Parsed {
  const read = readObject(bytes, '{ "type": …, "parameters": … }');
  if (!("value" in read)) return { ok: false, complete: read.complete, problems: [read.problem] };
  const { value, text, forbidden } = read;
  const envelope = checkShape(envelopeShape, value);
  const problems = withForbidden(forbidden, [...problemsIn(envelope), ...checkTypes(value, types)]);
  if (envelope.ok && problems.length === 0) return { ok: true, file: envelope.data };
  return { ok: false, complete: true, problems: placed(problems, text) };
}

/** What is wrong with the types of a job and its follow-ups, and with their parameters, whatever else is wrong with them. */
export function checkTypes(
  file: { type?: unknown; parameters?: unknown; then?: unknown },
  types: Readonly<Record<string, KnownType>>,
): Problem[] {
  const problems = checkParameters(file, types, "whole");
  const follow = Array.isArray(file.then) ? file.then.slice(0, MOST_FOLLOW_UPS) : [];
  for (const [i, next] of follow.entries()) {
    if (problems.length > MOST_PROBLEMS) break;
    if (typeof next !== "object" || next === null) continue;
    const found = checkParameters(next, types, "partial");
    problems.push(...found.map(({ path, message }) => ({ path: ["then", i, ...path], message })));
  }
  return problems;
}

/** The parameters of a follow-up, which says only what differs: rules about several together wait for the whole. */
export function someOf(shape: z.ZodObject): z.ZodObject {
  const known = partial.get(shape) ?? z.strictObject(shape.shape).partial();
  partial.set(shape, known);
  return known;
}

/** Problems together with keys that no file may have; zod may have found such a key, too. */
export function withForbidden(forbidden: readonly Problem[], problems: readonly Problem[]): Problem[] {
  if (forbidden.length === 0) return [...problems];
  const at = new Set(forbidden.map(({ path }) => JSON.stringify(path)));
  return [...forbidden, ...problems.filter(({ path }) => !at.has(JSON.stringify(path)))];
}

const partial = new WeakMap<z.ZodObject, z.ZodObject>();

function problemsIn(checked: ReturnType<typeof checkShape>): Problem[] {
  return checked.ok ? [] : checked.problems;
}

// What is no text or no object has been found wrong with the envelope already.
function checkParameters(
  { type, parameters = {} }: { type?: unknown; parameters?: unknown },
  types: Readonly<Record<string, KnownType>>,
  how: "whole" | "partial",
): Problem[] {
  if (typeof type !== "string") return [];
  const known = Object.hasOwn(types, type) ? types[type] : undefined;
  if (!known) return [{ path: ["type"], message: unknownType(type, Object.keys(types)) }];
  if (typeof parameters !== "object" || parameters === null || Array.isArray(parameters)) return [];
  const checked = checkShape(how === "partial" ? someOf(known.shape) : known.shape, parameters);
  return problemsIn(checked).map(({ path, message }) => ({ path: ["parameters", ...path], message }));
}

function unknownType(type: string, known: string[]): string {
  const near = nearest(type, known);
  return `unknown type ${JSON.stringify(type.slice(0, 100))}${near ? `, did you mean "${near}"?` : `; known are ${known.join(", ")}`}`;
}
