import { setTimeout as pause } from "node:timers/promises";
import { isCatalog, whyNotHere } from "../../../connectors/catalog-browser/allowed.ts";
import { type TableName, tableNameOf } from "../../../connectors/iceberg/names.ts";
import { isEnough } from "../../../core/people/roles.ts";
import { type BrowseQuery, rowsPage } from "../../../views/pages/tables/rows.ts";
import { snowflakePage } from "../../../views/pages/tables/table-records.ts";
import { HttpError, type Portal, type RequestContext, type RouteResult, type TypePages } from "../../portal/page.ts";
import { jobErrorOf } from "../../runner/job-error.ts";
import { browsedRows, countedOf, ROWS } from "../browse.ts";
import { browsedTable, findEdit, nameIn } from "./browsed-table.ts";
import type { Browsed } from "./facts.ts";
import { recordsOf } from "./records.ts";
import { rowPages } from "./row-page.ts";

/** The pages of a table: its rows and what they are, for whoever may see data; its description and jobs for everybody. */
const page: TypePages = {
  type: "edit-rows",
  routes: [
    { method: "get", path: "/tables/snowflake/:database/:schema/:table", role: "viewer", answer: showInSnowflake },
    { method: "get", path: "/tables/:catalog/:namespace/:table", role: "viewer", answer: show },
    ...rowPages,
  ],
};

export default page;

const PATIENCE = 4_000;
// What a script asks for takes the place of what is there once it is whole.
const PATIENCE_OF_SCRIPT = 25_000;
const TABS = ["rows", "columns", "snapshots", "counts", "jobs"];

async function show(request: RequestContext): Promise<RouteResult> {
  const { person, now, path, portal } = request;
  const name = nameIn(request);
  const query = new URLSearchParams(request.query);
  const saved = query.get("saved");
  const record = saved ? findEdit(request, saved)?.record : undefined;
  // It is said once: the links of the page lead on without it.
  query.delete("saved");
  const mayRead = isEnough(person.role, "operator");
  const tab = TABS.find(one => one === query.get("tab")) ?? (mayRead ? "rows" : "columns");
  const view = {
    ...{ name, path, query, here: `${path}?${query}`, tab, now, shown: ROWS, mayRead },
    ...(record?.tables[0]?.notes && { saved: `${record.tables[0].notes.join("; ")}.` }),
    records: recordsOf(portal, name),
    ...standingOf(portal, tableNameOf(name)),
  };
  const closed = whyNotHere(name.catalog);
  if (closed && isCatalog(name.catalog)) return closedPage(view, closed);
  // A page is not kept waiting: the answer is there when it asks again.
  const found = await Promise.race([
    gather(request, name, tab, mayRead).catch(refused),
    pause(request.header("hx-request") ? PATIENCE_OF_SCRIPT : PATIENCE, undefined),
  ]);
  const answer = { kind: "page", title: name.table, here: "/tables" } as const;
  if (!found) return { ...answer, body: rowsPage(view), refresh: 3 };
  if (!("problem" in found)) return { ...answer, body: rowsPage({ ...view, found }) };
  // What nobody has heard of is not there; of what the archive knows there is something to say.
  if (found.problem.status === 404 && view.records.length === 0 && view.lineages.length === 0) throw found.error;
  // A page that asks again by itself must learn that there is no more to wait for.
  const status = request.header("hx-request") ? 200 : found.problem.status;
  return { ...answer, body: rowsPage({ ...view, problem: found.problem }), status };
}

// The portal holds no secret, so what lies behind one is told by what the jobs have written.
function closedPage(view: Parameters<typeof rowsPage>[0], message: string): RouteResult {
  const hint = "Its rows are read where the key is, by a job or in Spark. What the archive knows of it stands below.";
  const body = rowsPage({ ...view, problem: { message, hint, isClosed: true } });
  const status = view.records.length > 0 || view.lineages.length > 0 ? 200 : 404;
  return { kind: "page", title: view.name.table, body, here: "/tables", status };
}

// Where it stands, and what moves it.
function standingOf(portal: Portal, whole: string) {
  return { lineages: portal.index.lineages(whole), schedules: portal.schedulesOf(whole) };
}

async function gather(request: RequestContext, name: TableName, tab: string, mayRead: boolean) {
  const { portal, query } = request;
  const table = await browsedTable(request, name);
  const snapshot = query.get("snapshot") ?? table.current;
  if (snapshot && !table.snapshots.some(({ id }) => id === snapshot))
    throw new HttpError(404, `${name.table} has no snapshot ${snapshot}.`, "Choose one under Snapshots.");
  const asked = askedOf(query, table);
  const hasRows = tab === "rows" && mayRead && (snapshot !== undefined || table.kind !== "iceberg");
  const rows = hasRows ? await browsedRows(portal, name, snapshot, table, asked) : [];
  const counts =
    tab === "counts" && mayRead
      ? await Promise.all(table.counts.map(async one => ({ ...one, ...(await countedOf(portal, one)) })))
      : [];
  return { table, asked, rows, counts, ...(snapshot && { snapshot }) };
}

function refused(error: unknown) {
  if (error instanceof HttpError) {
    const { status, message, hint } = error;
    return { error, problem: { status, message, ...(hint && { hint }) } };
  }
  const { message, hint } = jobErrorOf(error);
  return { error: new HttpError(503, message, hint), problem: { status: 503, message, ...(hint && { hint }) } };
}

function askedOf(query: URLSearchParams, { key, columns, kind }: Browsed): BrowseQuery {
  // To put a large table of Hive in order takes a look at all of it, which only somebody who asks for it waits for.
  const first = kind === "iceberg" ? (key ?? columns[0]?.name ?? "") : "";
  const sort = query.get("sort") ?? "";
  return {
    text: (query.get("text") ?? "").trim().slice(0, 200),
    sort: columns.some(({ name }) => name === sort) ? sort : first,
    descending: query.get("order") === "desc",
    from: Math.max(0, Math.min(10_000_000, Math.trunc(Number(query.get("from") ?? 0)) || 0)),
  };
}

function showInSnowflake({ parameters, portal, now }: RequestContext): RouteResult {
  const { database = "", schema = "", table = "" } = parameters;
  const records = recordsOf(portal, { catalog: "snowflake", namespace: `${database}.${schema}`, table });
  const standing = standingOf(portal, `snowflake.${database}.${schema}.${table}`);
  if (records.length === 0 && standing.lineages.length === 0)
    throw new HttpError(
      404,
      `No job has registered ${tableNameOf({ catalog: "snowflake", namespace: `${database}.${schema}`, table })}.`,
      "The audit lists what was registered.",
    );
  const href = snowsight(portal.settings.SNOWFLAKE_ACCOUNT, database, schema, table);
  const body = snowflakePage({ database, schema, table, records, now, ...standing, ...(href && { href }) });
  return { kind: "page", title: table, body, here: "/tables" };
}

// Snowflake's own pages name an account by its organisation and its name.
function snowsight(account: string | undefined, ...[database, schema, table]: string[]): string | undefined {
  const [, organisation, name] = /^([A-Za-z][A-Za-z0-9]*)-([A-Za-z0-9_]+)$/.exec(account ?? "") ?? [];
  if (!organisation || !name) return undefined;
  const parts = [database, schema, "table", table].map(part => encodeURIComponent(part ?? ""));
  return `https://app.snowflake.com/${organisation.toLowerCase()}/${name.toLowerCase()}/#/data/databases/${parts[0]}/schemas/${parts[1]}/table/${parts[3]}`;
}
