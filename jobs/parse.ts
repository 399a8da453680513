import type { core, z } from "zod";
import { envelopeShape, type JobFile } from "./envelope.ts";
import { nearest, problems } from "./problem.ts";

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
  if (!envelope.success)
    return { ok: false, complete: true, problems: problems(envelope.error.issues, text, envelopeShape) };
  const found = checkTypes(envelope.data, text, types);
  return found.length > 0 ? { ok: false, complete: true, problems: found } : { ok: true, file: envelope.data };
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

function checkTypes(file: JobFile, text: string, types: Readonly<Record<string, KnownType>>): string[] {
  const main = checkParameters(file.type, file.parameters, ["parameters"], [], false);
  const rest = (file.then ?? []).flatMap((next, i) =>
    checkParameters(next.type, next.parameters ?? {}, ["then", i, "parameters"], ["then", i], true),
  );
  return [...main, ...rest];

  function checkParameters(
    type: string,
    parameters: unknown,
    at: PropertyKey[],
    owner: PropertyKey[],
    partial: boolean,
  ) {
    const known = Object.hasOwn(types, type) ? types[type] : undefined;
    if (!known) return [unknownType(type, [...owner, "type"], text, Object.keys(types))];
    const shape = partial ? known.shape.partial() : known.shape;
    const result = shape.safeParse(parameters);
    if (result.success) return [];
    const issues = result.error.issues.map(issue => ({ ...issue, path: [...at, ...issue.path] }) as core.$ZodIssue);
    return problems(issues, text, shape, at.length);
  }
}

function unknownType(type: string, path: PropertyKey[], text: string, known: string[]): string {
  const near = nearest(type, known);
  const message = `unknown type "${type.slice(0, 100)}"${near ? `, did you mean "${near}"?` : `; known are ${known.join(", ")}`}`;
  return problems([{ code: "custom", path, message, input: type }], text, envelopeShape)[0] ?? message;
}
