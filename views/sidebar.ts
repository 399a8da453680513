import { compactNumber } from "./format/figures.ts";
import { state } from "./format/state.ts";
import { html, type Part, type View } from "./html.ts";

/** A place in the sidebar: where it is, and how many there are; red only where a person is needed. */
export interface NavigationLink {
  name: string;
  href: string;
  count?: number;
  bad?: boolean;
}

/** What the sidebar shows: every place in its section, how the services are, and who is here. */
export interface Sidebar {
  sections: readonly { name?: string; links: readonly NavigationLink[] }[];
  /** The address of the place where the page belongs. */
  here: string;
  health: { state: "healthy" | "running" | "unavailable"; words: string };
  person?: { name: string; role: string };
}

/** Where everything is, and how the world is beside it. */
export function sidebar({ sections, here, health, person }: Sidebar): View {
  return html`<nav class="sidebar" id="sidebar" aria-label="Portal"><a class="brand" href="/">Data Operations</a><a class="find" href="/search" data-search>Search <kbd>Ctrl K</kbd></a>
${sections.map(({ name, links }) => html`<section>${name && html`<h2>${name}</h2>`}<ul>${links.map(place => entry(place, here))}</ul></section>`)}
<footer><a href="/doctor">${state(health.state, health.words)}</a>${person && who(person)}</footer></nav>`;
}

function entry({ name, href, count, bad }: NavigationLink, here: string): View {
  const number: Part = count !== undefined && html`<span class="n${bad && " bad"}">${compactNumber(count)}</span>`;
  return html`<li><a href="${href}"${href === here && html` aria-current="page"`}><span>${name}</span>${number}</a></li>`;
}

function who({ name, role }: { name: string; role: string }): View {
  return html`<a href="/account">${name} · ${role}</a><form method="post" action="/logout"><button>Log out</button><button type="button" data-theme-switch>Theme</button><button type="button" data-keys hidden>Keys</button></form>`;
}
