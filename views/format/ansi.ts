import { PLAIN_STYLE, styled } from "./sgr.ts";

/** Text with its classes: `ansi-bold`, `-dim`, `-italic`, `-underline`, `ansi-red`, `ansi-bright-red`. It still has to be escaped. */
export interface StyledText {
  text: string;
  classes: string[];
}

/**
 * A line of a terminal as pieces. Of a progress line that was written over itself the last state is kept; links, titles,
 * cursor moves, other control characters, and those that turn the direction of writing, are left out.
 */
export function ansi(line: string): StyledText[] {
  const text = lastState(line);
  const pieces: StyledText[] = [];
  let style = PLAIN_STYLE;
  let at = 0;
  const add = (part: string) => {
    if (!part) return;
    const classes = [...style.looks, ...(style.colour ? [style.colour] : [])].map(name => `ansi-${name}`);
    const last = pieces.at(-1);
    if (last && last.classes.join() === classes.join()) last.text += part;
    else pieces.push({ text: part, classes });
  };
  for (const found of text.matchAll(CONTROL)) {
    add(text.slice(at, found.index));
    at = found.index + found[0].length;
    if (found[1] !== undefined) style = styled(style, found[1]);
  }
  add(text.slice(at));
  return pieces;
}

/** A line as a person reads it, without what only a terminal understands. */
export function plainText(line: string): string {
  return ansi(line)
    .map(piece => piece.text)
    .join("");
}

function lastState(line: string): string {
  let end = line.length;
  while (line[end - 1] === "\r") end -= 1;
  return line.slice(end === 0 ? 0 : line.lastIndexOf("\r", end - 1) + 1, end);
}

// Colours and looks (caught) · other sequences · links, titles and the like · two-letter escapes · what is left of controls.
const CONTROL =
  /(?:\x1b\[|\x9b)(?:([\d;:]*)m|[0-?]*[ -/]*[@-~])|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]|[\0-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
