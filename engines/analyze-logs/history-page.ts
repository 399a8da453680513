import { cursorOf } from "../../audit/index/open.ts";
import { listQueued, listRunning } from "../../files/jobs-on-disk.ts";
import { isEnough } from "../../jobs/people.ts";
import { analysesPage, type PastAnalysis } from "../../views/pages/analyses.ts";
import { withQuery } from "../../views/parts/list.ts";
import type { Answer, Route, Visit } from "../page.ts";
import { analyzeLogs } from "./parameters.ts";
import { pastOf, titleOf } from "./past.ts";
import { startView } from "./start-page.ts";

/** Every analysis of a person, or of all, and the way to a new one. */
export const historyRoutes: readonly Route[] = [{ method: "get", path: "/analyses", role: "viewer", answer: list }];

const ROWS = 25;

function list(visit: Visit): Answer {
  const { portal, query, person, now } = visit;
  const mine = query.get("who") !== "all";
  const paged = query.has("before") || query.has("after");
  const { rows, more } = portal.index.jobs({
    types: [analyzeLogs.type],
    limit: ROWS,
    person: mine ? person.name : undefined,
    before: query.get("before") ?? undefined,
    after: query.get("after") ?? undefined,
  });
  const open = paged ? [] : unfinished(visit, mine);
  const [first, last] = [rows[0], rows.at(-1)];
  const to = (change: Record<string, string | undefined>) =>
    withQuery("/analyses", query, { before: undefined, after: undefined, ...change });
  const back = query.has("after");
  const body = analysesPage({
    all: [...open, ...rows.map(row => pastOf(portal, row))],
    ...{ mine, query, now, isLive: open.length > 0 },
    ...(isEnough(person.role, "operator") && { start: startView(portal) }),
    ...(last && (more || back) && { older: to({ before: cursorOf(last) }) }),
    ...(first && paged && (query.has("before") || more) && { newer: to({ after: cursorOf(first) }) }),
    ...(!portal.workerLives() && {
      waits: "No worker is running: what is started waits for one. Start it with npm start.",
    }),
  });
  return { kind: "page", title: "Logs", body, here: "/analyses" };
}

function unfinished({ portal, person }: Visit, mine: boolean): PastAnalysis[] {
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
    .map(({ id, file, state, at, by }) => ({ ...titleOf(file.parameters), ...{ id, state, at, by } }));
}
