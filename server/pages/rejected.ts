import { type Answer, Refusal, type Route, type Visit } from "../../engines/page.ts";
import { isEnough } from "../../jobs/people.ts";
import { rejectedPage, rejectedsPage } from "../../views/pages/rejected.ts";
import { findRejected, listRejected, type RejectedFile } from "../rejected.ts";
import { setAside } from "../set-aside.ts";
import { numberIn } from "./log-file.ts";
import { fileAnswer } from "./raw.ts";
import { openRejected, readReason, readText } from "./rejected-text.ts";
import { submitAgain } from "./submit-again.ts";

const SHOWN = 100;

/** Files that never became jobs: why, and what to do with them. */
export function rejectedRoutes(): Route[] {
  return [
    { method: "get", path: "/rejected", role: "viewer", answer: show },
    { method: "get", path: "/rejected/raw", role: "viewer", answer: raw },
    { method: "post", path: "/rejected/submit", role: "operator", answer: submitAgain },
    { method: "post", path: "/rejected/set-aside", role: "operator", answer: away },
  ];
}

async function show(visit: Visit): Promise<Answer> {
  const { portal, person, query, now } = visit;
  const mayAct = isEnough(person.role, "operator");
  if (query.has("file")) {
    const file = wantedFile(visit, query.get("file") ?? "");
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

async function raw(visit: Visit): Promise<Answer> {
  const file = wantedFile(visit, visit.query.get("file") ?? "");
  const opened = await openRejected(visit.portal.layout, file.name);
  if (!opened) throw new Refusal(404, `${file.name} is a ${file.kind}: it can't be downloaded.`);
  return await fileAnswer(visit, opened, "text/plain; charset=utf-8");
}

function away(visit: Visit): Answer {
  const names = visit.form.getAll("file").flatMap(decoded);
  const files = names.map(name => wantedFile(visit, name));
  const why = (visit.form.get("why") ?? "").trim().slice(0, 500);
  if (files.length === 0) throw new Refusal(422, "No file was chosen.", "Go back and tick what is to be set aside.");
  if (!why)
    throw new Refusal(422, "Nothing says why.", "Go back and write a few words: the record of deeds keeps them.");
  for (const file of files) setAside(visit, file, { what: "set aside", why });
  const [first] = files;
  const told = files.length === 1 ? `${first?.name} is set aside.` : `${files.length} files are set aside.`;
  return { kind: "redirect", to: "/rejected", notice: `${told} Nothing was deleted: see archive/.` };
}

function wantedFile({ portal }: Visit, name: string): RejectedFile {
  const file = findRejected(portal.layout, name);
  if (file) return file;
  throw new Refusal(
    404,
    "This file is not among the rejected ones any more.",
    "Somebody may have set it aside or submitted it again: the deeds under Audit tell who.",
  );
}

// A form sends line ends in its own way, so names travel in it as they would in an address.
function decoded(text: string): string[] {
  try {
    return [decodeURIComponent(text)];
  } catch {
    return [];
  }
}
