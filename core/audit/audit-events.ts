import { z } from "zod";
import { SUBMISSION_CHANNELS, type Via } from "../jobs/states.ts";
import { archiveMonths, auditEventsFile } from "../store/archive.ts";
import type { Layout } from "../store/layout.ts";
import { lineOf } from "../system/ndjson.ts";
import { appendChained } from "./event-chain.ts";
import { dateRange } from "./index/key.ts";
import { fold } from "./index/text.ts";
import { linesBackwards } from "./lines-backwards.ts";

/** The actions of people that are recorded. */
export const AUDIT_ACTIONS = [
  ...(["log in", "failed log in", "log out", "start", "cancel", "retry", "dismiss", "submit again", "upload"] as const),
  ...([
    "person",
    "role",
    "password",
    "token",
    "session",
    "notification",
    "edit",
    "test",
    "export",
    "schedule",
    "watch",
    "format",
    "prune",
    "restore",
  ] as const),
] as const;

export const auditEventShape = z
  .strictObject({
    at: z.iso.datetime(),
    by: z.string(),
    role: z.string().optional(),
    from: z.string().optional(),
    via: z.enum(SUBMISSION_CHANNELS).optional(),
    what: z.enum(AUDIT_ACTIONS),
    job: z.string().optional(),
    about: z.string().optional(),
    detail: z.string().optional(),
  })
  .meta({ id: "AuditEvent" });

/**
 * An audit event: one action of a person, with time (UTC), name, role, address, channel (`by` names a user of the operating
 * system where `via` is "command"), and the job, person or thing that it is about. It never holds a password, token or other secret.
 */
export type AuditEvent = { [K in keyof z.infer<typeof auditEventShape>]: z.infer<typeof auditEventShape>[K] };

/** An audit event as it was read, and its place: the cursor for older ones. */
export type RecordedAuditEvent = AuditEvent & { place: string };

/** A filter of audit events. A date in `from` and `to` means the whole day in UTC; `before` is the `place` of the last one shown. */
export interface AuditEventQuery {
  from?: string | undefined;
  to?: string | undefined;
  by?: string | undefined;
  what?: string | undefined;
  /** A part of anything in it, in upper or lower case. */
  text?: string | undefined;
  limit?: number | undefined;
  before?: string | undefined;
}

const LIMIT = 50;
const LONGEST = 1000;
const HOUR = 3_600_000;

/** Who acts, and how: a person of the portal, or the user of a terminal; and the archive that keeps what they do. */
export interface AuditContext extends Pick<AuditEvent, "by" | "role" | "from"> {
  layout: Pick<Layout, "archive">;
  via: Via;
}

/** What was done; `at` is now where it is left out. */
export type AuditAction = Pick<AuditEvent, "what" | "job" | "about" | "detail"> & { at?: string };

/**
 * Records what somebody did: appends an audit event to `archive/<yyyy-mm>/audit-events.ndjson`, chained to the one before it.
 * Pages, API and commands all record by it.
 */
export function recordAuditEvent({ layout, by, role, from, via }: AuditContext, action: AuditAction): void {
  const { at = new Date().toISOString(), what, ...rest } = action;
  const line = JSON.stringify(auditEventShape.parse({ at, by, role, from, what, ...rest, via }), cut);
  appendChained(layout, at.slice(0, 7), line);
}

/** The audit events that match, the newest first. Reads from the end, only as far as it must. */
export function readAuditEvents(layout: Pick<Layout, "archive">, query: AuditEventQuery = {}): RecordedAuditEvent[] {
  const { start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY } = dateRange(query.from, query.to);
  const [beforeMonth, byte] = query.before?.split(":") ?? [];
  const found: RecordedAuditEvent[] = [];
  for (const month of monthsOf(layout, query)) {
    if (beforeMonth && month > beforeMonth) continue;
    const until = month === beforeMonth ? Number(byte) : undefined;
    for (const line of linesBackwards(auditEventsFile(layout, month), until)) {
      const event = eventOf(line.text);
      if (!event) continue;
      const at = Date.parse(event.at);
      // Several processes write: what stands before may be a little newer.
      if (at < start - HOUR) return found;
      if (at >= start && at < end && isWanted(event, query)) found.push({ ...event, place: `${month}:${line.start}` });
      if (found.length >= (query.limit ?? LIMIT)) return found;
    }
  }
  return found;
}

// Cuts long texts, so that names typed at the login cannot fill the disk.
function cut(_key: string, value: unknown): unknown {
  return typeof value === "string" && value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
}

function monthsOf(layout: Pick<Layout, "archive">, { from, to }: AuditEventQuery): string[] {
  const isInside = (month: string) => !(from && month < from.slice(0, 7)) && !(to && month > to.slice(0, 7));
  return archiveMonths(layout).filter(isInside).reverse();
}

function eventOf(line: string): AuditEvent | undefined {
  return lineOf(line, auditEventShape);
}

function isWanted(event: AuditEvent, { by, what, text }: AuditEventQuery): boolean {
  const part = fold(text ?? "").trim();
  return (
    (!by || event.by === by) &&
    (!what || event.what === what) &&
    (part === "" || Object.values(event).some(value => fold(value ?? "").includes(part)))
  );
}
