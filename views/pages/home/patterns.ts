import { html, type View } from "../../html.ts";
import { head } from "../../parts/card.ts";
import { PIECES } from "../../patterns/pieces.ts";

/** Every piece in every state on one page. */
export function patternsPage(): View {
  return html`${head("Patterns", { aside: html`<span class="soft">every piece, in every state</span>` })}${PIECES.map(
    ({ name, states }) =>
      html`<section class="card" data-piece="${name}" aria-label="${name}"><header><h2>${name}</h2></header><div class="inside">${Object.entries(
        states,
      ).map(
        ([state, draw]) =>
          html`<div class="pattern" data-state="${state}"><p class="soft small">${state}</p>${draw()}</div>`,
      )}</div></section>`,
  )}`;
}
