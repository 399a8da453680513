import { cursorOf } from "../../../core/audit/index/open.ts";
import { isEnough } from "../../../core/people/roles.ts";
import { listQueued, listRunning } from "../../../core/store/jobs-on-disk.ts";
import { analysesPage, type PastAnalysis } from "../../../views/pages/analyses/analyses.ts";
import type { StartView } from "../../../views/pages/analyses/analysis-start.ts";
import { withQuery } from "../../../views/parts/list.ts";
import type { RequestContext, Route, RouteResult } from "../../portal/page.ts";
import { analyzeLogs } from "../parameters.ts";
import { analysisTitle, pastOf } from "./past.ts";
import { startView } from "./start-view.ts";
import { type TypedFolder, unwatchFolder, watchedFolders, watchFolder } from "./watched.ts";

/** Every analysis of a person, or of all, and the way to a new one. */
export const historyRoutes: readonly Route[] = [
  { method: "get", path: "/analyses", role: "viewer", answer: request => analysesPageRoute(request) },
  { method: "post", path: "/analyses/watched", role: "administrator", answer: addWatched },
  { method: "post", path: "/analyses/watched/remove", role: "administrator", answer: removeWatched },
];

const ROWS = 25;
const NOTHING: TypedFolder = { folder: "", files: "", wrong: "" };

// A watched folder may be any of the worker's machine, so only an administrator names one.
function addWatched(request: RequestContext): RouteResult {
  const typed = watchFolder(request);
  if (typed.wrong) return analysesPageRoute(request, { typed, status: 422 });
  const notice = `${typed.folder} is watched: files that arrive there are analysed once they stand still for five seconds.`;
  return { kind: "redirect", to: "/analyses#watched", notice };
}

function removeWatched(request: RequestContext): RouteResult {
  return { kind: "redirect", to: "/analyses#watched", notice: `${unwatchFolder(request)} is not watched any more.` };
}

/** A form of the page that is shown again, as it was filled in. */
interface Again {
  typed?: TypedFolder;
  start?: StartView["refused"];
  status?: number;
}

/** The page of the logs. */
export function analysesPageRoute(
  request: RequestContext,
  { typed = NOTHING, start, status = 200 }: Again = {},
): RouteResult {
  const { portal, query, person, now } = request;
  const mine = query.get("who") !== "all";
  const paged = query.has("before") || query.has("after");
  const { rows, more } = portal.index.jobs({
    type: analyzeLogs.type,
    limit: ROWS,
    person: mine ? person.name : undefined,
    before: query.get("before") ?? undefined,
    after: query.get("after") ?? undefined,
  });
  const open = paged ? [] : unfinished(request, mine);
  const [first, last] = [rows[0], rows.at(-1)];
  const to = (change: Record<string, string | undefined>) =>
    withQuery("/analyses", query, { before: undefined, after: undefined, ...change });
  const back = query.has("after");
  const body = analysesPage({
    all: [...open, ...rows.map(row => pastOf(portal, row))],
    ...{ mine, query, now, isLive: open.length > 0 },
    ...(isEnough(person.role, "operator") && { start: { ...startView(portal), ...(start && { refused: start }) } }),
    watched: {
      folders: watchedFolders(portal),
      mayChange: isEnough(person.role, "administrator"),
      typed,
    },
    ...(last && (more || back) && { older: to({ before: cursorOf(last) }) }),
    ...(first && paged && (query.has("before") || more) && { newer: to({ after: cursorOf(first) }) }),
    ...(!portal.workerLives() && {
      waits: "No worker is running: what is started waits for one. Start it with npm start.",
    }),
  });
  return { kind: "page", status, title: "Logs", body, here: "/analyses" };
}

function unfinished({ portal, person }: RequestContext, mine: boolean): PastAnalysis[] {
  const running = listRunning(portal.layout).map(({ id, claim, file }) => ({
    ...{ id, file, state: "running" as const, at: claim.claimedAt, by: claim.origin.submittedBy },
  }));
  const queued = listQueued(portal.layout).flatMap(({ id, file, stats }) =>
    id && file
      ? [{ id, file, state: "queued" as const, at: stats.mtime.toISOString(), by: file.submittedBy ?? "" }]
      : [],
  );
  return [...queued.toReversed(), ...running.toReversed()]
    .filter(({ file, by }) => file.type === analyzeLogs.type && (!mine || by === person.name))
    .map(({ id, file, state, at, by }) => ({ ...analysisTitle(file.parameters), ...{ id, state, at, by } }));
}
