import { randomBytes } from "node:crypto";
import { recordAuditEvent } from "../../core/audit/audit-events.ts";
import type { NotificationEvent } from "../../core/notifications/events.ts";
import {
  type CheckedRules,
  notificationsText,
  parseNotifications,
  writeNotifications,
} from "../../core/notifications/rules.ts";
import { auditContext, HttpError } from "../../engines/portal/page.ts";
import type { Actor } from "./jobs.ts";

/** Writes `notifications.json` as it was typed, where it is right, and records the audit event. Gives what is wrong otherwise. */
export function saveNotifications(actor: Actor, text: string): CheckedRules {
  const checked = parseNotifications(text);
  if (!checked.ok) return checked;
  writeNotifications(actor.portal.layout, text);
  const { rules, receivers } = checked.rules;
  const count = (many: number, one: string) => `${many} ${one}${many === 1 ? "" : "s"}`;
  record(actor, "rules", `${count(rules.length, "rule")}, ${count(Object.keys(receivers).length, "receiver")}`);
  return checked;
}

/** Puts a test message for a receiver into the outbox; the worker sends it. Gives its id. Throws a 404 where there is none. */
export function testReceiver(actor: Actor, name: string): string {
  const checked = parseNotifications(notificationsText(actor.portal.layout));
  if (!checked.ok || !Object.hasOwn(checked.rules.receivers, name))
    throw new HttpError(404, `There is no receiver ${name.slice(0, 80)} in notifications.json.`);
  const id = `test-${randomBytes(8).toString("hex")}`;
  const title = `Test message of the portal, by ${actor.person.name}`;
  const event: NotificationEvent = { id, event: "test", at: new Date().toISOString(), title, tables: [] };
  const body = JSON.stringify({
    ...event,
    text: "Nothing has happened. Whoever reads this is told what the rules say.",
  });
  actor.portal.outbox.add([{ id: `${id}:${name}`, receiver: `to:${name}`, event: "test", title, body }]);
  record(actor, name, "test");
  return `${id}:${name}`;
}

function record(actor: Actor, about: string, detail: string): void {
  recordAuditEvent(auditContext(actor), { what: "notification", about, detail });
}
