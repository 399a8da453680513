import { z } from "zod";
import { envelopeShape, type JobFile } from "./envelope.ts";
import { readObject } from "./object.ts";
import { nearest, type Problem, placed, problemsOf } from "./problem.ts";

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
  const { text } = read;
  const envelope = envelopeShape.safeParse(read.value);
  const found = envelope.success ? checkTypes(envelope.data, types) : problemsOf(envelope.error.issues, envelopeShape);
  if (envelope.success && found.length === 0) return { ok: true, file: envelope.data };
  return { ok: false, complete: true, problems: found.map(problem => placed(problem, text)) };
}

/** What is wrong with the types of a job and its follow-ups, and with their parameters. */
export function checkTypes(
  file: Pick<JobFile, "type" | "parameters" | "then">,
  types: Readonly<Record<string, KnownType>>,
): Problem[] {
  const follow = (file.then ?? []).flatMap((next, i) => {
    const found = checkParameters(next.type, next.parameters ?? {}, types, true);
    return found.map(({ path, message }) => ({ path: ["then", i, ...path], message }));
  });
  return [...checkParameters(file.type, file.parameters, types, false), ...follow];
}

/** The parameters of a follow-up, which says only what differs: rules about several together wait for the whole. */
export function someOf(shape: z.ZodObject): z.ZodObject {
  return z.strictObject(shape.shape).partial();
}

function checkParameters(
  type: string,
  parameters: unknown,
  types: Readonly<Record<string, KnownType>>,
  partial: boolean,
): Problem[] {
  const known = Object.hasOwn(types, type) ? types[type] : undefined;
  if (!known) return [{ path: ["type"], message: unknownType(type, Object.keys(types)) }];
  const shape = partial ? someOf(known.shape) : known.shape;
  const result = shape.safeParse(parameters);
  if (result.success) return [];
  const inside = problemsOf(result.error.issues, shape);
  return inside.map(({ path, message }) => ({ path: ["parameters", ...path], message }));
}

function unknownType(type: string, known: string[]): string {
  const near = nearest(type, known);
  return `unknown type "${type.slice(0, 100)}"${near ? `, did you mean "${near}"?` : `; known are ${known.join(", ")}`}`;
}
