import { doubleKeys, JsonTooDeepError, parseJson } from "./json.ts";
import { MOST_PROBLEMS, type Problem } from "./problem.ts";

/** Why a text is no object that may be read. `complete` is false while it may still be growing. */
interface NoObject {
  complete: boolean;
  problem: string;
}

/** The JSON object of a file that a person wrote: with its text, and the keys in it that no file may have. */
interface ReadObject {
  value: Record<string, unknown>;
  text: string;
  forbidden: Problem[];
}

/** The JSON object in the bytes of a file that a person wrote, or why there is none; `sample` shows one. */
export function readObject(bytes: Uint8Array, sample: string): ReadObject | NoObject {
  const text = decode(bytes);
  if (text === undefined) return { complete: false, problem: "not UTF-8 text: save the file as UTF-8" };
  const json = parseObject(text, sample);
  if (!("value" in json)) return json;
  const forbidden: Problem[] = [];
  findForbidden(json.value, [], forbidden);
  for (const path of doubleKeys(text))
    forbidden.push({ path, message: "this key stands twice in its object: keep the one that is meant" });
  return { value: json.value as Record<string, unknown>, text, forbidden };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

// No strict prefix of a JSON object is one itself, so a text that parses as an object is complete.
function parseObject(text: string, sample: string): { value: object } | NoObject {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof JsonTooDeepError) return { complete: true, problem: message };
    return { complete: false, problem: `not JSON: ${message}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const kind = Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
    return { complete: false, problem: `line 1: expected a JSON object ${sample}, got ${kind}` };
  }
  return { value };
}

// Recursion is safe here: the depth of what was parsed is limited. `path` is where `value` stands, and is so again at the end.
function findForbidden(value: object, path: PropertyKey[], found: Problem[]): void {
  const keys = Array.isArray(value) ? undefined : Object.keys(value);
  const entries: readonly unknown[] = keys ? Object.values(value) : (value as unknown[]);
  for (let i = 0; i < entries.length && found.length <= MOST_PROBLEMS; i++) {
    const [key, inner] = [keys?.[i] ?? i, entries[i]];
    path.push(key);
    if (typeof key === "string" && FORBIDDEN.has(key))
      found.push({ path: [...path], message: "this key is not allowed" });
    else if (typeof inner === "object" && inner !== null) findForbidden(inner, path, found);
    path.pop();
  }
}

const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);
