import type { NotificationEvent } from "../../core/notifications/events.ts";

/** What a webhook is sent: JSON of our own, or a body that Slack or Microsoft Teams shows. */
export function webhookBody(
  event: NotificationEvent,
  shape: "json" | "slack" | "teams",
  portal: string | undefined,
): object {
  const url = pageOfEvent(event, portal);
  if (shape === "json") return { ...event, ...(url && { url }) };
  return shape === "slack" ? slackBody(event, url) : teamsBody(event, url);
}

/** The page that an event is about; undefined where nobody knows the portal's address. */
function pageOfEvent({ job, schedule }: NotificationEvent, portal: string | undefined): string | undefined {
  if (!portal) return undefined;
  if (job?.id) return `${portal}/jobs/${job.id}`;
  return schedule ? `${portal}/schedules/${encodeURIComponent(schedule)}` : undefined;
}

/** An event in lines of text. */
export function messageText(event: NotificationEvent, portal: string | undefined): string {
  return [
    event.title,
    event.text,
    ...factsOf(event).map(([name, value]) => `${name}: ${value}`),
    pageOfEvent(event, portal),
  ]
    .filter(Boolean)
    .join("\n");
}

function factsOf({ job, tables, event }: NotificationEvent): [name: string, value: string][] {
  if (!job) return [];
  const shown = tables.length > 10 ? [...tables.slice(0, 10), `and ${tables.length - 10} more`] : tables;
  return [
    ["What", event],
    ["Type", job.type],
    ...(job.id ? ([["Job", job.id]] as [string, string][]) : []),
    ["Submitted by", job.submittedBy],
    ...(shown.length > 0 ? ([["Tables", shown.join(", ")]] as [string, string][]) : []),
  ];
}

// https://api.slack.com/reference/block-kit: `text` is what a phone shows, blocks are the message. In mrkdwn only & < > mean something.
function slackBody(event: NotificationEvent, url: string | undefined): object {
  const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const title = escaped(event.title).slice(0, 500);
  const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text: text.slice(0, 3000) } });
  const facts = factsOf(event).map(([name, value]) => `*${name}* ${escaped(value)}`);
  const blocks = [
    section(url ? `*<${url}|${title.replaceAll("|", "/")}>*` : `*${title}*`),
    ...(event.text ? [section(escaped(event.text))] : []),
    ...(facts.length > 0 ? [section(facts.join("\n"))] : []),
  ];
  return { text: title, blocks };
}

// https://adaptivecards.io, as the workflows of Teams take it.
function teamsBody(event: NotificationEvent, url: string | undefined): object {
  const block = (text: string, more: object = {}) => ({ type: "TextBlock", text, wrap: true, ...more });
  const facts = factsOf(event).map(([title, value]) => ({ title, value }));
  const content = {
    ...{ $schema: "http://adaptivecards.io/schemas/adaptive-card.json", type: "AdaptiveCard", version: "1.4" },
    body: [
      block(event.title, { weight: "Bolder", size: "Medium" }),
      ...(event.text ? [block(event.text)] : []),
      ...(facts.length > 0 ? [{ type: "FactSet", facts }] : []),
    ],
    ...(url && { actions: [{ type: "Action.OpenUrl", title: "Open the portal", url }] }),
  };
  return { type: "message", attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", content }] };
}
