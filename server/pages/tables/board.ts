import type { BoardQuery } from "../../../core/audit/index/open.ts";
import { readRecord } from "../../../core/audit/records.ts";
import { csvLine, harmless } from "../../../core/audit/reports.ts";
import type { JobFile } from "../../../core/jobs/envelope.ts";
import { isEnough } from "../../../core/people/roles.ts";
import { LINEAGE_STATES, type Lineage } from "../../../core/stations/lineage.ts";
import { namespaceOf } from "../../../core/stations/names.ts";
import { archivedRecord } from "../../../core/store/layout.ts";
import { copyAs } from "../../../engines/portal/copy-as.ts";
import { estimateChain, estimateWords } from "../../../engines/portal/estimates.ts";
import {
  HttpError,
  type Portal,
  type RequestContext,
  type Route,
  type RouteResult,
  SCHEDULE_DRAFT,
} from "../../../engines/portal/page.ts";
import { titleOf } from "../../../engines/runner/about.ts";
import { boardPage, catchUpPage, PAGE } from "../../../views/pages/tables/board.ts";
import { withQuery } from "../../../views/parts/list.ts";
import { type CatchUp, type CatchUpJob, catchUp, type Earlier } from "./catch-up.ts";

/** The board of tables: its page, its file, and the jobs that bring tables up to date. */
export function boardRoutes(): Route[] {
  return [
    { method: "get", path: "/tables", role: "viewer", answer: board },
    { method: "get", path: "/tables.csv", role: "viewer", answer: boardCsv },
    { method: "post", path: "/tables/views", role: "viewer", answer: saveView },
    { method: "post", path: "/tables/views/delete", role: "viewer", answer: deleteView },
    { method: "post", path: "/tables/check", role: "operator", answer: check },
    { method: "post", path: "/tables/up-to-date", role: "operator", answer: choose },
    { method: "get", path: "/tables/up-to-date", role: "operator", answer: ask },
    { method: "post", path: "/tables/up-to-date/plan", role: "operator", answer: plan },
    { method: "post", path: "/tables/up-to-date/submit", role: "operator", answer: submit },
  ];
}

const DRAFT = "/tables/up-to-date";
const MOST = 10_000;

/** What of the board an address asks for. Refused where its state is none. */
function boardQuery(query: URLSearchParams): BoardQuery & { from: number } {
  const value = (name: string) => query.get(name)?.trim() || undefined;
  const state = value("state");
  const known = LINEAGE_STATES.find(one => one === state);
  if (state !== undefined && !known)
    throw new HttpError(
      422,
      `${JSON.stringify(state.slice(0, 50))} is no state of a table.`,
      `States are ${LINEAGE_STATES.join(", ")}.`,
    );
  const from = Math.min(10_000_000, Math.max(0, Math.trunc(Number(value("from") ?? 0)) || 0));
  const sort = value("sort") === "name" ? "name" : "urgency";
  return { state: known, namespace: value("namespace"), text: value("text"), sort, from };
}

function board(request: RequestContext): RouteResult {
  return showBoard(request, request.query);
}

function showBoard(
  { portal, person, now }: RequestContext,
  query: URLSearchParams,
  problem?: { name: string; message: string },
): RouteResult {
  const asked = boardQuery(query);
  const { index } = portal;
  index.refresh();
  const { rows, more } = index.board({ ...asked, limit: PAGE });
  const body = boardPage({
    ...{ rows, more, query, now, from: asked.from },
    counts: index.boardCounts(asked),
    places: index.boardPlaces(),
    views: portal.views.list(person.name, "/tables"),
    view: viewQuery(query),
    ...(problem && { problem }),
    mayStart: isEnough(person.role, "operator"),
    incomplete: index.reconciling(),
  });
  return { kind: "page", status: problem ? 422 : 200, title: "Tables", body, here: "/tables" };
}

// The same filter is the same text, however it was typed; a page of the list is no part of it.
function viewQuery(query: URLSearchParams): string {
  const fields = ["namespace", "sort", "state", "text"].map(name => [name, query.get(name)?.trim() ?? ""]);
  return new URLSearchParams(fields.filter(([, value]) => value !== "")).toString();
}

function saveView(request: RequestContext): RouteResult {
  const { form, portal, person } = request;
  const query = viewQuery(new URLSearchParams(form.get("query") ?? ""));
  const name = form.get("name") ?? "";
  try {
    portal.views.save(person.name, "/tables", { name, query });
  } catch (error) {
    return showBoard(request, new URLSearchParams(query), { name, message: (error as Error).message });
  }
  return { kind: "redirect", to: `/tables?${query}`, notice: "The view is saved." };
}

function deleteView({ form, portal, person }: RequestContext): RouteResult {
  portal.views.remove(person.name, "/tables", form.get("name") ?? "");
  const query = viewQuery(new URLSearchParams(form.get("query") ?? ""));
  return { kind: "redirect", to: query ? `/tables?${query}` : "/tables", notice: "The view is deleted." };
}

const COLUMNS = [
  ...["table", "last", "state", "station", "station_state", "words", "behind", "snapshot", "rows", "bytes"],
  ...["written_at", "job", "type", "by", "proof", "looked_at"],
];

/** The board as a file: a line for each station, with the filter of the page. */
export function boardCsv({ portal, query, now }: RequestContext): RouteResult {
  const asked = boardQuery(query);
  portal.index.refresh();
  const download = `tables-${new Date(now).toISOString().slice(0, 10)}.csv`;
  return { kind: "lines", lines: csvLines(portal, asked), type: "text/csv; charset=utf-8", download };
}

function* csvLines({ index }: Portal, asked: BoardQuery): Generator<string> {
  yield csvLine(COLUMNS);
  const limit = 200;
  for (let from = 0, more = true; more; from += limit) {
    const page = index.board({ ...asked, sort: "name", from, limit });
    yield page.rows.flatMap(stationLines).join("");
    more = page.more;
  }
}

function stationLines({ name, last, state, stations }: Lineage): string[] {
  return stations.map(station => {
    const { words, behind, snapshot, rows, bytes, at, job, type, by, proof, seen } = station;
    const cells = [
      name,
      last,
      state,
      station.name,
      station.state,
      words,
      behind,
      snapshot,
      rows,
      bytes,
      at,
      job,
      type,
      by,
    ];
    return csvLine([...cells, proof?.verdict, seen].map(cell => harmless(String(cell ?? ""))));
  });
}

function check(request: RequestContext): RouteResult {
  const { form, portal, person } = request;
  const text = form.get("namespace")?.trim() ?? "";
  const dot = text.indexOf(".");
  if (dot <= 0 || dot === text.length - 1)
    throw new HttpError(
      422,
      `${JSON.stringify(text.slice(0, 100))} names no catalog and namespace.`,
      "Write both, such as hive.sales.",
    );
  const job = { type: "check-drift", parameters: { from: text.slice(0, dot), namespace: text.slice(dot + 1) } };
  if (form.get("go") === "schedule") {
    portal.drafts.set(person.name, SCHEDULE_DRAFT, { names: new Set(), options: { job: JSON.stringify(job) } });
    return { kind: "redirect", to: "/new-schedule?draft=1" };
  }
  const id = portal.submit(request, job);
  const waits = portal.workerLives() ? "" : " No worker is running: it waits for one.";
  return { kind: "redirect", to: `/jobs/${id}`, notice: `Submitted. The board follows once it has ended.${waits}` };
}

function choose(request: RequestContext): RouteResult {
  const { form, portal, person } = request;
  const filter = new URLSearchParams(["state", "namespace", "text"].map(name => [name, form.get(name) ?? ""]));
  portal.index.refresh();
  const all = form.get("all") === "1";
  const names = all
    ? portal.index.board({ ...boardQuery(filter), from: 0, limit: MOST }).rows.map(({ last }) => last)
    : form.getAll("table");
  const back = withQuery("/tables", new URLSearchParams([...filter].filter(([, value]) => value !== "")), {});
  if (names.length === 0)
    return { kind: "redirect", to: back, notice: "No table is selected. Select the tables first." };
  portal.drafts.set(person.name, DRAFT, { names: new Set(names), options: { back } });
  return { kind: "redirect", to: DRAFT };
}

function ask(request: RequestContext): RouteResult {
  const { portal, person } = request;
  const { jobs, left } = chosen(request);
  const lines = jobs.map(({ job, tables, copies }) => ({
    title: titleOf(job.type, job.parameters),
    tables,
    follows: (job.then ?? []).map(({ type }) => type),
    file: copyAs(portal, job).file,
    ...timeOf(portal, job, copies),
  }));
  const back = portal.drafts.get(person.name, DRAFT).options.back ?? "/tables";
  const body = catchUpPage({ jobs: lines, left, back, waits: !portal.workerLives() });
  return { kind: "page", title: "Bring up to date", body, here: "/tables" };
}

function timeOf(
  portal: Portal,
  { type, parameters, then = [] }: JobFile,
  copies: CatchUpJob["copies"],
): { time?: string } {
  const steps = [{ type, parameters }, ...then].map((step, i) => ({
    ...{ type: step.type, parameters: step.parameters, tables: copies[i] ?? [] },
  }));
  const estimate = estimateChain(portal, steps);
  return estimate ? { time: estimateWords(estimate) } : {};
}

function plan(request: RequestContext): RouteResult {
  const { jobs } = chosen(request);
  const found = jobs[Number(request.form.get("job"))];
  if (!found) return { kind: "redirect", to: DRAFT, notice: "What is behind has changed meanwhile. Look again." };
  const id = request.portal.submit(request, { type: "plan-job", parameters: { job: found.job } });
  return { kind: "redirect", to: `/plans/${id}` };
}

function submit(request: RequestContext): RouteResult {
  const { portal, person } = request;
  const { jobs } = chosen(request);
  const ids = jobs.map(({ job }) => portal.submit(request, job));
  portal.drafts.set(person.name, DRAFT, undefined);
  const notice = `Submitted ${ids.length === 1 ? "1 job" : `${ids.length} jobs`}.${portal.workerLives() ? "" : " No worker is running: they wait for one."}`;
  return { kind: "redirect", to: ids.length === 1 ? `/jobs/${ids[0]}` : "/jobs", notice };
}

// The selection is of names; what is to be done is seen anew at each step.
function chosen({ portal, person }: RequestContext): CatchUp {
  portal.index.refresh();
  const names = [...portal.drafts.get(person.name, DRAFT).names];
  return catchUp(portal.index.lineagesTo(names), earlierIn(portal));
}

function earlierIn({ index, layout }: Portal): Earlier {
  const parameters = new Map<string, Record<string, unknown> | undefined>();
  const models = new Map<string, Lineage | undefined>();
  return {
    parameters(job) {
      if (!parameters.has(job)) {
        const path = archivedRecord(layout, job);
        parameters.set(job, path === undefined ? undefined : readRecord(path)?.parameters);
      }
      return parameters.get(job);
    },
    model({ name }) {
      const namespace = namespaceOf(name);
      if (!models.has(namespace)) {
        const beside = index.board({ namespace, limit: 200 }).rows.filter(one => namespaceOf(one.name) === namespace);
        models.set(
          namespace,
          beside.filter(one => one.stations.length > 1).sort((a, b) => b.stations.length - a.stations.length)[0],
        );
      }
      return models.get(namespace);
    },
  };
}
