import { ago } from "../../format/times.ts";
import { html, type View } from "../../html.ts";
import { button, confirm } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { copyable } from "../../parts/facts.ts";
import { hidden, textField } from "../../parts/form.ts";
import { type Column, table } from "../../parts/table.ts";
import { nothingYet, notice } from "../../parts/verdict.ts";

/** A token of the API, as it may be shown: its text is known to nobody but its owner. */
export interface TokenLine {
  id: string;
  person: string;
  label: string;
  created: string;
  used?: string;
}

/** Tokens, each with what ends it. */
export function tokensTable(
  tokens: readonly TokenLine[],
  { whose, back, now }: { whose: boolean; back: string; now: number },
): View {
  if (tokens.length === 0)
    return nothingYet("There is no token.", "A program that speaks to the API needs one; people do not.");
  const columns: Column<TokenLine>[] = [
    { head: "For", cell: ({ label }) => label },
    ...(whose ? [{ head: "Whose", cell: ({ person }: TokenLine) => person }] : []),
    { head: "Made", cell: ({ created }) => html`<span class="soft">${ago(created, now)}</span>` },
    { head: "Used last", cell: ({ used }) => html`<span class="soft">${used ? ago(used, now) : "never"}</span>` },
    { head: "What can be done", quiet: true, cell: token => revoke(token, back) },
  ];
  return table({ caption: "Tokens of the API", columns }, tokens);
}

/** One's own tokens, and the form that makes one. */
export function ownTokens(tokens: readonly TokenLine[], typed: string, error: string | undefined, now: number): View {
  const form = html`<form method="post" action="/account/tokens" class="form inside">
${textField({ name: "label", label: "What the token is for", value: typed, required: true, autocomplete: "off", error, hint: "The nightly export, say. The token may do what you may." })}
<div class="row">${button("Make a token")}</div></form>`;
  return card(
    { title: "Your tokens of the API", look: "tight" },
    html`${tokensTable(tokens, { whose: false, back: "/account", now })}${form}`,
  );
}

/** A new token, told once. */
export function newTokenPage(label: string, token: string, address: string): View {
  return html`${head("A new token")}
${notice("good", `This is the token for “${label}”. It is shown only now, and kept nowhere: copy it to where it is needed.`)}
${copyable(token, "The token")}
${card({ title: "How it is used" }, html`<p>A program sends it with every call. To see that it works:</p>${copyable(`curl -H 'Authorization: Bearer TOKEN' ${address}/api/jobs`, "A call with the token")}<p class="soft">It may do what you may. Revoke it under your name when it is not needed any more.</p>`)}
<p><a href="/account">Back to your account</a></p>`;
}

function revoke({ id, label, person }: TokenLine, back: string): View {
  const form = html`<form method="post" action="/account/tokens/${id}/revoke">${hidden("back", back)}${button("Revoke it", { look: "danger" })}</form>`;
  return confirm("Revoke", `End the token “${label}” of ${person}? Whatever uses it is refused from now on.`, form);
}
