import { problemWith, sameSql, valueSql, whyNotEditable } from "../../connectors/iceberg/cell-text.ts";
import { describeIceberg, metadataFile } from "../../connectors/iceberg/iceberg.ts";
import type { TableColumn } from "../../connectors/iceberg/layout/columns.ts";
import { quote, sqlName, type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { DataType } from "../../connectors/spark/protocol/types.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { StepContext } from "../engine.ts";
import type { EditRows } from "./parameters.ts";

type Values = Readonly<Record<string, string | null>>;

/** Writes or deletes the row, and reads it back at the snapshot that this made. Throws a sentence where that can't be. */
export async function applyEdit(
  session: Session,
  of: TableName,
  columns: readonly TableColumn[],
  context: StepContext<EditRows>,
) {
  const { key, set, was, ifExists } = context.job.parameters;
  const wanted = set && { ...set, ...key };
  const given = { ...wanted, ...key };
  for (const name of Object.keys({ ...given, ...was })) columnOf(columns, name, of);
  refuseBadValues(columns, of, key);
  const where = Object.entries(key)
    .map(([name, value]) => `t.${quote(name)} = ${valueSql(columnOf(columns, name, of).target, value)}`)
    .join(" and ");
  const rowIn = (relation: string) => findRow(session, relation, where, columns, { ...was }, { ...wanted });
  const found = await rowIn(sqlName(of));
  const before = await describeIceberg(session, of);
  const base = {
    outcome: "succeeded" as const,
    ...(before?.current && { targetSnapshot: before.current.id }),
    rows: "0",
  };
  if (wanted ? found?.differs.length === 0 : !found)
    return { ...base, notes: [wanted ? "the row has these values already" : "there is no such row any more"] };
  const row = Object.values(key).join(", ");
  if (found && wanted && ifExists === "fail")
    throw new Error(
      `${tableNameOf(of)} has a row ${row} already, so it was left as it is. Change that row, or choose another key.`,
    );
  if (was && !found?.isAsSeen)
    throw new Error(
      `The row ${row} ${found ? `was changed meanwhile${writer(before?.current?.summary)}` : "is not there any more"}, so it was left as it is. Look at it again.`,
    );
  // What has its value already is not written.
  const written =
    wanted && Object.fromEntries(Object.entries(wanted).filter(([name]) => !found || found.differs.includes(name)));
  if (written) refuseBadValues(columns, of, written, !found);
  const by = "spark.sql.iceberg.snapshot-property.portal.by";
  await session.config.set({ [by]: context.job.submittedBy });
  try {
    await session.command(
      written
        ? mergeStatement(of, columns, key, { ...written, ...key }, found !== undefined)
        : deleteStatement(of, columns, key),
      { signal: context.signal },
    );
  } finally {
    await session.config.unset([by]).catch(() => undefined);
  }
  const after = (await describeIceberg(session, of))?.current;
  if (!after) throw new Error(`${tableNameOf(of)} has no snapshot after the edit.`);
  const now = await rowIn(`${sqlName(of)} version as of ${after.id}`);
  if (wanted ? now?.differs.length !== 0 : now)
    throw new Error(
      `${tableNameOf(of)} does not have the row as it was written: somebody else wrote it at the same time. Look at it again.`,
    );
  const file = await metadataFile(session, of);
  const note = wanted ? (found ? "1 row changed" : "1 row added") : "1 row deleted";
  return {
    ...base,
    targetSnapshot: after.id,
    rows: "1",
    ...(file && { metadataFile: file }),
    change: before?.current ? { snapshotBefore: before.current.id } : {},
    notes: [`${note} by ${context.job.submittedBy}`],
  };
}

function columnOf(columns: readonly TableColumn[], name: string, of: TableName): TableColumn {
  const found = columns.find(column => column.name === name);
  if (found) return found;
  throw new Error(`${tableNameOf(of)} has no column ${name}; it has ${columns.map(column => column.name).join(", ")}.`);
}

function refuseBadValues(columns: readonly TableColumn[], of: TableName, values: Values, isNew = false): void {
  for (const [name, value] of Object.entries(values)) {
    const { target, required } = columnOf(columns, name, of);
    const why = value === null ? required && "can't be null" : (whyNotEditable(target) ?? problemWith(target, value));
    if (why) throw new Error(value === null ? `${name} ${why} in ${tableNameOf(of)}.` : `${name}: ${why}`);
  }
  const missing = isNew && columns.find(({ name, required }) => required && (values[name] ?? null) === null);
  if (missing) throw new Error(`${missing.name} can't be null in ${tableNameOf(of)}: a new row needs a value there.`);
}

/** Whether the row with the key is as it was seen, and which of the wanted values it does not have; undefined where there is none. */
async function findRow(
  session: Session,
  relation: string,
  where: string,
  columns: readonly TableColumn[],
  was: Values,
  wanted: Values,
): Promise<{ isAsSeen: boolean; differs: string[] } | undefined> {
  const same = (values: Values) =>
    Object.entries(values).map(([name, text]) => sameSql({ name, type: typeOf(columns, name) }, text, "t."));
  const unchanged = same(was);
  const flags = same(wanted).map((sql, i) => `${sql} as c${i}`);
  const asSeen = `${unchanged.length > 0 ? unchanged.join(" and ") : "true"} as seen`;
  const rows = await session.query(`select ${[asSeen, ...flags].join(", ")} from ${relation} t where ${where} limit 2`);
  if (rows.length > 1) throw new Error("Several rows have this key: an edit would change all of them.");
  const [row] = rows;
  return row && { isAsSeen: row.seen === true, differs: Object.keys(wanted).filter((_, i) => row[`c${i}`] !== true) };
}

function typeOf(columns: readonly TableColumn[], name: string): DataType {
  return columns.find(column => column.name === name)?.target ?? { kind: "string" };
}

// A row that was found is changed, and one that was not is added: never the other, where somebody was faster.
function mergeStatement(
  of: TableName,
  columns: readonly TableColumn[],
  key: Values,
  wanted: Values,
  exists: boolean,
): string {
  const names = columns.map(({ name }) => name).filter(name => name in wanted);
  const row = names.map(name => `${valueSql(typeOf(columns, name), wanted[name] ?? null)} as ${quote(name)}`);
  const on = Object.keys(key).map(name => `t.${quote(name)} = s.${quote(name)}`);
  const changed = names.filter(name => !(name in key)).map(name => `t.${quote(name)} = s.${quote(name)}`);
  const added = columns.map(({ name }) => (names.includes(name) ? `s.${quote(name)}` : "null"));
  const what = exists
    ? `when matched then update set ${changed.join(", ")}`
    : `when not matched then insert (${columns.map(({ name }) => quote(name)).join(", ")}) values (${added.join(", ")})`;
  return `merge into ${sqlName(of)} t using (select ${row.join(", ")}) s on ${on.join(" and ")} ${what}`;
}

// A DELETE that takes whole files away is committed without the session's properties: nobody would know whose it is.
function deleteStatement(of: TableName, columns: readonly TableColumn[], key: Values): string {
  const row = Object.entries(key).map(([name, value]) => `${valueSql(typeOf(columns, name), value)} as ${quote(name)}`);
  const on = Object.keys(key).map(name => `t.${quote(name)} = s.${quote(name)}`);
  return `merge into ${sqlName(of)} t using (select ${row.join(", ")}) s on ${on.join(" and ")} when matched then delete`;
}

function writer(summary: Readonly<Record<string, string>> | undefined): string {
  return summary?.["portal.by"] ? ` by ${summary["portal.by"]}` : "";
}
