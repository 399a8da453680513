import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Session } from "../../../connectors/spark/session.ts";
import {
  type Answer,
  answers,
  FIXTURES,
  type StandIn,
  startMetastore,
} from "../../connectors/hive/metastore-stand-in.ts";
import { settings as laptop, newDatabase, testSession } from "../lake.ts";

/** Transactional tables that the laptop's metastore knows by name, and of which the stand-in tells the rest. */
export interface Transactional {
  session: Session;
  database: string;
  metastore: StandIn;
  /** Where the tables' files lie, for this test alone. */
  folder: string;
  settings: { HIVE_METASTORE_URI: string };
}

/** Copies some of the fixtures and makes their tables known, to Spark those that are `registered`. All is gone with the test. */
export async function transactionalTables(
  t: { after(end: () => Promise<void>): void },
  names: readonly string[],
  { registered = names }: { registered?: readonly string[] } = {},
): Promise<Transactional> {
  const folder = mkdtempSync(join(tmpdir(), "portal-transactional-"));
  t.after(async () => rmSync(folder, { recursive: true, force: true }));
  for (const name of names) {
    const location = answers.tables[name]?.location ?? "";
    if (existsSync(join(FIXTURES, location)))
      cpSync(join(FIXTURES, location), join(folder, location), { recursive: true });
    // Git keeps no empty folders.
    else mkdirSync(join(folder, location), { recursive: true });
  }
  const metastore = await startMetastore(t, folder, laptop.HIVE_METASTORE_URI ?? "");
  const session = await testSession(t);
  const database = await newDatabase(t as Parameters<typeof newDatabase>[0], session);
  // Hive 2.3's metastore takes no transactional table of another kind.
  for (const name of registered)
    await session.command(
      `create table ${database}.${name} (id int) clustered by (id) into 1 buckets stored as orc tblproperties ('transactional' = 'true')`,
    );
  return { session, database, metastore, folder, settings: { HIVE_METASTORE_URI: metastore.uri } };
}

/** Whether the fixtures have such a table. */
export function isTransactional(name: string): boolean {
  return answers.tables[name]?.properties.transactional === "true";
}

/** Hive's rows of a table as Spark can hold them: six digits of a second, and null for a partition without a value. */
export function hiveRows({ rows }: Answer): string[] {
  return rows
    .map(row => row.replace(/(:\d\d\.\d{6})\d{3}\b/g, "$1").replaceAll("__HIVE_DEFAULT_PARTITION__", "NULL"))
    .toSorted();
}

/** A relation's rows as Hive prints them, sorted. */
export async function rowsLikeHive(session: Session, relation: string, { columns }: Answer): Promise<string[]> {
  const texts = columns.map(([name, type]) =>
    /^(struct|array|map)/.test(type)
      ? `to_json(\`${name}\`, map('ignoreNullFields', 'false'))`
      : `cast(\`${name}\` as string)`,
  );
  const rows = await session.query(
    `select array(${texts.map(text => `coalesce(${text}, 'NULL')`).join(", ")}) as row from ${relation}`,
  );
  return rows.map(({ row }) => (row as string[]).join("\t")).toSorted();
}
