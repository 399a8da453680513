import { HttpError, type RequestContext, type RouteResult } from "../../../engines/portal/page.ts";
import { rejectedPage } from "../../../views/pages/rejected/rejected.ts";
import { submitRejected } from "../../actions/rejected.ts";
import { findRejected } from "../../state/rejected.ts";
import { readReason } from "./rejected-text.ts";

/** Submits the corrected text of a rejected file as a job, and sets the file aside. What is wrong is shown beside the text. */
export async function submitAgain(request: RequestContext): Promise<RouteResult> {
  const { portal, query, form, now } = request;
  const name = query.get("file") ?? "";
  // A form sends its line ends as CR LF.
  const text = (form.get("text") ?? "").replace(/\r\n/g, "\n");
  const before = findRejected(portal.layout, name);
  const reason = before ? await readReason(portal.layout, name) : [];
  // From here to the end nothing waits, so that of two who press the button one comes too late.
  const file = findRejected(portal.layout, name);
  if (!file) throw gone();
  const done = submitRejected(request, file, text);
  if ("id" in done) return { kind: "redirect", to: `/jobs/${done.id}`, notice: done.notice };
  const body = rejectedPage({ file, reason, text, problems: done.problems, mayAct: true, now });
  return { kind: "page", status: 422, title: file.name, body, here: "/rejected" };
}

function gone(): HttpError {
  return new HttpError(
    409,
    "This file is not among the rejected ones any more, so nothing was submitted.",
    "Somebody may have dismissed it or submitted it again. The activity under Audit says who.",
  );
}
