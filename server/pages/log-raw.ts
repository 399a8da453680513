import { type Answer, Refusal, type Visit } from "../../engines/page.ts";
import { askedLog, openAsked } from "./log-file.ts";
import { fileAnswer } from "./raw.ts";

/** The file of a log as it is, whole or a range of it. */
export async function rawLog(visit: Visit): Promise<Answer> {
  const asked = askedLog(visit);
  const file = await openAsked(visit.portal.layout, asked);
  if (!file) throw new Refusal(404, "Nothing was written to this log.", "It may have been deleted, or not begun.");
  const type = asked.view === "events" ? "application/x-ndjson; charset=utf-8" : "text/plain; charset=utf-8";
  return await fileAnswer(visit, file, type);
}
