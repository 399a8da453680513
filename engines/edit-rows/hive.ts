import { describeHiveDetail } from "../../connectors/catalog-browser/hive.ts";
import { copiedColumns } from "../../connectors/iceberg/layout/columns.ts";
import { sqlName, type TableName } from "../../connectors/iceberg/names.ts";
import { cachedAnswer } from "../../core/system/cache.ts";
import { group, size } from "../../views/format/figures.ts";
import { HttpError, type Portal } from "../portal/page.ts";
import { type Browsed, browsed } from "./portal/facts.ts";

/** What the page of a table or view of Hive says. Refused, with the way to go, where it is an Iceberg table. */
export async function browseHive(portal: Portal, name: TableName): Promise<Browsed> {
  const since = Math.floor(Date.now() / 30_000);
  return await cachedAnswer(portal, ["hive", name, since], () =>
    portal.metadata.ask("hive", async session => {
      const detail = await describeHiveDetail(session, name);
      if (detail.kind === "iceberg")
        throw new HttpError(
          404,
          `${name.namespace}.${name.table} is an Iceberg table that shares Hive's metastore.`,
          `Look at it as lake.${name.namespace}.${name.table}.`,
        );
      const comments = Object.fromEntries(detail.hive.columns.map(column => [column.name, column.comment]));
      const columns = copiedColumns(await session.schema(`select * from ${sqlName(name)}`), comments);
      const { format, partitionColumns, rows, bytes, changedAt, createdAt, comment, hive } = detail;
      const description: [string, string | undefined][] = [
        ["Format", format],
        ["Partitioned by", partitionColumns.join(", ")],
        ["Rows", rows && `${group(rows)}, as Hive counted`],
        ["Size", bytes && size(bytes)],
        ["Changed", changedAt?.replace(/\.\d+Z$/, "Z")],
        ["Created", createdAt?.replace(/\.\d+Z$/, "Z")],
        ["Comment", comment],
        ["Location", hive.location],
      ];
      return {
        kind: detail.kind === "view" ? ("view" as const) : ("hive" as const),
        columns: browsed(columns),
        snapshots: [],
        counts: [],
        description: description.flatMap(([label, value]) => (value ? [[label, value] as const] : [])),
      };
    }),
  );
}
