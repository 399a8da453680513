import type { JobRecord } from "../../../core/jobs/record.ts";
import { type RowView, rowPage, savingPage } from "../../../views/pages/tables/row.ts";
import { HttpError, type RequestContext, type Route, type RouteResult } from "../../portal/page.ts";
import { jobErrorOf } from "../../runner/job-error.ts";
import { rowOf } from "../browse.ts";
import type { EditRows } from "../parameters.ts";
import { browsedTable, findEdit, lastBrowsed, nameIn } from "./browsed-table.ts";
import type { Browsed } from "./facts.ts";
import { changesIn, fieldsOf, refilled } from "./form.ts";
import { rowKey, submitEdit } from "./row.ts";

const path = "/tables/:catalog/:namespace/:table/row";

/** The pages of one row: its form, and what saves and deletes it. */
export const rowPages: readonly Route[] = [
  { method: "get", path, role: "operator", answer: show },
  { method: "post", path, role: "operator", answer: write },
  { method: "post", path: `${path}/delete`, role: "operator", answer: remove },
];

type Values = Readonly<Record<string, string | null>>;

async function show(request: RequestContext): Promise<RouteResult> {
  const { query, portal } = request;
  const value = query.get("key") ?? undefined;
  const job = query.get("job");
  const edit = job ? findEdit(request, job) : undefined;
  if (job && edit) {
    const { record, parameters } = edit;
    if (!record) return saving(request, job, parameters, portal.workerLives());
    if (request.header("hx-request"))
      return { kind: "text", text: "", status: 204, headers: { "HX-Redirect": `${request.path}?${query}` } };
    if (record.status === "succeeded") return { kind: "redirect", to: `${tableOf(request.path)}?saved=${job}` };
    return await form(request, value, problemOf(record), parameters.set);
  }
  return await form(request, value);
}

async function form(
  request: RequestContext,
  value: string | undefined,
  problem?: RowView["problem"],
  set: Values = {},
): Promise<RouteResult> {
  const table = await browsedTable(request, nameIn(request));
  const key = rowKey(table);
  const row = value === undefined ? undefined : await read(request, table, value, table.current);
  if (value !== undefined && !row) {
    const gone = new HttpError(404, `${nameIn(request).table} has no row ${value}.`, "It may have been deleted.");
    if (!problem) throw gone;
  }
  const isNew = value === undefined || !row;
  const fields = refilled(fieldsOf(table, row), isNew && value !== undefined ? { [key]: value, ...set } : set);
  return page(request, { fields, ...(!isNew && { value }), seen: table.current, ...(problem && { problem }) });
}

async function write(request: RequestContext): Promise<RouteResult> {
  const { query, form: sent, path: here } = request;
  const value = query.get("key") ?? undefined;
  const snapshot = query.get("seen") ?? undefined;
  const { table, seen, problem } = await asSeen(request, value, snapshot);
  const { set, was, fields, isWrong } = changesIn(sent, table, seen);
  const view = { fields, ...(value !== undefined && { value, seen: snapshot }) };
  if (problem)
    return page(
      request,
      {
        ...view,
        problem: {
          ...problem,
          hint: `${problem.hint ?? ""} Nothing was changed; what you typed is still here.`.trim(),
        },
      },
      problem.status,
    );
  if (isWrong) return page(request, view, 422);
  if (value !== undefined && Object.keys(set).length === 0)
    return { kind: "redirect", to: tableOf(here), notice: "Nothing was changed: the row has these values already." };
  const key = value ?? set[rowKey(table)] ?? "";
  try {
    const job = submitEdit(request, table, { value: key, set, ...(value === undefined ? { isNew: true } : { was }) });
    return { kind: "redirect", to: `${here}?${new URLSearchParams({ ...(value !== undefined && { key }), job })}` };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return page(
      request,
      { ...view, problem: { message: error.message, hint: [error.hint, ...error.problems].filter(Boolean).join(" ") } },
      error.status,
    );
  }
}

async function remove(request: RequestContext): Promise<RouteResult> {
  const table = await browsedTable(request, nameIn(request));
  const value = request.query.get("key") ?? request.form.get("key");
  if (value === null) throw new HttpError(422, "No row is named.", "Open the row and delete it there.");
  const job = submitEdit(request, table, { value });
  return {
    kind: "redirect",
    to: `${request.path.replace(/\/delete$/, "")}?${new URLSearchParams({ key: value, job })}`,
  };
}

// The row as the form showed it. Where Spark is away, what is still known of it keeps what was typed on the page.
async function asSeen(request: RequestContext, value: string | undefined, snapshot: string | undefined) {
  const name = nameIn(request);
  try {
    const table = await browsedTable(request, name);
    rowKey(table);
    const seen = value === undefined ? undefined : await read(request, table, value, snapshot ?? table.current);
    if (value === undefined || seen) return { table, seen };
    throw new HttpError(409, `The row ${value} is not there any more as you saw it.`, "Open it again.");
  } catch (error) {
    const table = lastBrowsed(request.portal, name);
    if (!(error instanceof HttpError) || !table) throw error;
    const seen = value === undefined ? undefined : await read(request, table, value, snapshot).catch(() => undefined);
    return { table, seen, problem: { status: error.status, message: error.message, hint: error.hint } };
  }
}

async function read(
  { portal, ...request }: RequestContext,
  table: Browsed,
  value: string,
  snapshot: string | undefined,
) {
  try {
    return await rowOf(portal, nameIn(request), table, rowKey(table), value, snapshot);
  } catch (error) {
    const { message, hint } = jobErrorOf(error);
    throw new HttpError(503, message, hint);
  }
}

function page(request: RequestContext, view: Omit<RowView, "name" | "path">, status = 200): RouteResult {
  const body = rowPage({ ...view, name: nameIn(request), path: request.path });
  return { kind: "page", title: view.value ?? "New row", body, here: "/files", status };
}

function saving(request: RequestContext, job: string, { key, set }: EditRows, isTaken: boolean): RouteResult {
  const { path: here, query } = request;
  const value = Object.values(key).join(", ");
  const words = isTaken
    ? "It is being written and read back. This takes some seconds."
    : "It waits in the queue: no worker runs. Start one, and it goes on by itself.";
  const body = savingPage({
    ...{ name: nameIn(request), path: here, here: `${here}?${query}`, value, job, words },
    ...(set && { set }),
  });
  return { kind: "page", title: value, body, here: "/files", refresh: 3 };
}

function problemOf({ tables, error, status }: JobRecord): RowView["problem"] {
  const failed = tables[0]?.error ?? error;
  const hint = [failed?.hint, "Nothing was changed; what you typed is still here."].filter(Boolean).join(" ");
  return { message: failed?.message ?? `The edit was ${status}.`, hint };
}

function tableOf(here: string): string {
  return here.replace(/\/row$/, "");
}
