import { html, type Part, type View } from "../html.ts";

/** A sheet of paper: a titled part of a page. `aside` stands beside the title, `tools` at the right end. */
export function sheet(
  { title, id, aside, tools, look }: { title: string; id?: string; aside?: Part; tools?: Part; look?: "tight" },
  body: Part,
): View {
  const label = id ?? title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return html`<section class="sheet" aria-labelledby="${label}-title"${id && html` id="${id}"`}>
<header><h2 id="${label}-title">${title}</h2>${aside && html`<span class="soft">${aside}</span>`}${tools && html`<span class="tools">${tools}</span>`}</header>
${look === "tight" ? body : html`<div class="inside">${body}</div>`}
</section>`;
}

/** The head of a page: its name, what goes with it, and what can be done, at the right end. */
export function head(title: Part, { aside, tools }: { aside?: Part; tools?: Part } = {}): View {
  return html`<div class="head"><h1>${title}</h1>${aside}${tools && html`<span class="tools">${tools}</span>`}</div>`;
}
