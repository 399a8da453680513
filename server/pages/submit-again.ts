import { jobTypes } from "../../engines/list.ts";
import { type Answer, Refusal, type Visit } from "../../engines/page.ts";
import { parseJobFile } from "../../jobs/parse.ts";
import { rejectedPage } from "../../views/pages/rejected.ts";
import { findRejected, type RejectedFile } from "../rejected.ts";
import { setAside } from "../set-aside.ts";
import { asSubmitted } from "../submit.ts";
import { readReason } from "./rejected-text.ts";

/** Submits the corrected text of a rejected file as a job, and sets the file aside. What is wrong is shown beside the text. */
export async function submitAgain(visit: Visit): Promise<Answer> {
  const { portal, query, form, now } = visit;
  const name = query.get("file") ?? "";
  // A form sends its line ends as CR LF.
  const text = (form.get("text") ?? "").replace(/\r\n/g, "\n");
  const before = findRejected(portal.layout, name);
  const reason = before ? await readReason(portal.layout, name) : [];
  // From here to the end nothing waits, so that of two who press the button one comes too late.
  const file = findRejected(portal.layout, name);
  if (!file) throw gone();
  const problems = submitted(visit, file, text);
  if ("kind" in problems) return problems;
  const body = rejectedPage({ file, reason, text, problems, mayAct: true, now });
  return { kind: "page", status: 422, title: file.name, body, here: "/rejected" };
}

function submitted(visit: Visit, file: RejectedFile, text: string): readonly string[] | Answer {
  const parsed = parseJobFile(Buffer.from(text), jobTypes);
  if (!parsed.ok) return parsed.problems;
  let job: string;
  try {
    job = visit.portal.submit(visit, asSubmitted(parsed.file));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.problems.length > 0 ? error.problems : [[error.message, error.hint].filter(Boolean).join(" ")];
  }
  const waits = visit.portal.workerLives() ? "" : " No worker is running: it waits for one.";
  return {
    kind: "redirect",
    to: `/jobs/${job}`,
    notice: `${file.name} is submitted as ${job}.${waits}${kept(visit, file, job)}`,
  };
}

// The job is in the queue whatever comes of the file.
function kept(visit: Visit, file: RejectedFile, job: string): string {
  try {
    setAside(visit, file, { what: "submit again", job });
    return " The rejected file is in the archive.";
  } catch (error) {
    return ` The rejected file could not be moved to the archive: ${(error as Error).message}`;
  }
}

function gone(): Refusal {
  return new Refusal(
    409,
    "This file is not among the rejected ones any more, so nothing was submitted.",
    "Somebody may have set it aside or submitted it again: the deeds under Audit tell who.",
  );
}
