import { group } from "../../format/figures.ts";
import { state } from "../../format/state.ts";
import { ago, clock, since } from "../../format/times.ts";
import { html, type View } from "../../html.ts";
import { card } from "../../parts/card.ts";
import { type Column, table } from "../../parts/table.ts";
import { nothingYet } from "../../parts/verdict.ts";

/** A time in which a service was unhealthy. */
export interface OutageLine {
  title: string;
  from: string;
  until?: string;
  why: string;
}

const SHOWN = 20;

/** When services were unhealthy, why, and when they were healthy again. */
export function healthHistory(outages: readonly OutageLine[], now: number): View {
  if (outages.length === 0)
    return card(
      { title: "Health history" },
      nothingYet("Nothing was unhealthy so far.", "The worker notes every change."),
    );
  const columns: Column<OutageLine>[] = [
    { head: "Service", cell: ({ title, why }) => html`${title}<small>${why}</small>` },
    {
      head: "State",
      cell: ({ until }) => (until ? state("healthy", "Healthy again") : state("unavailable", "Unhealthy")),
    },
    { head: "Unhealthy", cell: ({ from }) => ago(from, now) },
    { head: "Healthy again", cell: ({ until }) => (until ? ago(until, now) : html`<span class="soft">not yet</span>`) },
    {
      head: "For",
      num: true,
      cell: ({ from, until }) => (until ? clock(Date.parse(until) - Date.parse(from)) : since(from, now)),
    },
  ];
  const more = outages.length > SHOWN;
  const aside = more ? `the last ${SHOWN} of ${group(outages.length)}; the API has all` : undefined;
  return card(
    { title: "Health history", ...(aside && { aside }), look: "tight" },
    table({ caption: "Health history", columns }, outages.slice(0, SHOWN)),
  );
}
