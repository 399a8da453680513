import type { Answer, Route, Visit } from "../../engines/page.ts";
import { countLevels } from "../../files/log/search.ts";
import type { OpenedFile } from "../../files/served.ts";
import { isEnough } from "../../jobs/people.ts";
import { type LogBody, type LogView, logPage } from "../../views/pages/log.ts";
import { addressesOf } from "./log-address.ts";
import { type AskedLog, askedLog, openAsked } from "./log-file.ts";
import { foundLines, wantedIn } from "./log-found.ts";
import { go, WAYS } from "./log-go.ts";
import { moreOfLog } from "./log-more.ts";
import { rawLog } from "./log-raw.ts";
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

async function showLog(visit: Visit): Promise<Answer> {
  const { portal, query, person, now } = visit;
  const asked = askedLog(visit);
  const to = addressesOf(asked, query);
  const way = WAYS.find(one => one === query.get("go"));
  if (way) return await go(visit, asked, way, at => to({ at: String(at) }));
  await using file = await openAsked(portal.layout, asked);
  const view: LogView = {
    ...asked,
    wanted: wantedIn(query),
    wraps: query.get("wrap") !== "no",
    to,
    body: file ? await bodyOf(file, asked, query) : { kind: "none" },
    ...(file && {
      file: { size: file.size, modified: file.modified.toISOString() },
      counts: await countLevels(file, { maxBytes: COUNTED_AT_ONCE, growing: asked.growing }),
    }),
    ...(file &&
      asked.view === "log" &&
      isEnough(person.role, "operator") && { analyse: `/jobs/${asked.id}/log/analyse` }),
    now,
  };
  return {
    kind: "page",
    title: `Log of ${asked.title}`,
    body: logPage(view),
    here: asked.state ? `/jobs?state=${asked.state}` : "/jobs",
  };
}

const PLACES = ["line", "at", "from", "before"];

async function bodyOf(file: OpenedFile, asked: AskedLog, query: URLSearchParams): Promise<LogBody> {
  const { text, level } = wantedIn(query);
  const isSearch = (text || level) && !PLACES.some(place => query.has(place));
  return isSearch
    ? { kind: "found", ...(await foundLines(file, asked, query)) }
    : { kind: "window", ...(await askedWindow(file, asked, query)) };
}
