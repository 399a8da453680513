import { size } from "../../format/figures.ts";
import { type ShownState, state } from "../../format/state.ts";
import { since } from "../../format/times.ts";
import { html, type View } from "../../html.ts";
import { action, linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { progress, progressShare } from "../../parts/facts.ts";
import { live } from "../../parts/list.ts";
import { notice, verdict } from "../../parts/verdict.ts";

/** An analysis that waits, is at work, or came to nothing. */
export interface AnalysisProgressView {
  id: string;
  title: string;
  files: readonly string[];
  state: ShownState;
  /** When it was claimed, or ended. */
  at: string;
  /** Its own address, to ask again. */
  here: string;
  /** What is being done, as a sentence. */
  step?: string;
  /** How much there is: `2,648 lines`, and a decimal string. */
  lines?: string;
  bytes?: string;
  /** Parts of the work. */
  done?: number;
  total?: number;
  notes?: readonly string[];
  error?: { message: string; hint?: string };
  waits?: string;
  mayAct: boolean;
  now: number;
}

/** What is known of it now; the page becomes that of what was found by itself. */
export function analysisProgressPage(view: AnalysisProgressView): View {
  const { id, title, state: is, here, at, now, error, waits, mayAct } = view;
  const runs = is === "running" || is === "queued";
  const again = !runs && mayAct && action(`/analyses/${id}/again`, "Analyse again", { look: "primary" });
  const top = head(title, {
    aside: html`${state(is)}${runs && html`<span class="soft">${since(at, now)}</span>`}`,
    tools: html`${linkButton("Job", `/jobs/${id}`)}${again}`,
  });
  const why = error?.message ?? (is === "cancelled" ? "It was cancelled." : "It ended without figures.");
  const body = runs
    ? html`${waits && notice("wait", waits)}${card({ title: "Running" }, html`${working(view)}${names(view)}`)}`
    : html`${verdict(is, why, [error?.hint])}${card({ title: "Files" }, names(view))}`;
  // The whole page is asked for again, so that its head changes too when it has ended.
  return html`<div class="stack-page"${live("whole", here, runs && 1)}>${top}${body}</div>`;
}

function working({ state: is, step, lines, bytes, done, total, notes = [] }: AnalysisProgressView): View {
  if (is === "queued") return html`<p role="status">Waiting for a free slot.</p>`;
  const much = [lines, bytes && size(bytes)].filter(Boolean).join(", ");
  const far = done !== undefined && total ? progressShare(done, total, "parts") : undefined;
  return html`<div><p role="status">${step ?? "The formats are found"} …</p>${progress("Parts", done, total, [much, far].filter(Boolean).join(", "))}</div>${notes.length > 0 && html`<p class="soft">${notes.slice(-3).join("; ")}</p>`}`;
}

function names({ files }: AnalysisProgressView): View {
  return files.length === 0
    ? html`<p class="soft">The folders of analyses.json.</p>`
    : html`<ul class="mono">${files.map(name => html`<li>${name}</li>`)}</ul>`;
}
