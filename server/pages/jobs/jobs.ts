import { cursorOf, type JobQuery } from "../../../core/audit/index/open.ts";
import type { Status } from "../../../core/jobs/states.ts";
import { isEnough } from "../../../core/people/roles.ts";
import { memoized } from "../../../core/system/cache.ts";
import { jobTypes } from "../../../engines/list.ts";
import type { RequestContext, Route, RouteResult } from "../../../engines/portal/page.ts";
import type { View } from "../../../views/html.ts";
import { jobsPage } from "../../../views/pages/jobs/jobs.ts";
import { withQuery } from "../../../views/parts/list.ts";
import type { AppContext } from "../../context.ts";
import { daysAgo, type PortalStatus, READ_ONLY_TYPES } from "../../state/portal-status.ts";
import { endedLine } from "./lines.ts";
import { unfinishedJob } from "./unfinished.ts";

const ROWS = 50;
// Of a text or a table so many are counted: a list is no reason to read a whole archive.
const COUNTED = 1000;
const SPANS: ReadonlyMap<string, number | undefined> = new Map([
  ["1d", 1],
  ["7d", 7],
  ["30d", 30],
  ["all", undefined],
]);
const ENDED: readonly string[] = ["succeeded", "failed", "cancelled"];

/** The lists of jobs. */
export function jobsRoutes(context: AppContext): Route[] {
  // However many people look at the same list, it is drawn once.
  const drawn = memoized<View>({ max: 30, ttl: 5_000 });
  return [{ method: "get", path: "/jobs", role: "viewer", answer: request => jobs(request, context, drawn) }];
}

// Drawn once for all who look at the same, as long as the world was not looked at again.
function jobs(
  request: RequestContext,
  { portalStatus }: AppContext,
  drawn: (key: string, draw: () => View) => View,
): RouteResult {
  const { query, person } = request;
  const wanted = query.get("state");
  const key = `${portalStatus().at} ${isEnough(person.role, "operator")} ${query}`;
  const body = drawn(key, () => list(request, portalStatus()));
  return { kind: "page", title: "Jobs", body, here: wanted ? `/jobs?state=${wanted}` : "/jobs" };
}

function list(request: RequestContext, portalStatus: PortalStatus): View {
  const { portal, query, person, now } = request;
  const wanted = query.get("state");
  const filter = endedQuery(query, now);
  const paged = query.has("before") || query.has("after");
  const open = paged ? { lines: [], count: 0 } : unfinishedJob(portalStatus, request);
  const { rows, more } = wanted && !ENDED.includes(wanted) ? { rows: [], more: false } : portal.index.jobs(filter);
  const lines = [...open.lines, ...rows.map(endedLine)];
  const [first, last] = [rows[0], rows.at(-1)];
  const back = query.has("after");
  const counted = wanted && !ENDED.includes(wanted) ? { jobs: 0, more: false } : portal.index.count(filter, COUNTED);
  const older = last && (more || back) && withQuery("/jobs", query, { before: cursorOf(last), after: undefined });
  const newer =
    first &&
    paged &&
    (query.has("before") || more) &&
    withQuery("/jobs", query, { after: cursorOf(first), before: undefined });
  return jobsPage({
    lines,
    query,
    now,
    count: open.count + counted.jobs,
    ...(counted.more && { countedUpTo: true }),
    unshown: open.count - open.lines.length,
    types: Object.keys(jobTypes).map(type => [type, type]),
    people: portal.index.people(),
    ...(older && { older }),
    ...(newer && { newer }),
    mayStart: isEnough(person.role, "operator"),
    paused: query.has("paused") || paged,
  });
}

/** The question to the index behind a filter: what only asks is left out unless its type is named. */
function endedQuery(query: URLSearchParams, now: number): JobQuery {
  const value = (name: string) => query.get(name) || undefined;
  const wanted = value("state");
  const days = SPANS.get(value("when") ?? "7d");
  return {
    status: wanted && ENDED.includes(wanted) ? (wanted as Status) : undefined,
    type: value("type"),
    notTypes: value("type") ? undefined : READ_ONLY_TYPES,
    person: value("person"),
    table: value("table"),
    text: value("text"),
    from: days === undefined ? undefined : daysAgo(days, now),
    before: value("before"),
    after: value("after"),
    limit: ROWS,
  };
}
