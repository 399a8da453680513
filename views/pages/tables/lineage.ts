import type { Lineage, LineageState, Station } from "../../../core/stations/lineage.ts";
import { group, size } from "../../format/figures.ts";
import { proof, state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { card } from "../../parts/card.ts";
import { table } from "../../parts/table.ts";
import { breakable, tableHref, tableName } from "../../parts/table-name.ts";

/** What the states of lineages are called, and how they look. */
export const LINEAGE_LOOKS: Readonly<Record<LineageState, { word: string; shown: Parameters<typeof state>[0] }>> = {
  failed: { word: "Failed", shown: "failed" },
  gone: { word: "Gone", shown: "skipped" },
  behind: { word: "Behind", shown: "warning" },
  unproven: { word: "Not proven", shown: "pending" },
  new: { word: "Never copied", shown: "queued" },
  current: { word: "Up to date", shown: "succeeded" },
};

/** A state of a lineage or station, as symbol and word. */
function lineageState(of: LineageState): View {
  const { word, shown } = LINEAGE_LOOKS[of];
  return state(shown, word);
}

/** The state of a lineage or station with what more there is to say of it. */
export function stateWords({ state: of, words }: { state: LineageState; words: string }): View {
  const more = words.toLowerCase() !== LINEAGE_LOOKS[of].word.toLowerCase();
  return html`${lineageState(of)}${more && html`<small>${words}</small>`}`;
}

/** The stations of a table in a row, each with its state in words: for a line of a list. */
export function stationLine({ stations }: Lineage): View {
  return html`<ol class="stations">${stations.map(station => html`<li class="${station.state}">${stationName(station)}<small>${station.words}</small></li>`)}</ol>`;
}

/** Where a table stands: each of its ways as a card with its stations, and the schedules that touch it. */
export function lineageCards(
  lineages: readonly Lineage[],
  { here, now, schedules }: { here: string; now: number; schedules: readonly { name: string; title: string }[] },
): Part {
  const cards = lineages.map((lineage, i) =>
    card(
      {
        title: lineages.length === 1 ? "Stations" : `Stations to ${lineage.last}`,
        id: `stations-${i + 1}`,
        look: "tight",
        aside: html`${lineageState(lineage.state)} ${lineage.seen ? html`all looked at ${ago(lineage.seen, now)}` : "not all looked at by a check for drift yet"}`,
      },
      stationTable(lineage, here, now),
    ),
  );
  const touched =
    schedules.length > 0 &&
    html`<p class="soft">Schedules that touch it: ${schedules.map(({ name, title }, i) => html`${i > 0 && ", "}<a href="/schedules/${encodeURIComponent(name)}">${title || name}</a>`)}</p>`;
  return html`${cards}${touched}`;
}

function stationTable({ stations, name }: Lineage, here: string, now: number): View {
  return table<Station>(
    {
      caption: `The way of ${name}, from the first place to the last`,
      columns: [
        {
          head: "Station",
          cell: ({ name: own }) =>
            own === here ? html`<strong class="mono">${breakable(own)}</strong>` : tableName(own, "narrow"),
        },
        { head: "State", cell: station => stateWords(station) },
        { head: "Rows", num: true, cell: ({ rows }) => rows !== undefined && group(rows) },
        { head: "Bytes", num: true, cell: ({ bytes }) => bytes !== undefined && size(bytes) },
        {
          head: "Written",
          cell: ({ at, job, type, by }) =>
            at && html`${ago(at, now)}<small><a href="/jobs/${job}">${type}</a> of ${by}</small>`,
        },
        {
          head: "Proof",
          cell: ({ proof: found }) => found && proof(found.verdict, `/jobs/${found.job}`),
        },
        {
          head: "Snapshot",
          cell: ({ snapshot, metadataFile }) =>
            html`${snapshot && html`<code>${snapshot}</code>`}${metadataFile && html`<details class="more"><summary>File</summary><span class="mono value">${metadataFile}</span></details>`}`,
        },
        { head: "Looked at", cell: ({ seen }) => seen && ago(seen, now) },
      ],
    },
    stations,
  );
}

function stationName({ name }: Station): Part {
  const place = name.slice(0, name.indexOf("."));
  const href = tableHref(name);
  return href ? html`<a href="${href}" title="${name}">${place}</a>` : html`<span title="${name}">${place}</span>`;
}
