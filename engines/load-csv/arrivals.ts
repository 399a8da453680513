import { statfsSync } from "node:fs";
import { recordDeed } from "../../audit/deeds.ts";
import { type Receiving, receiveFile, receiveForm, TooLarge } from "../../csv/form.ts";
import { type Resumable, resumable } from "../../csv/resumable.ts";
import type { Upload } from "../../csv/uploads.ts";
import { size } from "../../views/figures.ts";
import { type Answer, type Portal, Refusal, type Route, type Visit } from "../page.ts";

const PARTS = "/files/parts";
const OPERATOR = { role: "operator", streams: true } as const;

/** Where files come in: a plain form, a program, and the way of the page that can be resumed (tus). */
export const arrivalRoutes: readonly Route[] = [
  { method: "post", path: "/files", ...OPERATOR, answer: byForm },
  { method: "post", path: PARTS, ...OPERATOR, answer: visit => resume("POST", visit) },
  { method: "head", path: `${PARTS}/:id`, ...OPERATOR, answer: visit => resume("HEAD", visit) },
  { method: "patch", path: `${PARTS}/:id`, ...OPERATOR, answer: visit => resume("PATCH", visit) },
  { method: "delete", path: `${PARTS}/:id`, ...OPERATOR, answer: visit => resume("DELETE", visit) },
];

async function byForm(visit: Visit): Promise<Answer> {
  const [first, ...others] = await received(visit);
  if (!first) throw new Refusal(422, "No file was chosen.", "Choose one, then send the form.");
  const several = others.length > 0;
  const notice = several ? `${others.length + 1} files are here.` : `${first.name} is here.`;
  return { kind: "redirect", to: several ? "/files" : `/files/${first.name}`, notice };
}

/** Files that a program sends. */
export async function byProgram(visit: Visit): Promise<Answer> {
  const files = await received(visit);
  if (files.length === 0) throw new Refusal(422, "No file was sent.", "curl -F file=@products.csv … /api/files");
  return { kind: "json", status: 201, value: { files } };
}

async function received(visit: Visit): Promise<Upload[]> {
  const { portal, person, header, incoming, query } = visit;
  const type = header("content-type") ?? "";
  const name = query.get("name");
  const isForm = /^multipart\/form-data/i.test(type);
  if (!isForm && !name) throw new Refusal(415, "Send a form with files, or the bytes of one with ?name=<its name>.");
  refuseFull(portal, Number(header("content-length") ?? 0));
  const to: Receiving = { dataDir: portal.layout.root, limit: limitOf(portal), by: person.name };
  try {
    const files = isForm ? await receiveForm(incoming, type, to) : [await receiveFile(incoming, name ?? "", to)];
    for (const file of files) tell(visit, file);
    return files;
  } catch (error) {
    throw error instanceof TooLarge ? new Refusal(413, error.message) : error;
  }
}

async function resume(method: string, visit: Visit): Promise<Answer> {
  const { portal, person, incoming, header, path } = visit;
  if (method === "POST") refuseFull(portal, Number(header("upload-length") ?? 0));
  const given = HEADERS.flatMap(name => {
    const value = header(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const request = { method, url: `http://portal${path}`, headers: Object.fromEntries(given), body: incoming };
  const answered = await doorOf(portal).handle({ ...request, by: person.name }, upload => tell(visit, upload));
  return { kind: "text", ...answered };
}

const HEADERS = [
  ...["tus-resumable", "upload-length", "upload-offset", "upload-metadata", "upload-defer-length"],
  ...["content-type", "content-length"],
];

// One door for each portal: it knows how far its files are.
function doorOf(portal: Portal): Resumable {
  const known = doors.get(portal) ?? resumable({ dataDir: portal.layout.root, limit: limitOf(portal), path: PARTS });
  doors.set(portal, known);
  return known;
}

const doors = new WeakMap<Portal, Resumable>();

function limitOf({ settings }: Portal): number {
  return settings.UPLOAD_LIMIT_MB * 1_000_000;
}

function refuseFull({ layout, settings }: Portal, bytes: number): void {
  const { bavail, bsize } = statfsSync(layout.root);
  const free = bavail * bsize - settings.MIN_FREE_MB * 1_000_000;
  if (bytes <= Math.max(0, free)) return;
  throw new Refusal(507, `There is no room for ${size(bytes)} on the portal's disk.`, "Delete files that are loaded.");
}

function tell({ portal, person, address }: Visit, { name, bytes, sha256 }: Upload): void {
  recordDeed(portal.layout, {
    ...{ at: new Date().toISOString(), by: person.name, role: person.role, from: address },
    ...{ what: "upload", about: name, detail: `${size(bytes)}, SHA-256 ${sha256}` },
  });
}
