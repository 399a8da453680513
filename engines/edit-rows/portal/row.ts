import { setTimeout as pause } from "node:timers/promises";
import { problemWith, whyNotEditable } from "../../../connectors/iceberg/cell-text.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import { HttpError, type Portal, type RequestContext } from "../../portal/page.ts";
import { UNKNOWN_OUTCOME } from "../trace.ts";
import type { Browsed } from "./facts.ts";

type Values = Readonly<Record<string, string | null>>;

/** What came of an edit: the job, and what it says once it has ended. */
export interface Edited {
  id: string;
  notes?: string[];
}

/** What is asked of one row. With `isNew` a row that is there already is left alone. */
export interface RowEdit {
  value: string;
  set?: Values;
  was?: Values;
  isNew?: boolean;
}

/** Writes or deletes one row through a job, and gives its id without waiting for it. */
export function submitEdit(request: RequestContext, table: Browsed, { value, set, was, isNew }: RowEdit): string {
  const { catalog, namespace, table: name } = request.parameters;
  const key = rowKey(table);
  const rest = set && Object.fromEntries(Object.entries(set).filter(([column]) => column !== key));
  return request.portal.submit(request, {
    type: "edit-rows",
    priority: 10,
    parameters: {
      ...{ table: `${catalog}.${namespace}.${name}`, key: { [key]: value } },
      ...(rest && { set: rest }),
      ...(was && { was }),
      ...(isNew && { ifExists: "fail" }),
    },
  });
}

/** Writes or deletes one row through a job, and waits for it. Refused, with the job's own sentence, where that fails. */
export async function editRow(request: RequestContext, table: Browsed, edit: RowEdit): Promise<Edited> {
  refuseBadValues(table, edit);
  const id = submitEdit(request, table, edit);
  const { portal } = request;
  // Without a worker it waits in the queue, as every job does.
  const record = portal.workerLives() ? await waitFor(portal, id) : undefined;
  if (!record) return { id };
  const [outcome] = record.tables;
  const error = outcome?.error ?? record.error;
  if (record.status === "succeeded") return { id, notes: outcome?.notes ?? [] };
  throw new HttpError(409, error?.message ?? `The edit was ${record.status}.`, error?.hint ?? UNKNOWN_OUTCOME);
}

/** The column that a table's rows are known by. Refused where that is not known. */
export function rowKey({ key }: Browsed): string {
  if (key) return key;
  throw new HttpError(
    409,
    "The key of this table is not known, so its rows can't be edited.",
    "Set its property: alter table … set tblproperties ('portal.key' = '<column>')",
  );
}

// What can be seen without Spark need not become a job that fails.
function refuseBadValues(table: Browsed, { value, set = {} }: RowEdit): void {
  const problems = Object.entries({ ...set, [rowKey(table)]: value }).flatMap(([name, text]) => {
    const column = table.columns.find(one => one.name === name);
    if (!column)
      return [`${name}: there is no such column; there are ${table.columns.map(one => one.name).join(", ")}.`];
    if (text === null) return column.required ? [`${name}: it can't be null.`] : [];
    // Whether a nested value is the one that is there already, only Spark can tell.
    const why = whyNotEditable(column.dataType) ? undefined : problemWith(column.dataType, text);
    return why ? [`${name}: ${why}`] : [];
  });
  if (problems[0]) throw new HttpError(422, problems[0], "Nothing was changed.", problems);
}

const PATIENCE = 45_000;

/** Waits for a light job; its record, or undefined where it goes on for longer than a page should wait. */
async function waitFor({ layout }: Portal, id: string, patience = PATIENCE): Promise<JobRecord | undefined> {
  for (const until = Date.now() + patience; Date.now() < until; await pause(150)) {
    const found = findJob(layout, id);
    if (found?.state === "ended") return found.record;
  }
  return undefined;
}
