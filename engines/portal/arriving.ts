import { statfsSync } from "node:fs";
import { recordAuditEvent } from "../../core/audit/audit-events.ts";
import { BrokenForm, type Receiving, receiveFile, receiveForm, TooLarge } from "../../formats/csv/form.ts";
import type { Upload } from "../../formats/csv/uploads.ts";
import { size } from "../../views/format/figures.ts";
import { auditContext, HttpError, type Portal, type RequestContext } from "./page.ts";

/** Takes in what a form or a program sends, and records it; what else the form says goes into `fields`. Throws an HttpError. */
export async function received(request: RequestContext, fields?: URLSearchParams): Promise<Upload[]> {
  const { portal, person, header, incoming, query } = request;
  const type = header("content-type") ?? "";
  const name = query.get("name");
  const isForm = /^multipart\/form-data/i.test(type);
  if (!isForm && !name) throw new HttpError(415, "Send a form with files, or the bytes of one with ?name=<its name>.");
  refuseFull(portal, Number(header("content-length") ?? 0));
  const to: Receiving = { dataDir: portal.layout.root, limit: limitOf(portal), by: person.name };
  try {
    const files = isForm
      ? await receiveForm(incoming, type, to, fields)
      : [await receiveFile(incoming, name ?? "", to)];
    for (const file of files) recordUpload(request, file);
    return files;
  } catch (error) {
    if (error instanceof BrokenForm) throw new HttpError(400, error.message);
    throw error instanceof TooLarge ? new HttpError(413, error.message) : error;
  }
}

/** How large an uploaded file may be, in bytes. */
export function limitOf({ settings }: Portal): number {
  return settings.UPLOAD_LIMIT_MB * 1_000_000;
}

/** Refuses bytes that the disk has no room for. */
export function refuseFull({ layout, settings }: Portal, bytes: number): void {
  const { bavail, bsize } = statfsSync(layout.root);
  const free = bavail * bsize - settings.MIN_FREE_MB * 1_000_000;
  if (bytes <= Math.max(0, free)) return;
  throw new HttpError(
    507,
    `There is no room for ${size(bytes)} on the portal's disk.`,
    "Delete files that are loaded.",
  );
}

/** Records that a file came in. */
export function recordUpload(request: RequestContext, { name, bytes, sha256 }: Upload): void {
  recordAuditEvent(auditContext(request), {
    what: "upload",
    about: name,
    detail: `${size(bytes)}, SHA-256 ${sha256}`,
  });
}
