import { type Resumable, resumable } from "../../formats/csv/resumable.ts";
import { limitOf, received, recordUpload, refuseFull } from "../portal/arriving.ts";
import { HttpError, type Portal, type RequestContext, type Route, type RouteResult } from "../portal/page.ts";

const PARTS = "/files/parts";
const OPERATOR = { role: "operator", streams: true } as const;

/** Where files come in: a plain form, a program, and the way of the page that can be resumed (tus). */
export const arrivalRoutes: readonly Route[] = [
  { method: "post", path: "/files", ...OPERATOR, answer: byForm },
  { method: "post", path: PARTS, ...OPERATOR, answer: request => resume("POST", request) },
  { method: "head", path: `${PARTS}/:id`, ...OPERATOR, answer: request => resume("HEAD", request) },
  { method: "patch", path: `${PARTS}/:id`, ...OPERATOR, answer: request => resume("PATCH", request) },
  { method: "delete", path: `${PARTS}/:id`, ...OPERATOR, answer: request => resume("DELETE", request) },
];

async function byForm(request: RequestContext): Promise<RouteResult> {
  const [first, ...others] = await received(request);
  if (!first) throw new HttpError(422, "No file was chosen.", "Choose one, then send the form.");
  const several = others.length > 0;
  const notice = several ? `${others.length + 1} files are here.` : `${first.name} is here.`;
  return { kind: "redirect", to: several ? "/files" : `/files/${first.name}`, notice };
}

/** Files that a program sends. */
export async function byProgram(request: RequestContext): Promise<RouteResult> {
  const files = await received(request);
  if (files.length === 0) throw new HttpError(422, "No file was sent.", "curl -F file=@products.csv … /api/files");
  return { kind: "json", status: 201, value: { files } };
}

async function resume(method: string, request: RequestContext): Promise<RouteResult> {
  const { portal, person, incoming, header, path } = request;
  if (method === "POST") refuseFull(portal, Number(header("upload-length") ?? 0));
  const given = HEADERS.flatMap(name => {
    const value = header(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const upload = { method, url: `http://portal${path}`, headers: Object.fromEntries(given), body: incoming };
  const answered = await receiverOf(portal).handle({ ...upload, by: person.name }, kept => recordUpload(request, kept));
  return { kind: "text", ...answered };
}

const HEADERS = [
  ...["tus-resumable", "upload-length", "upload-offset", "upload-metadata", "upload-defer-length"],
  ...["content-type", "content-length"],
];

// One receiver for each portal: it holds how far each upload has come.
function receiverOf(portal: Portal): Resumable {
  const known =
    receivers.get(portal) ?? resumable({ dataDir: portal.layout.root, limit: limitOf(portal), path: PARTS });
  receivers.set(portal, known);
  return known;
}

const receivers = new WeakMap<Portal, Resumable>();
