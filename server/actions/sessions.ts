import { recordAuditEvent } from "../../core/audit/audit-events.ts";
import { auditContext, HttpError, type RequestContext } from "../../engines/portal/page.ts";

type Asker = Pick<RequestContext, "portal" | "person" | "address" | "via" | "now" | "secret" | "authenticatedBy">;

/** The sessions of the person who asks. One of them is the current one where a browser asks. */
export function ownSessions({ portal, person, secret, authenticatedBy }: Asker) {
  return portal.sessions.list(person.name, authenticatedBy === "session" ? secret : undefined);
}

/** Ends one session of the person who asks, and records the audit event. Throws a 404 where it has ended or is not theirs. */
export function endSession(asker: Asker, id: string): void {
  const { portal, person } = asker;
  if (!portal.sessions.endOne(person.name, id))
    throw new HttpError(404, "There is no such session: it has ended already, or is not yours.");
  record(asker, id, "ended");
}

/** Ends all sessions of the person but the one that asks. Returns how many; records the audit event where there was one. */
export function endOtherSessions(asker: Asker): number {
  const { portal, person, secret, authenticatedBy } = asker;
  const ended = portal.sessions.endOthers(person.name, authenticatedBy === "session" ? secret : undefined);
  if (ended > 0) record(asker, `${ended} ${ended === 1 ? "session" : "sessions"}`, "ended all others");
  return ended;
}

function record(asker: Asker, about: string, detail: string): void {
  recordAuditEvent(auditContext(asker), { what: "session", about, detail });
}
