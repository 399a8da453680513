import { group } from "../../format/figures.ts";
import type { ShownState } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, joinParts, type View } from "../../html.ts";
import { card } from "../../parts/card.ts";
import { copyable } from "../../parts/facts.ts";
import { verdict } from "../../parts/verdict.ts";

/** One service: as the worker saw it last, and what the last test of it came to. */
export interface ServiceLine {
  name: string;
  title: string;
  now?: { ok: boolean; ms: number; version?: string; error?: string };
  tested?: { state: ShownState; notes: readonly string[]; seconds?: number; error?: string; hint?: string } | undefined;
  /** What mends it, where it is ill. */
  hint?: string;
}

/** The worker's last sign of life. */
export interface Beat {
  pid: number;
  host: string;
  since: string;
  at: string;
  lanes: readonly { lane: string; busy: number; slots?: number }[];
  waiting: number;
  freeMb: number;
  limitMb: number;
  lowDisk: boolean;
}

/** Whether a service needs somebody: what a test found ill stays so until a test finds it well. */
export function isUnhealthy({ now, tested }: ServiceLine): boolean {
  return now?.ok === false || tested?.state === "failed";
}

/** That no worker runs, and what starts one. */
export function noWorker(beat: Beat | undefined, now: number): View {
  const lastSeen = beat
    ? html`The last one, process ${beat.pid} on ${beat.host}, gave its last sign of life ${ago(beat.at, now)}.`
    : "There has been none in this folder yet.";
  const why = "Jobs wait in queue/ until one comes; nothing is lost. Start it:";
  return verdict("failed", "No worker is running", [lastSeen, why], copyable("npm run worker", "What starts a worker"));
}

/** That the disk is nearly full, and what to do. */
export function lowDisk({ freeMb, limitMb }: Beat): View {
  return verdict("failed", `Only ${group(freeMb)} MB are free on the disk`, [
    `Below ${group(limitMb)} MB no new job is started, so that those that run can end well. Make room, or lower the limit in .env:`,
    html`<code>MIN_FREE_MB=${limitMb}</code>`,
  ]);
}

/** What is wrong with a service, and the sentence or command that mends it, to copy. */
export function remedy({ title, now, tested, hint = "Look at its log." }: ServiceLine): View {
  const why = tested?.state === "failed" ? tested.error : `${title} ${now?.error ?? "does not answer"}.`;
  const commands = commandsIn(hint);
  const copies = (commands.length > 0 ? commands : [hint]).map(text => copyable(text, `What mends ${title}`));
  const recovered = now?.ok && "The worker reaches it by now. Test again to see whether this still holds.";
  return card(
    { title, aside: "needs attention" },
    html`<p class="bad">${why}</p>${recovered && html`<p class="soft">${recovered}</p>`}${commands.length > 0 && html`<p>${withCode(hint)}</p>`}${copies}`,
  );
}

/** The commands, statements and lines for .env that a sentence holds. */
export function commandsIn(hint: string): string[] {
  const found = [...hint.matchAll(/`([^`]+)`|\b([A-Z][A-Z_]{4,}=\S+?)(?=[\s,.]|$)|(GRANT [^;]+;)/g)];
  return [...new Set(found.map(([, code, line, grant]) => code ?? line ?? grant ?? ""))];
}

function withCode(hint: string): View {
  return joinParts(hint.split("`").map((text, i) => (i % 2 === 1 ? html`<code>${text}</code>` : text)));
}
