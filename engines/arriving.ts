import { statfsSync } from "node:fs";
import { recordDeed } from "../audit/deeds.ts";
import { type Receiving, receiveFile, receiveForm, TooLarge } from "../csv/form.ts";
import type { Upload } from "../csv/uploads.ts";
import { size } from "../views/figures.ts";
import { type Portal, Refusal, type Visit } from "./page.ts";

/** Takes in what a form or a program sends, and records it; what else the form says goes into `fields`. Throws a Refusal. */
export async function received(visit: Visit, fields?: URLSearchParams): Promise<Upload[]> {
  const { portal, person, header, incoming, query } = visit;
  const type = header("content-type") ?? "";
  const name = query.get("name");
  const isForm = /^multipart\/form-data/i.test(type);
  if (!isForm && !name) throw new Refusal(415, "Send a form with files, or the bytes of one with ?name=<its name>.");
  refuseFull(portal, Number(header("content-length") ?? 0));
  const to: Receiving = { dataDir: portal.layout.root, limit: limitOf(portal), by: person.name };
  try {
    const files = isForm
      ? await receiveForm(incoming, type, to, fields)
      : [await receiveFile(incoming, name ?? "", to)];
    for (const file of files) tellUpload(visit, file);
    return files;
  } catch (error) {
    throw error instanceof TooLarge ? new Refusal(413, error.message) : error;
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
  throw new Refusal(507, `There is no room for ${size(bytes)} on the portal's disk.`, "Delete files that are loaded.");
}

/** Records that a file came in. */
export function tellUpload({ portal, person, address }: Visit, { name, bytes, sha256 }: Upload): void {
  recordDeed(portal.layout, {
    ...{ at: new Date().toISOString(), by: person.name, role: person.role, from: address },
    ...{ what: "upload", about: name, detail: `${size(bytes)}, SHA-256 ${sha256}` },
  });
}
