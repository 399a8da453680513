import { html, type Part, type View } from "../html.ts";

/**
 * Attributes that keep the part of a page with this id true: the page's own address is asked again every few
 * seconds. What fails changes nothing on the page; parts that are named in `also` come along. */
export function live(id: string, href: string, seconds: number | false, also: readonly string[] = []): View {
  if (!seconds) return html` id="${id}"`;
  return html` id="${id}" hx-get="${href}" hx-trigger="every ${seconds}s" hx-select="#${id}" hx-select-oob="${["sidebar", ...also].map(part => `#${part}:outerMorph`).join(",")}" hx-status:4xx="swap:none" hx-status:5xx="swap:none" hx-target="this" hx-swap="outerMorph ignoreTitle:true"`;
}

/** A filter whose every state is an address; where a script runs, the list follows while somebody types. */
export function filters(
  action: string,
  target: string,
  fields: Part,
  { clear, count, label = "Filter" }: { clear?: string | false; count?: Part; label?: string } = {},
): View {
  return html`<form class="filters" method="get" action="${action}" role="search" aria-label="${label}" hx-get="${action}" hx-trigger="input delay:300ms, change, submit" hx-select="#${target}" hx-target="#${target}" hx-swap="outerMorph ignoreTitle:true" hx-push-url="true">
${fields}<button class="button">Filter</button>${clear && html`<a class="button" href="${clear}">Clear</a>`}${count && html`<span class="soft tools">${count}</span>`}${BUSY}</form>`;
}

/** Where a filter says that it is being answered: words for everybody, and a bar while a script waits for them. */
export const BUSY = html`<span class="busy"><progress aria-label="The filter is being answered"></progress><span class="soft" role="status" data-busy></span></span>`;

/** The pages of a list before and after this one: of what is in the order of time newer and older ones, or as `names` says. */
export function pager({
  newer,
  older,
  words,
  label = "Pages",
  names: [before, after] = ["Newer", "Older"],
}: {
  newer?: string | undefined;
  older?: string | undefined;
  words?: Part;
  label?: string;
  names?: readonly [before: string, after: string];
}): View {
  if (!newer && !older) return html``;
  return html`<nav class="pager" aria-label="${label}">${newer && html`<a class="button" rel="prev" href="${newer}">${before}</a>`}${words && html`<span class="soft">${words}</span>`}${older && html`<a class="button" rel="next" href="${older}">${after}</a>`}</nav>`;
}

/** What the pages of a list are called that is in no order of time. */
export const BY_PLACE = ["Previous", "Next"] as const;

/** Views of the same thing, side by side. */
export function tabs(label: string, all: readonly { name: Part; href: string; here: boolean; count?: Part }[]): View {
  return html`<nav class="tabs" aria-label="${label}">${all.map(
    ({ name, href, here, count }) =>
      html`<a href="${href}"${here && html` aria-current="page"`}>${name}${count !== undefined && html` <span class="n">${count}</span>`}</a>`,
  )}</nav>`;
}

/** The address of a page with some of its query changed; empty values drop out. */
export function withQuery(
  path: string,
  query: URLSearchParams,
  change: Readonly<Record<string, string | undefined>>,
): string {
  const changed = new URLSearchParams(query);
  for (const [key, value] of Object.entries(change)) {
    if (value) changed.set(key, value);
    else changed.delete(key);
  }
  const text = changed.toString();
  return text ? `${path}?${text}` : path;
}
