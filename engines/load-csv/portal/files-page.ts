import { rmSync } from "node:fs";
import { join } from "node:path";
import { recordAuditEvent } from "../../../core/audit/audit-events.ts";
import { isEnough } from "../../../core/people/roles.ts";
import { uploadNoteFile, uploadsFolder } from "../../../core/store/data-files.ts";
import { findUpload, listUploads } from "../../../formats/csv/uploads.ts";
import { filesPage } from "../../../views/pages/files/files.ts";
import { auditContext, HttpError, type RequestContext, type Route, type RouteResult } from "../../portal/page.ts";
import { pastLoads } from "./past.ts";

/** The files that were uploaded, and the loads of the past. */
export const filesRoutes: readonly Route[] = [
  { method: "get", path: "/files", role: "viewer", answer: list },
  { method: "post", path: "/files/:name/delete", role: "operator", answer: remove },
];

function list({ portal, person, now }: RequestContext): RouteResult {
  const body = filesPage({
    files: listUploads(portal.layout.root),
    past: pastLoads(portal),
    limit: portal.settings.UPLOAD_LIMIT_MB * 1_000_000,
    mayAct: isEnough(person.role, "operator"),
    now,
  });
  return { kind: "page", title: "Files", body, here: "/files" };
}

function remove(request: RequestContext): RouteResult {
  const { portal, parameters } = request;
  const name = parameters.name ?? "";
  const { root } = portal.layout;
  if (!findUpload(root, name)) throw new HttpError(404, `There is no file ${name}.`, "It may have been deleted.");
  rmSync(join(uploadsFolder(root), name));
  rmSync(uploadNoteFile(root, name), { force: true });
  recordAuditEvent(auditContext(request), { what: "dismiss", about: name, detail: "the uploaded file was deleted" });
  return { kind: "redirect", to: "/files", notice: `${name} was deleted.` };
}
