import type { Session } from "../../spark/session.ts";
import { ddl } from "../../spark/types.ts";
import type { Column } from "../../tables/columns.ts";
import { describeIceberg, metadataFile } from "../../tables/iceberg.ts";
import { literal, nameOf, quote, sqlName, type TableName } from "../../tables/names.ts";
import type { StepContext } from "../engine.ts";
import type { EditRows } from "./parameters.ts";

type Values = Readonly<Record<string, string | null>>;

/** Writes or deletes the row, and reads it back at the snapshot that this made. Throws a sentence where that can't be. */
export async function editRow(
  session: Session,
  of: TableName,
  columns: readonly Column[],
  context: StepContext<EditRows>,
) {
  const { key, set, was } = context.job.parameters;
  const wanted = set && { ...set, ...key };
  for (const name of Object.keys({ ...wanted, ...key })) columnOf(columns, name, of);
  await refuseBadValues(session, columns, of, { ...wanted, ...key });
  const where = Object.entries(key)
    .map(([name, value]) => `t.${quote(name)} = ${typed(columns, name, value)}`)
    .join(" and ");
  const found = await rowAt(session, sqlName(of), where, columns);
  const before = await describeIceberg(session, of);
  const base = {
    outcome: "succeeded" as const,
    ...(before?.current && { targetSnapshot: before.current.id }),
    rows: "0",
  };
  if (wanted ? found && sameValues(found, wanted) : !found)
    return { ...base, notes: [wanted ? "the row has these values already" : "there is no such row any more"] };
  if (was && !(found && sameValues(found, was)))
    throw new Error(
      `The row ${Object.values(key).join(", ")} ${found ? `was changed meanwhile${writer(before?.current?.summary)}` : "is not there any more"}, so it was left as it is. Look at it again.`,
    );
  const by = "spark.sql.iceberg.snapshot-property.portal.by";
  await session.config.set({ [by]: context.job.submittedBy });
  try {
    await session.command(wanted ? mergeStatement(of, columns, key, wanted) : deleteStatement(of, columns, key), {
      signal: context.signal,
    });
  } finally {
    await session.config.unset([by]).catch(() => undefined);
  }
  const after = (await describeIceberg(session, of))?.current;
  if (!after) throw new Error(`${nameOf(of)} has no snapshot after the edit.`);
  const now = await rowAt(session, `${sqlName(of)} version as of ${after.id}`, where, columns);
  if (wanted ? !(now && sameValues(now, wanted)) : now)
    throw new Error(`${nameOf(of)} does not have the row as it was written.`);
  const file = await metadataFile(session, of);
  const note = wanted ? (found ? "1 row changed" : "1 row added") : "1 row deleted";
  return {
    ...base,
    targetSnapshot: after.id,
    rows: "1",
    ...(file && { metadataFile: file }),
    notes: [`${note} by ${context.job.submittedBy}`],
  };
}

function columnOf(columns: readonly Column[], name: string, of: TableName): Column {
  const found = columns.find(column => column.name === name);
  if (found) return found;
  throw new Error(`${nameOf(of)} has no column ${name}; it has ${columns.map(column => column.name).join(", ")}.`);
}

function typed(columns: readonly Column[], name: string, value: string | null): string {
  const type = ddl(columns.find(column => column.name === name)?.target ?? { kind: "string" });
  return value === null ? `cast(null as ${type})` : `try_cast(${literal(value)} as ${type})`;
}

async function refuseBadValues(
  session: Session,
  columns: readonly Column[],
  of: TableName,
  values: Values,
): Promise<void> {
  const given = Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== null);
  const [row] = await session.query(
    `select ${given.map(([name, value], i) => `${typed(columns, name, value)} is null as v${i}`).join(", ")}`,
  );
  const wrong = given.find((_, i) => row?.[`v${i}`] === true);
  if (wrong)
    throw new Error(`${wrong[0]}: "${wrong[1].slice(0, 60)}" is no ${ddl(columnOf(columns, wrong[0], of).target)}.`);
  const empty = columns.find(({ name, required }) => required && values[name] === null);
  if (empty) throw new Error(`${empty.name} can't be null in ${nameOf(of)}.`);
}

/** A row as people write it, by column; undefined where none has the key. */
async function rowAt(
  session: Session,
  relation: string,
  where: string,
  columns: readonly Column[],
): Promise<Values | undefined> {
  const texts = columns.map(({ name }) => `cast(t.${quote(name)} as string) as ${quote(name)}`);
  const rows = await session.query(`select ${texts.join(", ")} from ${relation} t where ${where} limit 2`);
  if (rows.length > 1) throw new Error("Several rows have this key: an edit would change all of them.");
  return rows[0] as Values | undefined;
}

function sameValues(found: Values, wanted: Values): boolean {
  return Object.entries(wanted).every(
    ([name, value]) =>
      found[name] === value || (Number(found[name]) === Number(value) && /^[-\d.]+$/.test(value ?? "")),
  );
}

function mergeStatement(of: TableName, columns: readonly Column[], key: Values, wanted: Values): string {
  const names = columns.map(({ name }) => name).filter(name => name in wanted);
  const row = names.map(name => `${typed(columns, name, wanted[name] ?? null)} as ${quote(name)}`);
  const on = Object.keys(key).map(name => `t.${quote(name)} = s.${quote(name)}`);
  const changed = names.filter(name => !(name in key)).map(name => `t.${quote(name)} = s.${quote(name)}`);
  const update = changed.length > 0 ? `when matched then update set ${changed.join(", ")}` : "";
  const added = columns.map(({ name }) => (names.includes(name) ? `s.${quote(name)}` : "null"));
  return `merge into ${sqlName(of)} t using (select ${row.join(", ")}) s on ${on.join(" and ")} ${update}
    when not matched then insert (${columns.map(({ name }) => quote(name)).join(", ")}) values (${added.join(", ")})`;
}

// A DELETE that takes whole files away is committed without the session's properties: nobody would know whose it is.
function deleteStatement(of: TableName, columns: readonly Column[], key: Values): string {
  const row = Object.entries(key).map(([name, value]) => `${typed(columns, name, value)} as ${quote(name)}`);
  const on = Object.keys(key).map(name => `t.${quote(name)} = s.${quote(name)}`);
  return `merge into ${sqlName(of)} t using (select ${row.join(", ")}) s on ${on.join(" and ")} when matched then delete`;
}

function writer(summary: Readonly<Record<string, string>> | undefined): string {
  return summary?.["portal.by"] ? ` by ${summary["portal.by"]}` : "";
}
