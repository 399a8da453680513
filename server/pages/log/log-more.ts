import { countLevels } from "../../../core/log-reader/search.ts";
import { followLog } from "../../../core/log-reader/window.ts";
import type { RequestContext, RouteResult } from "../../../engines/portal/page.ts";
import { appendedLines } from "../../../views/pages/log/log-more.ts";
import { withQuery } from "../../../views/parts/list.ts";
import { numberIn, openRequestedLog, type RequestedLog, requestedLog } from "./log-file.ts";
import { wantedIn } from "./log-found.ts";
import { readableLines } from "./log-window.ts";

const COUNTED_AT_ONCE = 32 * 1024 * 1024;

/** What was written to a log since `?from=`, as a fragment, with how the job is now. `?file=` is the log that was read before. */
export async function moreOfLog(request: RequestContext): Promise<RouteResult> {
  const { portal, query, now } = request;
  // The job first, the log second: of a job that has ended all is read.
  const log = requestedLog(request);
  const to = addressesOf(log, query);
  const find = wantedIn(query).text;
  await using file = await openRequestedLog(portal.layout, log);
  if (!file) return { kind: "fragment", body: appendedLines({ ...log, to, find, now }) };
  const before = query.get("file");
  const appended = await followLog(file, numberIn(query, "from") ?? 0, {
    growing: log.growing,
    ...(before && { file: before }),
  });
  const counts = await countLevels(file, { maxBytes: COUNTED_AT_ONCE, growing: log.growing });
  return {
    kind: "fragment",
    body: appendedLines({
      ...log,
      to,
      find,
      now,
      appended: { ...appended, lines: readableLines(log, appended.lines) },
      counts,
      file: { size: file.size, modified: file.modified.toISOString() },
    }),
  };
}

/** The addresses that a page of a log leads to: all of them keep what is shown and looked for, not where in the log one is. */
export function addressesOf(log: RequestedLog, query: URLSearchParams) {
  const { text, level } = wantedIn(query);
  const selection = new URLSearchParams();
  if (log.view === "events") selection.set("view", "events");
  else selection.set("attempt", String(log.attempt));
  if (query.get("wrap") === "no") selection.set("wrap", "no");
  if (text) selection.set("find", text);
  if (level) selection.set("level", level);
  return (change: Readonly<Record<string, string | undefined>>) => withQuery(`/jobs/${log.id}/log`, selection, change);
}
