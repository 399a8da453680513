import type { z } from "zod";
import { envelopeShape, type JobFile } from "./envelope.ts";
import { nearest, type Problem, placed, problemsOf } from "./problem.ts";

/** What this module needs to know of a job type: the shape of its parameters. */
export interface KnownType {
  shape: z.ZodObject;
}

/** The outcome of reading a job file: a job, or why not. `complete` is false while the text may still be growing. */
export type Parsed = { ok: true; file: JobFile } | { ok: false; complete: boolean; problems: string[] };

/** Reads a job file's bytes and checks all of it: envelope, parameters of its type, and those of every follow-up. */
export function parseJobFile(bytes: Uint8Array, types: Readonly<Record<string, KnownType>>): Parsed {
  const text = decode(bytes);
  if (text === undefined) return wrong(false, "not UTF-8 text: save the file as UTF-8");
  const json = parseObject(text);
  if (!("value" in json)) return { ok: false, complete: json.complete, problems: [json.problem] };
  const forbidden = findForbidden(json.value);
  if (forbidden) return wrong(true, `${forbidden}: this key is not allowed in a job file`);
  const envelope = envelopeShape.safeParse(json.value);
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

function checkParameters(
  type: string,
  parameters: unknown,
  types: Readonly<Record<string, KnownType>>,
  partial: boolean,
): Problem[] {
  const known = Object.hasOwn(types, type) ? types[type] : undefined;
  if (!known) return [{ path: ["type"], message: unknownType(type, Object.keys(types)) }];
  const shape = partial ? known.shape.partial() : known.shape;
  const result = shape.safeParse(parameters);
  if (result.success) return [];
  const inside = problemsOf(result.error.issues, shape);
  return inside.map(({ path, message }) => ({ path: ["parameters", ...path], message }));
}

function unknownType(type: string, known: string[]): string {
  const near = nearest(type, known);
  return `unknown type "${type.slice(0, 100)}"${near ? `, did you mean "${near}"?` : `; known are ${known.join(", ")}`}`;
}

function wrong(complete: boolean, problem: string): Parsed {
  return { ok: false, complete, problems: [problem] };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

// No strict prefix of a JSON object is one itself, so a text that parses as an object is complete.
function parseObject(text: string): { value: object } | { complete: boolean; problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { complete: false, problem: `not JSON: ${(error as Error).message}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const kind = Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
    return { complete: false, problem: `line 1: expected a JSON object { "type": …, "parameters": … }, got ${kind}` };
  }
  return { value };
}

function findForbidden(value: unknown, path = ""): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const here = path ? `${path}.${key}` : key;
    if (key === "__proto__" || key === "constructor" || key === "prototype") return here;
    const found = findForbidden(inner, here);
    if (found) return found;
  }
  return undefined;
}
