import { z } from "zod";
import { rowOf } from "../../engines/edit-rows/browse.ts";
import { known, nameIn } from "../../engines/edit-rows/page.ts";
import { deleteRow, type Edited, writeRow } from "../../engines/edit-rows/row.ts";
import { type Answer, Refusal, type Visit } from "../../engines/page.ts";
import { jsonBody } from "./body.ts";
import { type ApiRoute, apiRoute } from "./route.ts";
import { urlOf } from "./summary.ts";

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
export const rowRoutes: readonly ApiRoute[] = [
  apiRoute({
    ...{ method: "get", path, role: "operator", summary: "A row of a table by its key" },
    answers: { says: "The row, at the snapshot that is current.", shape: row },
    async answer(visit) {
      const { table, value } = await asked(visit);
      const found = table.key && (await rowOf(visit.portal, nameIn(visit), table, table.key, value));
      if (!found)
        throw new Refusal(404, `There is no row ${value}.`, table.key ? undefined : "The table has no portal.key.");
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
    answers: { says: "It is done; without notes it is still at work (202).", shape: edited },
    async answer(visit, { body: { set, was } }) {
      const { table, value } = await asked(visit);
      return answered(await writeRow({ ...visit, via: "api" }, table, value, set, was));
    },
  }),
  apiRoute({
    ...{ method: "delete", path, role: "operator", summary: "Delete a row, in a commit with the person's name" },
    answers: { says: "It is done; without notes it is still at work (202).", shape: edited },
    async answer(visit) {
      const { table, value } = await asked(visit);
      return answered(await deleteRow({ ...visit, via: "api" }, table, value));
    },
  }),
];

async function asked(visit: Visit) {
  return { table: await known(visit, nameIn(visit)), value: visit.parameters.key ?? "" };
}

function answered({ id, notes }: Edited): Answer {
  return { kind: "json", status: notes ? 200 : 202, value: { job: id, url: urlOf(id), ...(notes && { notes }) } };
}
