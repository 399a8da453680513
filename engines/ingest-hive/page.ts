import type { JobFile } from "../../jobs/envelope.ts";
import type { Known } from "../../tables/metadata/open.ts";
import { html, type Part } from "../../views/html.ts";
import { type PickLine, thenBoxes } from "../../views/pages/picker.ts";
import { linkButton } from "../../views/parts/button.ts";
import { selectField, textField } from "../../views/parts/form.ts";
import { ago } from "../../views/times.ts";
import type { JobPage, Visit } from "../page.ts";
import { pickRoutes } from "../pick.ts";
import { EXISTING, followUps } from "../pick-options.ts";
import { type IngestHive, namespaceOf } from "./parameters.ts";
import { refusal } from "./refusals.ts";

/** The page where tables of a Hive database are picked. */
const page: JobPage = {
  type: "ingest-hive",
  place: { name: "Ingest", href: "/ingest" },
  start: { title: "Ingest tables", words: "From Hive into the lake, then on to Azure and Snowflake", href: "/ingest" },
  routes: pickRoutes({
    path: "/ingest",
    type: "ingest-hive",
    title: "Ingest from Hive to Iceberg",
    verb: "Ingest",
    catalog: "hive",
    place: { name: "database", label: "Hive database" },
    columns: ["format", "partitions"],
    lines,
    fields,
    then: options =>
      thenBoxes([
        { name: "azure", label: "then copy to Azure", checked: options.azure === "on" },
        { name: "snowflake", label: "and register on Snowflake", checked: options.snowflake === "on" },
      ]),
    options: ["namespace", "ifExists", "azure", "snowflake"],
    job,
  }),
  next: ({ parameters }) =>
    linkButton(
      "Migrate these tables",
      `/migrate?namespace=${encodeURIComponent(namespaceOf(parameters as IngestHive))}`,
    ),
};

export default page;

function lines({ portal, now }: Visit, database: string, known: readonly Known[]): Omit<PickLine, "chosen">[] {
  const before = portal.index.lastBySource(
    known.map(({ name }) => `hive.${database}.${name}`),
    "ingest-hive",
  );
  return known.map(({ name, detail, pending, error }) => {
    const last = before.get(`hive.${database}.${name}`);
    const base = {
      name,
      pending,
      ...(error && { error }),
      ...(last && {
        before: lastWords(last.finishedAt, last.id, detail?.of === "hive" ? detail.changedAt : undefined, now),
      }),
    };
    if (detail?.of !== "hive") return base;
    const { rows, bytes, changedAt, comment } = detail;
    const why = refusal(database, name, detail.hive);
    return {
      ...base,
      format: detail.format,
      partitions: partitionWords(detail.partitionColumns, detail.partitions),
      ...(rows !== undefined && { rows }),
      ...(bytes !== undefined && { bytes }),
      ...(changedAt !== undefined && { changedAt }),
      ...(comment && { comment }),
      ...(why && { refusal: { message: why.message, ...(why.hint && { hint: why.hint }) } }),
    };
  });
}

function lastWords(at: string, id: string, changedAt: string | undefined, now: number): Part {
  const since = changedAt !== undefined && Date.parse(changedAt) > Date.parse(at) ? ", changed since" : "";
  return html`<a href="/jobs/${id}">ingested ${ago(at, now)}</a>${since}`;
}

function partitionWords(columns: readonly string[], count: number | undefined): string {
  if (columns.length === 0) return "";
  return `${columns.join(", ")}${count === undefined ? "" : `, ${count} ${count === 1 ? "partition" : "partitions"}`}`;
}

function fields(database: string, options: Readonly<Record<string, string>>): Part {
  if (!database) return undefined;
  return html`${textField({ name: "namespace", label: "Iceberg namespace", value: options.namespace ?? "", placeholder: `${database}_iceberg` })}${selectField({ name: "ifExists", label: "If a table exists", value: options.ifExists || "replace-own", options: EXISTING })}`;
}

function job(database: string, tables: readonly string[], options: Readonly<Record<string, string>>): JobFile {
  return {
    type: "ingest-hive",
    parameters: {
      database,
      tables,
      ...(options.namespace && { namespace: options.namespace }),
      ...(options.ifExists && options.ifExists !== "replace-own" && { ifExists: options.ifExists }),
    },
    ...followUps(options),
  };
}
