import { isEnough } from "../../../core/people/roles.ts";
import { HttpError, type RequestContext, type Route, type RouteResult } from "../../../engines/portal/page.ts";
import { rejectedPage, rejectedsPage } from "../../../views/pages/rejected/rejected.ts";
import { dismissRejected } from "../../actions/rejected.ts";
import { listRejected, wantedRejected } from "../../state/rejected.ts";
import { fileAnswer } from "../jobs/raw.ts";
import { numberIn } from "../log/log-file.ts";
import { openRejected, readReason, readText } from "./rejected-text.ts";
import { submitAgain } from "./submit-again.ts";

const SHOWN = 100;

/** Files that never became jobs: why, and what to do with them. */
export function rejectedRoutes(): Route[] {
  return [
    { method: "get", path: "/rejected", role: "viewer", answer: show },
    { method: "get", path: "/rejected/raw", role: "viewer", answer: raw },
    { method: "post", path: "/rejected/submit", role: "operator", answer: submitAgain },
    { method: "post", path: "/rejected/set-aside", role: "operator", answer: dismiss },
  ];
}

async function show(request: RequestContext): Promise<RouteResult> {
  const { portal, person, query, now } = request;
  const mayAct = isEnough(person.role, "operator");
  if (query.has("file")) {
    const file = wantedRejected(portal.layout, query.get("file") ?? "");
    const [reason, text] = [await readReason(portal.layout, file.name), await readText(portal.layout, file)];
    const body = rejectedPage({ file, reason, ...text, mayAct, now });
    return { kind: "page", title: file.name, body, here: "/rejected" };
  }
  const all = listRejected(portal.layout);
  const from = Math.min(numberIn(query, "from") ?? 0, Math.max(0, all.length - 1));
  const files = await Promise.all(
    all.slice(from, from + SHOWN).map(async file => ({ ...file, reason: await readReason(portal.layout, file.name) })),
  );
  const body = rejectedsPage({ files, from, total: all.length, shown: SHOWN, mayAct, now });
  return { kind: "page", title: "Rejected files", body };
}

async function raw(request: RequestContext): Promise<RouteResult> {
  const file = wantedRejected(request.portal.layout, request.query.get("file") ?? "");
  const opened = await openRejected(request.portal.layout, file.name);
  if (!opened) throw new HttpError(404, `${file.name} is a ${file.kind}: it can't be downloaded.`);
  return await fileAnswer(request, opened, "text/plain; charset=utf-8");
}

function dismiss(request: RequestContext): RouteResult {
  const names = request.form.getAll("file").flatMap(decoded);
  const files = names.map(name => wantedRejected(request.portal.layout, name));
  const why = (request.form.get("why") ?? "").trim().slice(0, 500);
  if (files.length === 0)
    throw new HttpError(422, "No file was chosen.", "Go back and select what is to be dismissed.");
  if (!why) throw new HttpError(422, "The reason is missing.", "Go back and write a few words: the audit keeps them.");
  dismissRejected(request, files, why);
  const [first] = files;
  const notice = files.length === 1 ? `${first?.name} is dismissed.` : `${files.length} files are dismissed.`;
  return { kind: "redirect", to: "/rejected", notice: `${notice} Nothing was deleted: see archive/.` };
}

// A form sends line ends in its own way, so names travel in it as they would in an address.
function decoded(text: string): string[] {
  try {
    return [decodeURIComponent(text)];
  } catch {
    return [];
  }
}
