import { cursorOf, type JobQuery } from "../../audit/index/open.ts";
import { jobTypes } from "../../engines/list.ts";
import type { Answer, Route, Visit } from "../../engines/page.ts";
import { isEnough } from "../../jobs/people.ts";
import type { Status } from "../../jobs/states.ts";
import type { View } from "../../views/html.ts";
import { jobsPage } from "../../views/pages/jobs.ts";
import { withQuery } from "../../views/parts/list.ts";
import { type ForAWhile, forAWhile } from "../for-a-while.ts";
import type { Around } from "../routes.ts";
import { ASKING, daysAgo, type World } from "../world.ts";
import { endedLine } from "./lines.ts";
import { unfinished } from "./unfinished.ts";

const ROWS = 50;
const SPANS: Readonly<Record<string, number | undefined>> = { "1d": 1, "7d": 7, "30d": 30, all: undefined };
const ENDED: readonly string[] = ["succeeded", "failed", "cancelled"];

/** The lists of jobs. */
export function jobsRoutes(around: Around): Route[] {
  const drawn = forAWhile<View>();
  return [{ method: "get", path: "/jobs", role: "viewer", answer: visit => jobs(visit, around, drawn) }];
}

// Drawn once for all who look at the same, as long as the world was not looked at again.
function jobs(visit: Visit, { world }: Around, drawn: ForAWhile<View>): Answer {
  const { query, person, now } = visit;
  const wanted = query.get("state");
  const key = `${world().at} ${isEnough(person.role, "operator")} ${query}`;
  const body = drawn(key, now, () => list(visit, world()));
  return { kind: "page", title: "Jobs", body, here: wanted ? `/jobs?state=${wanted}` : "/jobs" };
}

function list(visit: Visit, world: World): View {
  const { portal, query, person, now } = visit;
  const wanted = query.get("state");
  const asked = endedQuery(query, now);
  const paged = query.has("before") || query.has("after");
  const open = paged ? { lines: [], count: 0 } : unfinished(world, visit);
  const { rows, more } = wanted && !ENDED.includes(wanted) ? { rows: [], more: false } : portal.index.jobs(asked);
  const lines = [...open.lines, ...rows.map(endedLine)];
  const [first, last] = [rows[0], rows.at(-1)];
  const back = query.has("after");
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
    count:
      open.count +
      (wanted && !ENDED.includes(wanted) ? 0 : portal.index.count({ ...asked, before: undefined, after: undefined })),
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
  const days = SPANS[value("when") ?? "7d"];
  return {
    status: wanted && ENDED.includes(wanted) ? (wanted as Status) : undefined,
    type: value("type"),
    notTypes: value("type") ? undefined : ASKING,
    person: value("person"),
    table: value("table"),
    text: value("text"),
    from: days === undefined ? undefined : daysAgo(days, now),
    before: value("before"),
    after: value("after"),
    limit: ROWS,
  };
}
