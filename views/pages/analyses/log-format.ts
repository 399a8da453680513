import { level } from "../../format/levels.ts";
import { state } from "../../format/state.ts";
import { html, type Part, type View } from "../../html.ts";
import { action, linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { hidden, selectField, textArea, textField } from "../../parts/form.ts";
import { table } from "../../parts/table.ts";
import { nothingYet, notice } from "../../parts/verdict.ts";

/** A line as the new format reads it. `time`: it matches, but its time is not understood; `matches`: Spark was not asked. */
export interface ReadLine {
  raw: string;
  state: "read" | "matches" | "time" | "not read";
  time?: string;
  level?: string;
  message?: string;
}

/** The page that makes a format: what was typed, what is wrong with it, how the lines are read. */
export interface FormatView {
  typed: {
    lines: string;
    time: string;
    level: string;
    message: string;
    written: string;
    follows: string;
    name: string;
  };
  wrong: Partial<Record<keyof FormatView["typed"], string>>;
  tried?: { pattern: string; lines: readonly ReadLine[]; unavailable?: string };
}

/** Five lines, what of the first is its time, level and message, and how all five are read. */
export function formatPage({ typed, wrong, tried }: FormatView): View {
  const field = (name: "time" | "level" | "message", label: string, placeholder: string, hint: string) =>
    textField({ name, label, value: typed[name], placeholder, hint, error: wrong[name] });
  const lines = textArea({
    ...{
      name: "lines",
      label: "Up to five lines of the log",
      value: typed.lines,
      rows: 6,
      mono: true,
      error: wrong.lines,
    },
    hint: "As they stand in the file, the first line of a record in front.",
  });
  const follows = selectField({
    ...{ name: "follows", label: "Other lines below a record", value: typed.follows, error: wrong.follows },
    options: [
      ["traces", "belong to it where they look like a stack trace"],
      ["all", "always belong to it"],
      ["none", "never belong to it"],
    ],
  });
  const written = textField({
    ...{ name: "written", label: "How times are written", value: typed.written, error: wrong.written },
    placeholder: "left empty it is found out",
    hint: html`Only where it is not found out: <code>dd.MM.yyyy HH:mm:ss</code>, <code>MM-dd HH:mm:ss.SSS</code>.`,
  });
  const save =
    tried &&
    html`<div class="row">${textField({ name: "name", label: "Name of the format", value: typed.name, placeholder: "shop-app", error: wrong.name })}<button class="button primary" name="do" value="save">Save format</button></div>`;
  return html`<div class="stack-page">${head("Describe a log format", { tools: linkButton("All formats", "/analyses/formats") })}
${card(
  { title: "Lines and marks" },
  html`<form method="post" action="/analyses/formats" class="form">${lines}
${field("time", "Time in the first line", "2024-05-01 10:00:00", "Copy it from the first line, whole.")}
${field("level", "Level in the first line", "ERROR", "Left empty where lines have none.")}
${field("message", "Message in the first line", "payment failed", "Left empty it is what follows the time and the level.")}
${written}${follows}<div class="row"><button class="button" name="do" value="try">Try it</button></div>${result(tried)}${save}</form>`,
)}</div>`;
}

function result(tried: FormatView["tried"]): Part {
  if (!tried) return undefined;
  const { lines, pattern, unavailable } = tried;
  const shown = {
    read: state("succeeded", "Parsed"),
    matches: state("warning", "Matches"),
    time: state("failed", "Time not known"),
    "not read": state("failed", "Unparsed"),
  };
  return html`${unavailable && notice("wait", `${unavailable} The marks were found, but times and levels were not looked at.`)}${table(
    {
      caption: "How the lines are read",
      columns: [
        { head: "State", cell: (line: ReadLine) => shown[line.state] },
        { head: "Time (UTC)", cell: line => line.time },
        { head: "Level", cell: line => (line.state === "read" ? level(line.level) : line.level) },
        { head: "Message", cell: line => html`<span class="mono message">${line.message ?? line.raw}</span>` },
      ],
    },
    lines,
  )}<details class="more"><summary>Pattern</summary><code>${pattern}</code></details>`;
}

/** A format as the list has it. */
export interface KeptFormat {
  name: string;
  title: string;
  pattern: string;
  time?: string;
  sample: readonly string[];
}

/** The formats that people have described. */
export function formatsPage({ formats, mayChange }: { formats: readonly KeptFormat[]; mayChange: boolean }): View {
  const tools = mayChange && linkButton("Describe a format", "/analyses/formats/new");
  const list =
    formats.length === 0
      ? nothingYet(
          "No format was described yet.",
          "Some sixty are known by themselves; five lines are enough for another.",
        )
      : table(
          {
            caption: "Own formats",
            columns: [
              { head: "Name", cell: (one: KeptFormat) => html`<strong>${one.name}</strong>` },
              { head: "First line", cell: one => html`<code>${one.sample[0] ?? ""}</code>` },
              {
                head: "Pattern",
                cell: one => html`<code>${one.pattern}</code>${one.time && html`<small>${one.time}</small>`}`,
              },
              {
                head: "Remove",
                quiet: true,
                cell: one => mayChange && action("/analyses/formats/remove", "Remove", {}, hidden("name", one.name)),
              },
            ],
          },
          formats,
        );
  return html`<div class="stack-page">${head("Log formats", { tools })}${card({ title: "Own formats", look: "tight" }, list)}</div>`;
}
