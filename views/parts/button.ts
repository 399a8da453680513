import { html, type Part, type View } from "../html.ts";

/** What a button does to a form when it is pressed, and how it looks. One button of a page is primary. */
export interface Press {
  look?: "primary" | "danger" | "plain";
  name?: string;
  value?: string;
  /** Sends the form here instead. */
  to?: string;
  disabled?: boolean;
}

/** A button that sends the form it stands in. */
export function button(label: Part, { look = "plain", name, value, to, disabled }: Press = {}): View {
  return html`<button class="button ${look}"${name && html` name="${name}" value="${value ?? ""}"`}${to && html` formaction="${to}"`}${disabled && html` disabled`}>${label}</button>`;
}

/** A link that looks like a button: it goes somewhere, and changes nothing. */
export function linkButton(label: Part, href: string, look: Press["look"] = "plain"): View {
  return html`<a class="button ${look}" href="${href}">${label}</a>`;
}

/** An action that is asked about first: opens a question with the button that does it. Works without script. */
export function confirm(label: Part, question: Part, press: View, look: Press["look"] = "danger"): View {
  return html`<details class="confirm"><summary class="button ${look}">${label}</summary><div class="question"><p>${question}</p>${press}</div></details>`;
}

/** A form that does one thing. */
export function action(to: string, label: Part, press: Press = {}, fields: Part = undefined): View {
  return html`<form method="post" action="${to}" class="inline">${fields}${button(label, press)}</form>`;
}
