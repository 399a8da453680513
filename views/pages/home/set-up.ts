import { group } from "../../format/figures.ts";
import { type ShownState, state } from "../../format/state.ts";
import { since } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { card } from "../../parts/card.ts";
import { progress } from "../../parts/facts.ts";
import { live } from "../../parts/list.ts";
import { table } from "../../parts/table.ts";

/** A part of the set-up as pages show it. */
export interface SetUpLine {
  kind: "download" | "start";
  title: string;
  neededFor: string;
  state: "pending" | "running" | "succeeded" | "failed" | "stopped";
  /** Since when it is in this state. */
  since: string;
  done?: number;
  megabytes?: number;
  error?: string;
}

/** The set-up on the overview: each part, how far it is, and what waits for it. Nothing once all is there. */
export function setUpCard(parts: readonly SetUpLine[], now: number): View | undefined {
  if (parts.length === 0) return undefined;
  const there = parts.filter(part => part.state === "succeeded").length;
  const listed = table(
    {
      caption: "Set-up",
      columns: [
        {
          head: "Part",
          cell: ({ title, error }: SetUpLine) => html`${title}${error && html`<small class="bad">${error}</small>`}`,
        },
        { head: "State", cell: line => state(...shown(line)) },
        { head: "How far", cell: line => howFar(line, now) },
        { head: "Needed for", cell: ({ neededFor }) => neededFor },
      ],
    },
    parts,
  );
  const stopped = parts.some(part => part.state === "stopped") && html`<p class="inside-line">${STOPPED}</p>`;
  return card(
    { title: "Set-up", aside: `${there} of ${parts.length} parts are there`, look: "tight" },
    html`${listed}${stopped}`,
  );
}

/** The same in two lines, above every other page: what is missing, and what can't be done without it. Follows by itself. */
export function setUpNotice(parts: readonly SetUpLine[]): View {
  const open = parts.filter(part => part.state !== "succeeded");
  const first = open.find(part => part.state === "failed") ?? open.find(part => part.state === "running") ?? open[0];
  if (!first) return html`<div id="set-up" hidden></div>`;
  const look = first.state === "failed" ? "bad" : "wait";
  const more = open.length - 1;
  return html`<div class="notice ${look}"${live("set-up", "/set-up", 2)}>${state(...shown(first))} ${first.title}${first.state === "running" && first.kind === "download" && html`, ${size(first)}`}. ${first.error ?? (first.state === "stopped" && STOPPED)} It is needed for ${first.neededFor}.${more > 0 && html` <a href="/">${more} more ${more === 1 ? "part" : "parts"}</a>`}</div>`;
}

const STOPPED = "The set-up was stopped. Run `npm start` again: it goes on with what is missing.";

function shown({ kind, state: now }: SetUpLine): [state: ShownState, word: string] {
  if (now === "running") return ["running", kind === "download" ? "Being installed" : "Starting"];
  if (now === "succeeded") return ["succeeded", kind === "download" ? "Installed" : "Started"];
  if (now === "stopped") return ["warning", "Stopped"];
  if (now === "failed") return ["failed", "Failed"];
  return ["pending", kind === "download" ? "To be installed" : "To be started"];
}

function howFar(line: SetUpLine, now: number): Part {
  if (line.state !== "running") return undefined;
  if (line.kind === "start") return html`<span class="soft">for ${since(line.since, now)}</span>`;
  return progress(line.title, line.done ?? 0, line.megabytes, size(line));
}

function size({ done = 0, megabytes }: SetUpLine): string {
  return megabytes ? `${group(Math.min(done, megabytes))} of ${group(megabytes)} MB` : `${group(done)} MB`;
}
