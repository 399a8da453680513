import { notificationsText, parseNotifications } from "../../../core/notifications/rules.ts";
import { isEnough } from "../../../core/people/roles.ts";
import type { RequestContext, Route, RouteResult } from "../../../engines/portal/page.ts";
import { notificationsPage } from "../../../views/pages/notifications/notifications.ts";
import { saveNotifications, testReceiver } from "../../actions/notifications.ts";

const SHOWN = 50;

/** Who is told of what, and what became of each message. */
export function notificationsRoutes(): Route[] {
  return [
    { method: "get", path: "/notifications", role: "viewer", answer: request => show(request) },
    { method: "post", path: "/notifications", role: "administrator", answer: save },
    { method: "post", path: "/notifications/:receiver/test", role: "administrator", answer: sendTest },
  ];
}

function show({ portal, person, now }: RequestContext, typed?: string, problems: readonly string[] = []): RouteResult {
  const saved = notificationsText(portal.layout);
  const checked = parseNotifications(saved);
  const body = notificationsPage({
    receivers: checked.ok ? Object.entries(checked.rules.receivers).map(([name, one]) => ({ name, ...one })) : [],
    rules: checked.ok ? checked.rules.rules : [],
    text: typed ?? saved,
    problems: typed === undefined && !checked.ok ? checked.problems : problems,
    deliveries: portal.outbox.latest(SHOWN),
    mayChange: isEnough(person.role, "administrator"),
    workerLives: portal.workerLives(),
    now,
  });
  return {
    kind: "page",
    status: problems.length > 0 ? 422 : 200,
    title: "Notifications",
    body,
    here: "/notifications",
  };
}

function save(request: RequestContext): RouteResult {
  const text = (request.form.get("text") ?? "").replace(/\r\n/g, "\n");
  const checked = saveNotifications(request, text);
  if (!checked.ok) return show(request, text, checked.problems);
  return {
    kind: "redirect",
    to: "/notifications",
    notice: "The rules are saved. They hold for what happens from now on.",
  };
}

function sendTest(request: RequestContext): RouteResult {
  const { receiver = "" } = request.parameters;
  testReceiver(request, receiver);
  const waits = request.portal.workerLives() ? "" : " No worker is running: it waits for one.";
  const notice = `A test message for ${receiver} is on its way: see below what became of it.${waits}`;
  return { kind: "redirect", to: "/notifications", notice };
}
