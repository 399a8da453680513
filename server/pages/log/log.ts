import { countLevels } from "../../../core/log-reader/search.ts";
import { isEnough } from "../../../core/people/roles.ts";
import type { OpenedFile } from "../../../core/store/served.ts";
import { HttpError, type RequestContext, type Route, type RouteResult } from "../../../engines/portal/page.ts";
import { type LogBody, type LogView, logPage } from "../../../views/pages/log/log.ts";
import { fileAnswer } from "../jobs/raw.ts";
import { openRequestedLog, type RequestedLog, requestedLog } from "./log-file.ts";
import { foundLines, wantedIn } from "./log-found.ts";
import { go, WAYS } from "./log-go.ts";
import { addressesOf, moreOfLog } from "./log-more.ts";
import { askedWindow } from "./log-window.ts";

/** The log of a job: to read, to search, to follow, to take away. */
export function logRoutes(): Route[] {
  return [
    { method: "get", path: "/jobs/:id/log", role: "viewer", answer: showLog },
    { method: "get", path: "/jobs/:id/log/more", role: "viewer", answer: moreOfLog },
    { method: "get", path: "/jobs/:id/log/raw", role: "viewer", answer: rawLog },
  ];
}

// What is counted while somebody waits for the first screen; a script, or the next page, goes on.
const COUNTED_AT_ONCE = 2 * 1024 * 1024;

async function showLog(request: RequestContext): Promise<RouteResult> {
  const { portal, query, person, now } = request;
  const log = requestedLog(request);
  const to = addressesOf(log, query);
  const way = WAYS.find(one => one === query.get("go"));
  if (way) return await go(request, log, way, at => to({ at: String(at) }));
  await using file = await openRequestedLog(portal.layout, log);
  const view: LogView = {
    ...log,
    wanted: wantedIn(query),
    wraps: query.get("wrap") !== "no",
    to,
    body: file ? await bodyOf(file, log, query) : { kind: "none" },
    ...(file && {
      file: { size: file.size, modified: file.modified.toISOString() },
      counts: await countLevels(file, { maxBytes: COUNTED_AT_ONCE, growing: log.growing }),
    }),
    ...(file && log.view === "log" && isEnough(person.role, "operator") && { analyse: `/jobs/${log.id}/log/analyse` }),
    now,
  };
  return {
    kind: "page",
    title: `Log of ${log.title}`,
    body: logPage(view),
    here: log.state ? `/jobs?state=${log.state}` : "/jobs",
  };
}

const PLACES = ["line", "at", "from", "before"];

async function bodyOf(file: OpenedFile, log: RequestedLog, query: URLSearchParams): Promise<LogBody> {
  const { text, level } = wantedIn(query);
  const isSearch = (text || level) && !PLACES.some(place => query.has(place));
  return isSearch
    ? { kind: "found", ...(await foundLines(file, log, query)) }
    : { kind: "window", ...(await askedWindow(file, log, query)) };
}

/** The file of a log as it is, whole or a range of it. */
async function rawLog(request: RequestContext): Promise<RouteResult> {
  const log = requestedLog(request);
  const file = await openRequestedLog(request.portal.layout, log);
  if (!file) throw new HttpError(404, "Nothing was written to this log.", "It may have been deleted, or not begun.");
  const type = log.view === "events" ? "application/x-ndjson; charset=utf-8" : "text/plain; charset=utf-8";
  return await fileAnswer(request, file, type);
}
