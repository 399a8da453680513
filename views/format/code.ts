import hljs from "highlight.js/lib/core";
import python from "highlight.js/lib/languages/python";
import { html, joinParts, type View } from "../html.ts";

hljs.registerLanguage("python", python);

// What takes the server longer than a moment is shown without colours.
const MOST_COLOURED = 300_000;

/** Python text as lines whose parts have classes, `hljs-keyword` and so on; what a reader can't see is made visible. */
export function pythonLines(text: string): View[] {
  if (text.length > MOST_COLOURED) return text.split(/\r?\n/).map(line => visible(line));
  return linesOf(hljs.highlight(text, { language: "python", ignoreIllegals: true }).value);
}

// The highlighter gives HTML: it is taken apart and made again, so that nothing of it is believed but the classes.
function linesOf(marked: string): View[] {
  const lines: View[][] = [[]];
  const open: string[] = [];
  for (const [piece, classes, close] of marked.matchAll(PIECES)) {
    if (classes !== undefined) open.push(classes);
    else if (close) open.pop();
    else
      for (const [i, part] of plain(piece).split(/\r?\n/).entries()) {
        if (i > 0) lines.push([]);
        if (part) lines.at(-1)?.push(wrapped(part, open));
      }
  }
  return lines.map(parts => joinParts(parts));
}

const PIECES = /<span class="([\w -]+)">|(<\/span>)|[^<]+|</g;

// One span is enough: the inmost class is the one that colours.
function wrapped(text: string, open: readonly string[]): View {
  const inmost = open.at(-1);
  return inmost ? html`<span class="${inmost}">${visible(text)}</span>` : visible(text);
}

// Marks that turn the order of letters around make code read other than it runs.
function visible(text: string): View {
  const parts = text.split(HIDDEN);
  return joinParts(
    parts.map((part, i) =>
      i % 2 === 0 ? part : html`<mark title="a character that is not seen">U+${hex(part)}</mark>`,
    ),
  );
}

const HIDDEN = /([\u202A-\u202E\u2066-\u2069\u200B-\u200F\u2060\uFEFF\u0000-\u0008\u000B-\u001F\u007F])/;

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}

function plain(escaped: string): string {
  return escaped.replace(/&(amp|lt|gt|quot|#x27);/g, (_, name: string) => ENTITIES[name] ?? "");
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };
