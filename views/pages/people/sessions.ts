import type { LoginSession } from "../../../core/people/sessions.ts";
import { ago } from "../../format/times.ts";
import { html, type View } from "../../html.ts";
import { action, confirm } from "../../parts/button.ts";
import { card } from "../../parts/card.ts";
import { type Column, table } from "../../parts/table.ts";

/** Where somebody is logged in, each with what ends it. */
export function sessionsCard(sessions: readonly LoginSession[], now: number): View {
  const columns: Column<LoginSession>[] = [
    {
      head: "Device",
      cell: ({ agent, current }) =>
        html`<span title="${agent ?? ""}">${deviceName(agent)}</span>${current && html` <small>this one</small>`}`,
    },
    { head: "Address", cell: ({ address }) => html`<span class="soft">${address ?? "not known"}</span>` },
    { head: "Since", cell: ({ since }) => html`<span class="soft">${ago(since, now)}</span>` },
    { head: "Seen", cell: ({ seen }) => html`<span class="soft">${ago(seen, now)}</span>` },
    {
      head: "What can be done",
      quiet: true,
      cell: ({ id, current }) => !current && action(`/account/sessions/${id}/end`, "End", { look: "danger" }),
    },
  ];
  const others = sessions.filter(({ current }) => !current).length;
  const all =
    others > 1 &&
    confirm(
      "End all others",
      `End ${others} other sessions? Whoever uses one has to log in again.`,
      action("/account/sessions/end-others", "End all others", { look: "danger" }),
    );
  return card(
    { title: "Where you are logged in", look: "tight", aside: `${sessions.length}`, tools: all },
    table({ caption: "Your sessions", columns }, sessions),
  );
}

/** The browser and system that a user agent names, as far as people know them: `Firefox on Linux`. */
export function deviceName(agent = ""): string {
  const known = (names: readonly (readonly [RegExp, string])[]) => names.find(([sign]) => sign.test(agent))?.[1];
  const browser = known(BROWSERS) ?? agent.split(/[\s/]/)[0];
  const system = known(SYSTEMS);
  return [browser || "A program that does not name itself", system].filter(Boolean).join(" on ");
}

// Each calls itself by the names of those that came before it, so the youngest is asked for first.
const BROWSERS = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
] as const;

const SYSTEMS = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
] as const;
