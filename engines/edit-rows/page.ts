import { setTimeout as pause } from "node:timers/promises";
import { isEnough } from "../../jobs/people.ts";
import type { TableName } from "../../tables/names.ts";
import { rowPage } from "../../views/pages/row.ts";
import { type Asked, rowsPage } from "../../views/pages/rows.ts";
import { type Answer, type JobPage, Refusal, type Visit } from "../page.ts";
import { sentence } from "../sentence.ts";
import { type Browsed, browse, countedOf, ROWS, rowOf, rowsOf } from "./browse.ts";
import { deleteRow, writeRow } from "./row.ts";

/** The pages of a table's rows. */
const page: JobPage = {
  type: "edit-rows",
  routes: [
    { method: "get", path: "/tables/:catalog/:namespace/:table", role: "operator", answer: show },
    { method: "get", path: "/tables/:catalog/:namespace/:table/row", role: "operator", answer: showRow },
    { method: "post", path: "/tables/:catalog/:namespace/:table/row", role: "operator", answer: write },
    { method: "post", path: "/tables/:catalog/:namespace/:table/row/delete", role: "operator", answer: remove },
  ],
};

export default page;

const PATIENCE = 4_000;

async function show(visit: Visit): Promise<Answer> {
  const { query, person, now, path } = visit;
  const name = nameIn(visit);
  const title = name.table;
  const here = `${path}?${query}`;
  const tab = ["columns", "snapshots", "counts"].find(one => one === query.get("tab")) ?? "rows";
  // A page is not kept waiting: the answer is there when it asks again.
  const found = await Promise.race([gather(visit, name, tab), pause(PATIENCE, undefined)]);
  const body = rowsPage({
    ...{ name, path, query, here, tab, now, shown: ROWS },
    ...(found && { found }),
    mayEdit: isEnough(person.role, "operator"),
  });
  return { kind: "page", title, body, here: "/files" };
}

async function gather(visit: Visit, name: TableName, tab: string) {
  const { portal, query } = visit;
  const table = await known(visit, name);
  const snapshot = query.get("snapshot") ?? table.current;
  if (snapshot && !table.snapshots.some(({ id }) => id === snapshot))
    throw new Refusal(404, `${name.table} has no snapshot ${snapshot}.`, "Choose one under Snapshots.");
  const asked = askedOf(query, table);
  const rows = tab === "rows" && snapshot ? await rowsOf(portal, name, snapshot, table.columns, asked) : [];
  const counts =
    tab === "counts"
      ? await Promise.all(table.counts.map(async one => ({ ...one, ...(await countedOf(portal, one)) })))
      : [];
  return { table, asked, rows, counts, ...(snapshot && { snapshot }) };
}

/** What is known of a table; refused, in a sentence, where nothing can be. */
export async function known({ portal }: Visit, name: TableName): Promise<Browsed> {
  const found = await browse(portal, name).catch(error => {
    const { message, hint } = sentence(error);
    throw new Refusal(503, message, hint);
  });
  if (found) return found;
  throw new Refusal(404, `There is no table ${name.catalog}.${name.namespace}.${name.table}.`, "Or it is a view.");
}

/** The table that an address names. */
export function nameIn({ parameters: { catalog = "", namespace = "", table = "" } }: Visit): TableName {
  return { catalog, namespace, table };
}

function askedOf(query: URLSearchParams, { key, columns }: Browsed): Asked {
  return {
    text: (query.get("text") ?? "").trim().slice(0, 200),
    sort: query.get("sort") || key || columns[0]?.name || "",
    descending: query.get("order") === "desc",
    from: Math.max(0, Math.min(10_000_000, Math.trunc(Number(query.get("from") ?? 0)) || 0)),
  };
}

async function showRow(visit: Visit): Promise<Answer> {
  const { query, path } = visit;
  const name = nameIn(visit);
  const table = await known(visit, name);
  const { key } = table;
  if (!key)
    throw new Refusal(
      409,
      `The key of ${name.table} is not known, so its rows can't be edited here.`,
      `Set its property: alter table … set tblproperties ('portal.key' = '<column>')`,
    );
  const value = query.get("key");
  const row = value === null ? undefined : await rowOf(visit.portal, name, table, key, value);
  if (value !== null && !row) throw new Refusal(404, `${name.table} has no row ${value}.`, "It may have been deleted.");
  const body = rowPage({
    name,
    path,
    key,
    columns: table.columns,
    ...(row && { row }),
    ...(value !== null && { value }),
  });
  return { kind: "page", title: value ?? "New row", body, here: "/files" };
}

async function write(visit: Visit): Promise<Answer> {
  const { form } = visit;
  const table = await known(visit, nameIn(visit));
  const read = (prefix: string) =>
    Object.fromEntries(
      table.columns.flatMap(({ name }) => {
        const value = form.get(`${prefix}.${name}`);
        return value === null ? [] : [[name, form.has(`${prefix}-null.${name}`) ? null : lines(value)]];
      }),
    );
  const was = form.has("is-new") ? undefined : read("was");
  return done(
    visit,
    await writeRow(visit, table, form.get("key") ?? lines(form.get(`set.${table.key}`) ?? ""), read("set"), was),
  );
}

async function remove(visit: Visit): Promise<Answer> {
  const table = await known(visit, nameIn(visit));
  return done(visit, await deleteRow(visit, table, visit.form.get("key") ?? ""));
}

// A form sends every line break as two signs.
function lines(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

function done({ path }: Visit, { id, notes }: { id: string; notes?: readonly string[] }): Answer {
  const to = path.replace(/\/row(\/delete)?$/, "");
  return notes
    ? { kind: "redirect", to, notice: `${notes.join("; ")}.` }
    : { kind: "redirect", to: `/jobs/${id}`, notice: "It is still at work." };
}
