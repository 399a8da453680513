import { type Resumable, resumable } from "../../csv/resumable.ts";
import { limitOf, received, refuseFull, tellUpload } from "../arriving.ts";
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

async function resume(method: string, visit: Visit): Promise<Answer> {
  const { portal, person, incoming, header, path } = visit;
  if (method === "POST") refuseFull(portal, Number(header("upload-length") ?? 0));
  const given = HEADERS.flatMap(name => {
    const value = header(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const request = { method, url: `http://portal${path}`, headers: Object.fromEntries(given), body: incoming };
  const answered = await doorOf(portal).handle({ ...request, by: person.name }, upload => tellUpload(visit, upload));
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
