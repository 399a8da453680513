import { z } from "zod";
import { rowOf } from "../../../engines/edit-rows/browse.ts";
import { browsedTable, nameIn } from "../../../engines/edit-rows/portal/browsed-table.ts";
import { type Edited, editRow } from "../../../engines/edit-rows/portal/row.ts";
import { HttpError, type RequestContext, type RouteResult } from "../../../engines/portal/page.ts";
import { type ApiRoute, apiRoute, jsonBody } from "../route.ts";
import { urlOf } from "../summary.ts";

const path = "/api/tables/:catalog/:namespace/:table/rows/:key";
const values = z.record(z.string(), z.union([z.string(), z.null()]));
const row = z.strictObject({ row: values.describe("Every value as text, or null."), snapshot: z.string() });
const edited = z.strictObject({ job: z.string(), url: z.string(), notes: z.array(z.string()).optional() });
const body = jsonBody(
  z.strictObject({
    set: values.describe("The columns to write; those that are not named stay as they are."),
    was: values.optional().describe("What was seen: a row that has changed since is left alone, with 409."),
  }),
);

/** One row of a table, by its key (the table's property portal.key). */
export const rowsApi: readonly ApiRoute[] = [
  apiRoute({
    ...{ method: "get", path, role: "operator", summary: "A row of a table by its key" },
    answers: { description: "The row, at the snapshot that is current.", shape: row },
    async answer(request) {
      const { table, value } = await requestedRow(request);
      const found = table.key && (await rowOf(request.portal, nameIn(request), table, table.key, value, table.current));
      if (!found)
        throw new HttpError(404, `There is no row ${value}.`, table.key ? undefined : "The table has no portal.key.");
      return { kind: "json", value: { row: found, snapshot: table.current ?? "" } };
    },
  }),
  apiRoute({
    ...{
      method: "put",
      path,
      role: "operator",
      summary: "Change or add a row, in a commit with the person's name",
      body,
    },
    answers: { description: "It is done; without notes it is still at work (202).", shape: edited },
    async answer(request, { body: { set, was } }) {
      const { table, value } = await requestedRow(request);
      return answered(await editRow({ ...request, via: "api" }, table, { value, set, ...(was && { was }) }));
    },
  }),
  apiRoute({
    ...{ method: "delete", path, role: "operator", summary: "Delete a row, in a commit with the person's name" },
    answers: { description: "It is done; without notes it is still at work (202).", shape: edited },
    async answer(request) {
      const { table, value } = await requestedRow(request);
      return answered(await editRow({ ...request, via: "api" }, table, { value }));
    },
  }),
];

async function requestedRow(request: RequestContext) {
  return { table: await browsedTable(request, nameIn(request)), value: request.parameters.key ?? "" };
}

function answered({ id, notes }: Edited): RouteResult {
  return { kind: "json", status: notes ? 200 : 202, value: { job: id, url: urlOf(id), ...(notes && { notes }) } };
}
