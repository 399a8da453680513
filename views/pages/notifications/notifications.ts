import { state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { action, button } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { textArea } from "../../parts/form.ts";
import { type Column, table } from "../../parts/table.ts";
import { nothingYet, notice } from "../../parts/verdict.ts";

/** A receiver; where it lies is a secret, and only the name of its line in .env is shown. */
export interface ReceiverLine {
  name: string;
  kind: "webhook" | "email";
  url?: string;
  key?: string | undefined;
  body?: string;
  to?: readonly string[];
}

/** A rule: what is told to whom. */
export interface RuleLine {
  events: readonly string[];
  types?: readonly string[] | undefined;
  tables?: readonly string[] | undefined;
  people?: readonly string[] | undefined;
  to: readonly string[];
}

/** A message, and what became of it. */
export interface DeliveryLine {
  receiver: string;
  event: string;
  title: string;
  made: string;
  attempts: number;
  state: "waiting" | "sent" | "given up";
  error?: string;
}

/** Everything that the page shows. */
export interface NotificationsPage {
  receivers: readonly ReceiverLine[];
  rules: readonly RuleLine[];
  text: string;
  problems: readonly string[];
  deliveries: readonly DeliveryLine[];
  mayChange: boolean;
  workerLives: boolean;
  now: number;
}

/** Who is told of what, each receiver with its test, and what became of the last messages. */
export function notificationsPage(page: NotificationsPage): View {
  const { receivers, rules, deliveries, mayChange, workerLives } = page;
  return html`${head("Notifications")}${!workerLives && notice("wait", "No worker is running: messages wait for one.")}
${card({ title: "Receivers", look: "tight", aside: `${receivers.length}` }, receivers.length > 0 ? table({ caption: "Receivers", columns: receiverColumns(mayChange) }, receivers) : nothingYet("There is no receiver.", mayChange ? "Write one into the file below." : "An administrator adds one."))}
${rules.length > 0 && card({ title: "Rules", look: "tight", aside: `${rules.length}` }, table({ caption: "Rules", columns: RULES }, rules))}
${mayChange && card({ title: "notifications.json" }, form(page))}
${card({ title: "Messages", look: "tight", aside: "of the last 30 days" }, deliveries.length > 0 ? table({ caption: "Messages, the newest first", columns: deliveryColumns(page.now) }, deliveries) : nothingYet("No message yet.", "A message is made when something happens that a rule names."))}`;
}

function form({ text, problems }: NotificationsPage): View {
  const wrong =
    problems.length > 0 &&
    html`${notice("bad", "This is not right yet; nothing was saved.")}<ul>${problems.map(problem => html`<li>${problem}</li>`)}</ul>`;
  const hint = html`Addresses and keys stand in <code>.env</code>; here are the names of their lines, such as <code>NOTIFY_OPS_URL</code>. <a href="/api/openapi.json">The API</a> describes every key.`;
  return html`${wrong}<form method="post" action="/notifications" class="form">${textArea({ name: "text", label: "Receivers and rules", value: text, rows: 18, mono: true, hint })}
<div class="row">${button("Save", { look: "primary" })}</div></form>`;
}

function receiverColumns(mayChange: boolean): Column<ReceiverLine>[] {
  return [
    { head: "Name", cell: ({ name }) => html`<strong>${name}</strong>` },
    { head: "Kind", cell: ({ kind, body }) => (body && body !== "json" ? `${kind}, for ${body}` : kind) },
    { head: "Where", cell: ({ url, to }) => (to ? to.join(", ") : html`<code>${url}</code>`) },
    { head: "Signed", cell: ({ kind, key }) => (kind === "email" ? "" : key ? html`<code>${key}</code>` : "no") },
    ...(mayChange
      ? [
          {
            head: "What can be done",
            quiet: true,
            cell: ({ name }: ReceiverLine) => action(`/notifications/${name}/test`, "Test"),
          },
        ]
      : []),
  ];
}

const RULES: Column<RuleLine>[] = [
  { head: "When", cell: ({ events }) => events.join(", ") },
  { head: "Types", cell: ({ types }) => some(types) },
  { head: "Tables", cell: ({ tables }) => some(tables) },
  { head: "People", cell: ({ people }) => some(people) },
  { head: "Told", cell: ({ to }) => to.join(", ") },
];

function some(names: readonly string[] | undefined): Part {
  return names ? names.join(", ") : html`<span class="soft">all</span>`;
}

function deliveryColumns(now: number): Column<DeliveryLine>[] {
  return [
    { head: "State", cell: delivery => shown(delivery) },
    { head: "Told", cell: ({ receiver }) => receiver.replace(/^to:/, "") },
    { head: "What", cell: ({ title, error }) => html`${title}${error && html`<small>${error}</small>`}` },
    { head: "Attempts", num: true, cell: ({ attempts }) => String(attempts) },
    { head: "Made", cell: ({ made }) => html`<span class="soft nowrap">${ago(made, now)}</span>` },
  ];
}

function shown({ state: is, error }: DeliveryLine): View {
  if (is === "sent") return state("succeeded", "Sent");
  if (is === "given up") return state("failed", "Given up");
  return state("queued", error ? "Tried again" : "Waiting");
}
