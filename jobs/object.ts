/** Why a text is no object that may be read. `complete` is false while it may still be growing. */
interface NoObject {
  complete: boolean;
  problem: string;
}

/** The JSON object in the bytes of a file that a person wrote, with its text, or why there is none; `sample` shows one. */
export function readObject(bytes: Uint8Array, sample: string): { value: object; text: string } | NoObject {
  const text = decode(bytes);
  if (text === undefined) return { complete: false, problem: "not UTF-8 text: save the file as UTF-8" };
  const json = parseObject(text, sample);
  if (!("value" in json)) return json;
  const forbidden = findForbidden(json.value);
  if (forbidden) return { complete: true, problem: `${forbidden}: this key is not allowed` };
  return { value: json.value, text };
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
    value = JSON.parse(text);
  } catch (error) {
    return { complete: false, problem: `not JSON: ${(error as Error).message}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const kind = Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
    return { complete: false, problem: `line 1: expected a JSON object ${sample}, got ${kind}` };
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
