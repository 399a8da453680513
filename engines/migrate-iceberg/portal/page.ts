import type { IcebergDetail, TableDetail } from "../../../connectors/catalog-browser/open.ts";
import type { LastOutcome } from "../../../core/audit/index/earlier-and-later.ts";
import type { JobFile } from "../../../core/jobs/envelope.ts";
import { ago } from "../../../views/format/times.ts";
import { html, type Part } from "../../../views/html.ts";
import { type PickLine, thenBoxes } from "../../../views/pages/jobs/picker.ts";
import { selectField, textField } from "../../../views/parts/form.ts";
import type { RequestContext, TypePages } from "../../portal/page.ts";
import { pickRoutes } from "../../portal/pick.ts";
import { EXISTING, registerOption } from "../../portal/pick-options.ts";

const FROM = "lake";
const NIGHTLY = "0 2 * * *";

const HISTORY = [
  ["current", "The rows that it has now"],
  ["all", "Every snapshot, tag and branch"],
] as const;

/** The page where Iceberg tables of the lake are picked for Azure. */
const page: TypePages = {
  type: "migrate-iceberg",
  navigation: { name: "Migrate", href: "/migrate" },
  start: { title: "Migrate tables", words: "From the lake to Azure Blob, and onto Snowflake", href: "/migrate" },
  routes: pickRoutes({
    path: "/migrate",
    type: "migrate-iceberg",
    title: "Migrate from the lake to Azure",
    verb: "Migrate",
    catalog: FROM,
    to: "azure",
    place: { name: "namespace", label: "Iceberg namespace" },
    columns: ["partitions", "snapshots"],
    lines,
    fields,
    then: options =>
      thenBoxes([
        { name: "snowflake", label: "then register on Snowflake", checked: options.snowflake === "on" },
        { name: "nightly", label: "then every night, only what is new", checked: options.nightly === "on" },
      ]),
    options: ["targetNamespace", "history", "ifExists", "snowflake", "snowflakeDatabase", "snowflakeSchema", "nightly"],
    job,
    again: options => (options.nightly === "on" ? NIGHTLY : undefined),
  }),
};

export default page;

function lines(
  { portal, now }: RequestContext,
  namespace: string,
  known: readonly TableDetail[],
): Omit<PickLine, "chosen">[] {
  const before = portal.index.lastBySource(
    known.map(({ name }) => `${FROM}.${namespace}.${name}`),
    "migrate-iceberg",
  );
  return known.map(({ name, detail, pending, error }) => {
    const last = before.get(`${FROM}.${namespace}.${name}`);
    const iceberg = detail?.of === "iceberg" ? detail : undefined;
    const base = { name, pending, ...(error && { error }), ...(last && { before: lastWords(last, iceberg, now) }) };
    if (!iceberg) return base;
    const { rows, bytes, snapshots, lastSnapshot, comment, partitioning } = iceberg;
    return {
      ...base,
      partitions: partitioning.join(", "),
      ...(snapshots !== undefined && { snapshots: String(snapshots) }),
      ...(rows !== undefined && { rows }),
      ...(bytes !== undefined && { bytes }),
      ...(lastSnapshot && { changedAt: lastSnapshot.at }),
      ...(comment && { comment }),
      ...(iceberg.kind === "view" && { refusal: { message: `${name} is a view; views are not copied.` } }),
    };
  });
}

// How far Azure is behind, from the archive: the portal itself holds no key to look there.
function lastWords(
  { id, finishedAt, sourceSnapshot, target }: LastOutcome,
  detail: IcebergDetail | undefined,
  now: number,
): Part {
  const place = target.slice(0, target.indexOf("."));
  const behind = detail?.snapshotIds?.findIndex(snapshot => snapshot.id === sourceSnapshot);
  const words =
    behind === undefined
      ? ""
      : behind < 0
        ? ", its snapshot is gone here"
        : behind === 0
          ? ", up to date"
          : `, ${behind} ${behind === 1 ? "snapshot" : "snapshots"} behind`;
  return html`<a href="/jobs/${id}">in ${place} since ${ago(finishedAt, now)}</a>${words}`;
}

function fields(namespace: string, options: Readonly<Record<string, string>>): Part {
  if (!namespace) return undefined;
  return html`${textField({ name: "targetNamespace", label: "Namespace on Azure", value: options.targetNamespace ?? "", placeholder: namespace })}${selectField({ name: "history", label: "What is copied", value: options.history || "current", options: HISTORY })}${selectField({ name: "ifExists", label: "If a table exists", value: options.ifExists || "replace-own", options: EXISTING })}
${textField({ name: "snowflakeDatabase", label: "Snowflake database", value: options.snowflakeDatabase ?? "", placeholder: "from the settings" })}${textField({ name: "snowflakeSchema", label: "Snowflake schema", value: options.snowflakeSchema ?? "", placeholder: "from the settings, else the namespace" })}`;
}

function job(namespace: string, tables: readonly string[], options: Readonly<Record<string, string>>): JobFile {
  const { targetNamespace, snowflake } = options;
  // What comes every night goes on with a copy of the history; it has nothing to replace.
  const isNightly = options.nightly === "on";
  const ifExists = isNightly ? "sync" : options.ifExists;
  return {
    type: "migrate-iceberg",
    parameters: {
      namespace,
      tables,
      ...(targetNamespace && { targetNamespace }),
      ...((isNightly || options.history === "all") && { history: "all" }),
      ...(ifExists && ifExists !== "replace-own" && { ifExists }),
    },
    ...(snowflake === "on" && { then: [registerOption(options)] }),
  };
}
