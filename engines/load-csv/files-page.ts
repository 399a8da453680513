import { rmSync } from "node:fs";
import { join } from "node:path";
import { recordDeed } from "../../audit/deeds.ts";
import { aboutFile, findUpload, listUploads, uploadsFolder } from "../../csv/uploads.ts";
import { isEnough } from "../../jobs/people.ts";
import { filesPage } from "../../views/pages/files.ts";
import { type Answer, Refusal, type Route, type Visit } from "../page.ts";
import { pastLoads } from "./past.ts";

/** The files that were uploaded, and the loads of the past. */
export const filesRoutes: readonly Route[] = [
  { method: "get", path: "/files", role: "viewer", answer: list },
  { method: "post", path: "/files/:name/delete", role: "operator", answer: remove },
];

function list({ portal, person, now }: Visit): Answer {
  const body = filesPage({
    files: listUploads(portal.layout.root),
    past: pastLoads(portal),
    limit: portal.settings.UPLOAD_LIMIT_MB * 1_000_000,
    mayAct: isEnough(person.role, "operator"),
    now,
  });
  return { kind: "page", title: "Files", body, here: "/files" };
}

function remove({ portal, person, address, parameters }: Visit): Answer {
  const name = parameters.name ?? "";
  const { root } = portal.layout;
  if (!findUpload(root, name)) throw new Refusal(404, `There is no file ${name}.`, "It may have been deleted.");
  rmSync(join(uploadsFolder(root), name));
  rmSync(aboutFile(root, name), { force: true });
  const when = { at: new Date().toISOString(), by: person.name, role: person.role, from: address };
  recordDeed(portal.layout, { ...when, what: "set aside", about: name, detail: "the uploaded file was deleted" });
  return { kind: "redirect", to: "/files", notice: `${name} was deleted.` };
}
