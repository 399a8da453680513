import type { SavedView } from "../../core/people/saved-views.ts";
import { html, type View } from "../html.ts";
import { action, button } from "./button.ts";
import { hidden, textField } from "./form.ts";

/** The views of a page that a person has saved, one of them perhaps open, and the way to save or delete what is open. */
export function savedViewsBar(
  page: string,
  views: readonly SavedView[],
  query: string,
  problem?: { name: string; message: string },
): View | false {
  if (views.length === 0 && query === "") return false;
  const open = views.find(view => view.query === query);
  const links = views.map(
    view =>
      html`<a class="button small" href="${page}${view.query && `?${view.query}`}"${view === open && html` aria-current="true"`}>${view.name}</a>`,
  );
  const kept = hidden("query", query);
  const remove =
    open &&
    action(`${page}/views/delete`, html`Delete the view “${open.name}”`, {}, html`${hidden("name", open.name)}${kept}`);
  const save =
    !open &&
    query !== "" &&
    html`<details class="more"${problem && html` open`}><summary>Save this view</summary><form method="post" action="${page}/views" class="row">${kept}${textField({ name: "name", label: "Name", required: true, value: problem?.name, error: problem?.message })}${button("Save the view")}</form></details>`;
  return html`<nav class="saved-views" aria-label="Your views">${links}${remove}${save}</nav>`;
}
