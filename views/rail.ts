import { compact } from "./figures.ts";
import { html, type Part, type View } from "./html.ts";
import { state } from "./state.ts";

/** A place in the rail: where it is, and how many there are; red only where a person is needed. */
export interface Place {
  name: string;
  href: string;
  count?: number;
  bad?: boolean;
}

/** What the rail shows: every place in its section, how the services are, and who is here. */
export interface Rail {
  sections: readonly { name?: string; places: readonly Place[] }[];
  /** The address of the place where the page belongs. */
  here: string;
  health: { well: boolean; words: string };
  person?: { name: string; role: string };
}

/** Where everything is, and how the world is beside it. */
export function rail({ sections, here, health, person }: Rail): View {
  return html`<nav class="rail" id="rail" aria-label="Portal"><a class="brand" href="/">Data Operations</a>
${sections.map(({ name, places }) => html`<section>${name && html`<h2>${name}</h2>`}<ul>${places.map(place => entry(place, here))}</ul></section>`)}
<footer><a href="/doctor">${state(health.well ? "well" : "away", health.words)}</a>${person && who(person)}</footer></nav>`;
}

function entry({ name, href, count, bad }: Place, here: string): View {
  const number: Part = count !== undefined && html`<span class="n${bad && " bad"}">${compact(count)}</span>`;
  return html`<li><a href="${href}"${href === here && html` aria-current="page"`}><span>${name}</span>${number}</a></li>`;
}

function who({ name, role }: { name: string; role: string }): View {
  return html`<a href="/account">${name} · ${role}</a><form method="post" action="/logout"><button>Log out</button><button type="button" data-theme-switch>Theme</button></form>`;
}
