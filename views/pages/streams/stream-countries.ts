import { percent } from "../../charts/shares.ts";
import { worldMap } from "../../charts/world.ts";
import { countryName } from "../../charts/world-shapes.ts";
import { counted, group } from "../../format/figures.ts";
import { html, type View } from "../../html.ts";
import { card } from "../../parts/card.ts";
import { table } from "../../parts/table.ts";
import type { StreamFigures } from "./stream-figures.ts";

type From = StreamFigures["countries"][number];

const FIRST = 10;

/** Where requests came from: the map, and the table that says the same in words. */
export function countries({ countries: all, requests: total }: StreamFigures): View {
  const known = all.flatMap(({ code, requests }) => (code ? [{ code, count: requests }] : []));
  const map = worldMap("Requests by country", known, "request");
  const [first, rest] = [all.slice(0, FIRST), all.slice(FIRST)];
  const more =
    rest.length > 0 &&
    html`<details class="more inside-line"><summary>${counted(rest.length, "more place")}</summary>${places("Places that fewer requests came from", rest, total)}</details>`;
  return card(
    { title: "Countries", look: "tight", aside: counted(known.length, "country", "countries") },
    html`<div class="countries">${map}<div>${places("Requests by country, the most first", first, total)}${more}</div></div>
<p class="inside-line soft small">Countries by address: <a href="https://db-ip.com">IP Geolocation by DB-IP</a>, CC BY 4.0.</p>`,
  );
}

function places(caption: string, all: readonly From[], total: number): View {
  const columns = [
    { head: "From", cell: (one: From) => nameOf(one) },
    { head: "Requests", num: true, cell: ({ requests }: From) => group(requests) },
    {
      head: "Share",
      num: true,
      cell: ({ requests }: From) => html`<span class="soft">${percent(requests, total)}</span>`,
    },
  ];
  return table({ caption, columns }, all);
}

const CLASSES: Readonly<Record<string, string>> = {
  private: "Private networks",
  loopback: "The machine itself",
  "link-local": "Link-local addresses",
  reserved: "Reserved addresses",
  ipv6: "IPv6, country not known",
  public: "Country not known",
  unknown: "Country not known",
  invalid: "No address",
};

function nameOf({ code, ipClass = "unknown" }: From): View {
  return code ? html`${countryName(code)}` : html`<span class="soft">${CLASSES[ipClass] ?? ipClass}</span>`;
}
