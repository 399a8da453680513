import { proof, type ShownState, state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { button } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { type FormState, filled, formProblem, textField } from "../../parts/form.ts";
import { table } from "../../parts/table.ts";
import { tableName } from "../../parts/table-name.ts";
import { nothingYet } from "../../parts/verdict.ts";

/** A comparison that has ended. */
export interface PastComparison {
  id: string;
  left: string;
  right: string;
  status: ShownState;
  verdict?: string;
  at: string;
}

/** The page where two tables are named to be compared, and what was compared last. */
export function comparisonsPage(view: {
  state: FormState;
  files: readonly string[];
  past: readonly PastComparison[];
  mayStart: boolean;
  now: number;
}): View {
  return html`${head("Compare tables")}${view.mayStart && form(view.state, view.files)}${history(view.past, view.now)}`;
}

function form(given: FormState, files: readonly string[]): View {
  const side = (name: string, label: string, placeholder: string) =>
    textField(filled(given, { name, label, placeholder, list: files, required: true, hint: HINT }));
  const at = (name: string, label: string) =>
    textField(
      filled(given, {
        name,
        label,
        placeholder: "what is current",
        hint: "Snapshot id, tag or branch of an Iceberg table.",
      }),
    );
  return card(
    { title: "Two tables", aside: "nothing is copied or changed" },
    html`<form method="post" action="/comparisons" class="form">${formProblem(given)}
<div class="row">${side("left", "Left", "hive.sales.orders")}${at("leftAt", "Left at")}</div>
<div class="row">${side("right", "Right", "lake.sales_iceberg.orders")}${at("rightAt", "Right at")}</div>
<div class="row">${textField(filled(given, { name: "key", label: "Key", placeholder: "id", hint: "Columns that tell rows apart, separated by commas. Without them whole rows are compared." }))}${textField(filled(given, { name: "ignore", label: "Leave out", placeholder: "loaded_at", hint: "Columns that are not compared, separated by commas." }))}</div>
<div class="row">${button("Compare", { look: "primary", name: "go", value: "start" })}${button("Plan first", { name: "go", value: "plan" })}${button("Schedule", { name: "go", value: "schedule" })}</div></form>`,
  );
}

const HINT = "catalog.namespace.table, snowflake.DATABASE.SCHEMA.TABLE, or the name of an uploaded CSV file.";

function history(all: readonly PastComparison[], now: number): View {
  if (all.length === 0)
    return card(
      { title: "Comparisons" },
      nothingYet("Nothing was compared yet.", "Name two tables that should hold the same rows."),
    );
  return card(
    { title: "Comparisons", look: "tight" },
    table(
      {
        caption: "Comparisons that have ended, the newest first",
        columns: [
          { head: "Left", cell: ({ left }) => tableName(left) },
          { head: "Right", cell: ({ right }) => tableName(right) },
          { head: "Result", cell: result },
          { head: "Ended", cell: ({ at }) => ago(at, now) },
          { head: "Comparison", cell: ({ id }) => html`<a href="/comparisons/${id}">${id}</a>` },
        ],
      },
      all,
    ),
  );
}

function result({ status, verdict }: PastComparison): Part {
  return verdict ? proof(verdict) : state(status);
}
