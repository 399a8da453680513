import type { LastOutcome } from "../../audit/index/earlier.ts";
import type { JobFile } from "../../jobs/envelope.ts";
import type { IcebergDetail, Known } from "../../tables/metadata/open.ts";
import { html, type Part } from "../../views/html.ts";
import { type PickLine, thenBoxes } from "../../views/pages/picker.ts";
import { selectField, textField } from "../../views/parts/form.ts";
import { ago } from "../../views/times.ts";
import type { JobPage, Visit } from "../page.ts";
import { pickRoutes } from "../pick.ts";
import { EXISTING, register } from "../pick-options.ts";

const FROM = "lake";

/** The page where Iceberg tables of the lake are picked for Azure. */
const page: JobPage = {
  type: "migrate-iceberg",
  place: { name: "Migrate", href: "/migrate" },
  start: { title: "Migrate tables", words: "From the lake to Azure Blob, and onto Snowflake", href: "/migrate" },
  routes: pickRoutes({
    path: "/migrate",
    type: "migrate-iceberg",
    title: "Migrate from the lake to Azure",
    verb: "Migrate",
    catalog: FROM,
    place: { name: "namespace", label: "Iceberg namespace" },
    columns: ["partitions", "snapshots"],
    lines,
    fields,
    then: options =>
      thenBoxes([{ name: "snowflake", label: "then register on Snowflake", checked: options.snowflake === "on" }]),
    options: ["targetNamespace", "ifExists", "snowflake", "snowflakeDatabase", "snowflakeSchema"],
    job,
  }),
};

export default page;

function lines({ portal, now }: Visit, namespace: string, known: readonly Known[]): Omit<PickLine, "chosen">[] {
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
  return html`${textField({ name: "targetNamespace", label: "Namespace on Azure", value: options.targetNamespace ?? "", placeholder: namespace })}${selectField({ name: "ifExists", label: "If a table exists", value: options.ifExists || "replace-own", options: EXISTING })}
${textField({ name: "snowflakeDatabase", label: "Snowflake database", value: options.snowflakeDatabase ?? "", placeholder: "from the settings" })}${textField({ name: "snowflakeSchema", label: "Snowflake schema", value: options.snowflakeSchema ?? "", placeholder: "from the settings" })}`;
}

function job(namespace: string, tables: readonly string[], options: Readonly<Record<string, string>>): JobFile {
  const { targetNamespace, ifExists, snowflake } = options;
  return {
    type: "migrate-iceberg",
    parameters: {
      namespace,
      tables,
      ...(targetNamespace && { targetNamespace }),
      ...(ifExists && ifExists !== "replace-own" && { ifExists }),
    },
    ...(snowflake === "on" && { then: [register(options)] }),
  };
}
