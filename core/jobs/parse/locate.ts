import { endOfString } from "./json.ts";

/** A place in a JSON value: keys of objects and indexes of lists. */
export type Path = readonly (string | number)[];

/** The line of each path in a text that is valid JSON, all in one pass; of the nearest thing around it where it is not there. */
export function linesOf(text: string, paths: readonly Path[]): (number | undefined)[] {
  const root: Place = { inside: new Map() };
  const chains = paths.map(path => chainOf(root, path));
  locate(text, root);
  const offsets = chains.map(chain => chain.findLast(({ offset }) => offset !== undefined)?.offset);
  const lines = lineNumbers(text, offsets);
  return offsets.map(offset => (offset === undefined ? undefined : lines.get(offset)));
}

/** A place that is looked for, or one on the way to it. */
interface Place {
  inside: Map<string | number, Place>;
  offset?: number;
}

interface Frame {
  place: Place | undefined;
  /** The index of the entry that comes; undefined in an object. */
  index?: number;
  /** In an object: the next string is a key. */
  atKey: boolean;
}

function chainOf(root: Place, path: Path): Place[] {
  let here = root;
  return path.map(step => {
    const next = here.inside.get(step) ?? { inside: new Map() };
    here.inside.set(step, next);
    here = next;
    return next;
  });
}

function locate(text: string, root: Place): void {
  const frames: Frame[] = [];
  let frame: Frame | undefined;
  // The place whose value comes next.
  let next: Place | undefined = root;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 32) continue;
    if (frame?.index !== undefined && next && next.offset === undefined) next.offset = i;
    if (code === QUOTE) {
      const end = endOfString(text, i);
      if (frame?.atKey) {
        frame.atKey = false;
        next = frame.place?.inside.size ? frame.place.inside.get(keyOf(text.slice(i, end + 1))) : undefined;
        if (next) next.offset = i;
      }
      i = end;
    } else if (code === LIST || code === OBJECT) {
      if (frame) frames.push(frame);
      frame = code === LIST ? { place: next, index: 0, atKey: false } : { place: next, atKey: true };
      next = code === LIST ? frame.place?.inside.get(0) : undefined;
    } else if (code === END_OF_LIST || code === END_OF_OBJECT) {
      frame = frames.pop();
      next = undefined;
    } else if (code === COMMA && frame) {
      if (frame.index === undefined) frame.atKey = true;
      else next = frame.place?.inside.get(++frame.index);
    }
  }
}

const [QUOTE, COMMA, LIST, END_OF_LIST, OBJECT, END_OF_OBJECT] = [34, 44, 91, 93, 123, 125];

function keyOf(written: string): string {
  return written.includes("\\") ? String(JSON.parse(written)) : written.slice(1, -1);
}

function lineNumbers(text: string, offsets: readonly (number | undefined)[]): Map<number, number> {
  const sorted = [...new Set(offsets.filter(offset => offset !== undefined))].sort((a, b) => a - b);
  let [line, at] = [1, text.indexOf("\n")];
  const found = new Map<number, number>();
  for (const offset of sorted) {
    for (; at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
    found.set(offset, line);
  }
  return found;
}
