/** How deep lists and objects may stand in one another in what somebody sends or drops. */
export const MAX_DEPTH = 100;

/** A JSON text that is nested deeper than anything we read, so that no later step that recurses can run out of stack. */
export class JsonTooDeepError extends SyntaxError {
  override name = "JsonTooDeepError";
}

/** Parses JSON from outside this process. Every text passes here: the depth is checked in one pass, without recursion. */
export function parseJson(text: string): unknown {
  if (isDeeperThan(text, MAX_DEPTH))
    throw new JsonTooDeepError(`lists and objects are nested deeper than ${MAX_DEPTH} levels`);
  // An editor's byte order mark is no part of the text.
  return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
}

/** The index of the quote that ends the string which starts at `start`, or the end of the text. */
export function endOfString(text: string, start: number): number {
  for (let i = text.indexOf('"', start + 1); i >= 0; i = text.indexOf('"', i + 1)) {
    let first = i;
    while (text.charCodeAt(first - 1) === BACKSLASH) first--;
    // An even number of backslashes escape each other, and the quote stands for itself.
    if ((i - first) % 2 === 0) return i;
  }
  return text.length;
}

const BACKSLASH = 92;

/**
 * The places of keys that an object of a valid JSON text has twice, a few of them. JSON.parse takes the last of them and
 * says nothing, so what a person meant by the first would be lost.
 */
export function doubleKeys(text: string, most = 20): (string | number)[][] {
  const found = new Map<string, (string | number)[]>();
  // The keys of each object around, or the index within each list; the key or index that is open in each.
  const frames: { keys?: Set<string>; at: string | number }[] = [];
  let atKey = false;
  for (let i = 0; i < text.length && found.size < most; i++) {
    const code = text.charCodeAt(i);
    const frame = frames.at(-1);
    if (code === 34) {
      const end = endOfString(text, i);
      if (atKey && frame?.keys) {
        frame.at = JSON.parse(text.slice(i, end + 1)) as string;
        const path = frames.map(({ at }) => at);
        if (frame.keys.has(frame.at)) found.set(JSON.stringify(path), path);
        frame.keys.add(frame.at);
      }
      atKey = false;
      i = end;
    } else if (code === 91 || code === 123) {
      frames.push(code === 123 ? { keys: new Set(), at: "" } : { at: 0 });
      atKey = code === 123;
    } else if (code === 93 || code === 125) frames.pop();
    else if (code === 44 && frame) {
      atKey = frame.keys !== undefined;
      if (typeof frame.at === "number") frame.at += 1;
    }
  }
  return [...found.values()];
}

function isDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) i = endOfString(text, i);
    else if (code === 91 || code === 123) depth += 1;
    else if (code === 93 || code === 125) depth -= 1;
    if (depth > most) return true;
  }
  return false;
}
