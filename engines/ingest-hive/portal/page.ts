import type { HiveDetail } from "../../../connectors/catalog-browser/hive.ts";
import type { TableDetail } from "../../../connectors/catalog-browser/open.ts";
import { isTransactional } from "../../../connectors/iceberg/describe.ts";
import type { JobFile } from "../../../core/jobs/envelope.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { ago } from "../../../views/format/times.ts";
import { html, type Part } from "../../../views/html.ts";
import { type PickLine, thenBoxes } from "../../../views/pages/jobs/picker.ts";
import { button } from "../../../views/parts/button.ts";
import { hidden, selectField, textField } from "../../../views/parts/form.ts";
import type { Portal, RequestContext, TypePages } from "../../portal/page.ts";
import { pickRoutes } from "../../portal/pick.ts";
import { EXISTING, followUps } from "../../portal/pick-options.ts";
import { type IngestHive, ingestNamespace } from "../parameters.ts";
import { refusal } from "../refusals.ts";

/** The page where tables of a Hive database are picked. */
const page: TypePages = {
  type: "ingest-hive",
  navigation: { name: "Ingest", href: "/ingest" },
  start: { title: "Ingest tables", words: "From Hive into the lake, then on to Azure and Snowflake", href: "/ingest" },
  routes: pickRoutes({
    path: "/ingest",
    type: "ingest-hive",
    title: "Ingest from Hive to Iceberg",
    verb: "Ingest",
    catalog: "hive",
    to: "lake",
    place: { name: "database", label: "Hive database" },
    columns: ["format", "partitions"],
    lines,
    fields,
    then: options =>
      thenBoxes([
        { name: "azure", label: "then copy to Azure", checked: options.azure === "on" },
        { name: "snowflake", label: "and register on Snowflake", checked: options.snowflake === "on" },
      ]),
    options: ["namespace", "mode", "ifExists", "verify", "azure", "snowflake"],
    job,
  }),
  next,
};

export default page;

// Offered only where there is something left to migrate, and to whom may start it. The form selects the tables.
function next(record: JobRecord, { mayStart, portal }: { mayStart: boolean; portal: Portal }): Part {
  const targets = record.tables.filter(({ outcome }) => outcome === "succeeded").map(({ target }) => target);
  const chained = record.followUps.length > 0 || (record.then ?? []).length > 0;
  if (!mayStart || chained || targets.length === 0) return undefined;
  const migrated = portal.index.lastBySource(targets, "migrate-iceberg");
  const left = targets.filter(target => (migrated.get(target)?.finishedAt ?? "") < record.finishedAt);
  if (left.length === 0) return undefined;
  const names = left.map(target => target.slice(target.lastIndexOf(".") + 1));
  const label = names.length === 1 ? "Migrate this table" : `Migrate these ${names.length} tables`;
  return html`<form method="post" action="/migrate/choose">${hidden("namespace", ingestNamespace(record.parameters as unknown as IngestHive))}${names.map(name => hidden("name", name))}${button(label)}</form>`;
}

function lines(
  { portal, now }: RequestContext,
  database: string,
  known: readonly TableDetail[],
): Omit<PickLine, "chosen">[] {
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
      format: formatWords(detail),
      partitions: partitionWords(detail.partitionColumns, detail.partitions),
      ...(rows !== undefined && { rows }),
      ...(bytes !== undefined && { bytes }),
      ...(changedAt !== undefined && { changedAt }),
      ...(comment && { comment }),
      ...(why && { refusal: { message: why.message, ...(why.hint && { hint: why.hint }) } }),
    };
  });
}

function formatWords({ format, hive, deltas }: HiveDetail): string {
  if (!isTransactional(hive)) return format;
  const counted = deltas === undefined ? "" : `, ${deltas} ${deltas === 1 ? "delta" : "deltas"}`;
  const advice = (deltas ?? 0) > MANY_DELTAS ? " (compact it in Hive first)" : "";
  return `${format}, transactional${counted}${advice}`;
}

/** From here on a compaction saves more than it costs. */
const MANY_DELTAS = 100;

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
  return html`${textField({ name: "namespace", label: "Iceberg namespace", value: options.namespace ?? "", placeholder: `${database}_iceberg` })}${selectField({ name: "mode", label: "Rows", value: options.mode || "copy", options: MODES })}${selectField({ name: "ifExists", label: "If a table exists", value: options.ifExists || "replace-own", options: EXISTING })}${selectField({ name: "verify", label: "Proof", value: options.verify || "read-back", options: PROOFS })}`;
}

const MODES = [
  ["copy", "Copy them"],
  ["snapshot", "Read Hive's own files in place"],
] as const;

const PROOFS = [
  ["read-back", "Read the copy back"],
  ["witness", "Read it back and ask Hive itself"],
  ["metadata", "Compare counts only"],
] as const;

function job(database: string, tables: readonly string[], options: Readonly<Record<string, string>>): JobFile {
  return {
    type: "ingest-hive",
    parameters: {
      database,
      tables,
      ...(options.namespace && { namespace: options.namespace }),
      ...(options.mode === "snapshot" && { mode: options.mode }),
      ...(options.ifExists && options.ifExists !== "replace-own" && { ifExists: options.ifExists }),
      ...(options.verify && options.verify !== "read-back" && { verify: options.verify }),
    },
    ...followUps(options),
  };
}
