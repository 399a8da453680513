import { html, type Part, type View } from "../html.ts";

/** A card of paper: a titled part of a page. `heading` stands in its place where it has links; `aside` stands beside it, `tools` at the right end. */
export function card(
  {
    title,
    heading,
    id,
    aside,
    tools,
    look,
  }: { title: string; heading?: Part; id?: string; aside?: Part; tools?: Part; look?: "tight" },
  body: Part,
): View {
  const label = id ?? title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return html`<section class="card" aria-labelledby="${label}-title"${id && html` id="${id}"`}>
<header><h2 id="${label}-title">${heading ?? title}</h2>${aside && html`<span class="soft">${aside}</span>`}${tools && html`<span class="tools">${tools}</span>`}</header>
${look === "tight" ? body : html`<div class="inside">${body}</div>`}
</section>`;
}

/** The head of a page: its name, what goes with it, and what can be done, at the right end. */
export function head(title: Part, { aside, tools }: { aside?: Part; tools?: Part } = {}): View {
  return html`<div class="head"><h1>${title}</h1>${aside}${tools && html`<span class="tools">${tools}</span>`}</div>`;
}
