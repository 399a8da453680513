import type { LogLevel } from "../../../core/log-reader/levels.ts";
import type { LogLine } from "../../../core/log-reader/lines.ts";
import { ansi } from "../../format/ansi.ts";
import { group } from "../../format/figures.ts";
import { html, type Part, type View } from "../../html.ts";
import { linkButton } from "../../parts/button.ts";
import { card } from "../../parts/card.ts";

/** How lines are shown: where the number of each leads, which one is marked, by its offset, and which text is. */
export interface LineLook {
  /** The address of the line, without its place: that is `?line=…` or `?at=…`. */
  href: string;
  marked?: number | undefined;
  find?: string;
}

/** The lines of a log, each with its number, which is a link to it. */
export function logLines(lines: readonly LogLine[], look: LineLook): View {
  const wanted = look.find ? finder(look.find) : undefined;
  return html`${lines.map(line => logLine(line, look, wanted))}`;
}

/** The last lines of a log, for the page of its job. */
export function logTail(lines: readonly LogLine[], href: string): View {
  return card(
    { title: "Log", tools: linkButton("The whole log", href), look: "tight" },
    html`<div class="log" hx-ignore tabindex="0" role="region" aria-label="Last lines of the log"><ol>${logLines(lines, { href })}</ol></div>`,
  );
}

/** The name of a line within the page: by its number, or by its place while that is not known. */
function anchorOf({ number, offset }: Pick<LogLine, "number" | "offset">): string {
  return number === undefined ? `B${offset}` : `L${number}`;
}

// What is critical is an error with a sign of its own.
const LOOKS: Readonly<Record<LogLevel, readonly string[]>> = {
  critical: ["error", "critical"],
  error: ["error"],
  warn: ["warn"],
  info: [],
  debug: [],
};

function logLine(line: LogLine, { href, marked }: LineLook, wanted: RegExp | undefined): View {
  const { number, offset, level, continues, cut } = line;
  const isMarked = offset === marked;
  const looks = [...(level ? LOOKS[level] : []), continues && "more", isMarked && "marked"];
  const kind = looks.filter(Boolean).join(" ");
  const place = number === undefined ? `at=${offset}` : `line=${number}`;
  const to = `${href}${href.includes("?") ? "&" : "?"}${place}#${anchorOf(line)}`;
  return html`<li id="${anchorOf(line)}" data-at="${offset}"${kind && html` class="${kind}"`}><a href="${to}"${isMarked && html` id="marked" aria-current="true"`}${number === undefined && html` data-uncounted aria-label="this line"`}>${number === undefined ? "·" : group(number)}</a><code>${pieces(line.text, wanted)}${cut && html` <em>… the line is longer than what is shown</em>`}</code></li>
`;
}

function pieces(text: string, wanted: RegExp | undefined): Part {
  return ansi(text).map(({ text: part, classes }) => {
    const inner = wanted ? marked(part, wanted) : part;
    return classes.length > 0 ? html`<span class="${classes.join(" ")}">${inner}</span>` : inner;
  });
}

function marked(text: string, wanted: RegExp): Part {
  return text.split(wanted).map((part, index) => (index % 2 === 1 ? html`<mark>${part}</mark>` : part));
}

function finder(text: string): RegExp {
  return new RegExp(`(${text.slice(0, 1000).replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")})`, "i");
}
