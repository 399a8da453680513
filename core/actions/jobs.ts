import { type AuditContext, recordAuditEvent } from "../audit/audit-events.ts";
import type { JobFile } from "../jobs/envelope.ts";
import { requestCancel } from "../store/cancel.ts";
import type { Layout } from "../store/layout.ts";
import { submitJob } from "../store/submit.ts";

/** Who acts on jobs, and where they are. */
type ActionContext = AuditContext & { layout: Layout };

/**
 * Submits a checked job as the actor's, and records the audit event; `about` is the job's title. Throws JobExists where
 * the id waits in queue/ already.
 */
export function submitAs(context: ActionContext, id: string, file: JobFile, about: string): void {
  const at = new Date().toISOString();
  submitJob(context.layout, id, { ...file, via: context.via, submittedBy: context.by, submittedAt: at });
  recordAuditEvent(context, { at, what: file.retryOf ? "retry" : "start", job: id, about });
}

/**
 * Writes a cancel request for the worker as the actor's, and records the audit event. Returns false, and records
 * nothing, where the job is being cancelled already.
 */
export function cancelAs(context: ActionContext, id: string, about: string, reason = ""): boolean {
  const at = new Date().toISOString();
  const isNew = requestCancel(context.layout, id, { by: context.by, at, ...(reason && { reason }) });
  if (isNew) recordAuditEvent(context, { at, what: "cancel", job: id, about, ...(reason && { detail: reason }) });
  return isNew;
}
