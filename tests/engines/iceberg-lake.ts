import { ensureContainer } from "../../connectors/azure/container.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { openTableSession } from "../../connectors/iceberg/session.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { newDatabase, settings, testSession } from "./lake.ts";

/** An Iceberg namespace of the lake that nobody else uses, and a session that sees it on Azure too. */
export interface Namespace {
  session: Session;
  namespace: string;
  /** The schema in Snowflake that nobody else uses. */
  schema: string;
  sql(...statements: string[]): Promise<void>;
  /** `show create table` of a table. */
  made(table: string): Promise<string>;
}

/** Makes a namespace in lake and on Azure; both go with the test. */
export async function newNamespace(t: { after(end: () => void | Promise<void>): void }): Promise<Namespace> {
  const session = await testSession(t);
  await ensureContainer(settings, "azure");
  await attachCatalogs(session, settings, ["azure"]);
  const schema = await newDatabase(t, session);
  const namespace = `${schema}_iceberg`;
  await session.command(`create namespace lake.${namespace}`);
  t.after(async () => {
    const sweep = await openTableSession(settings);
    await attachCatalogs(sweep, settings, ["lake", "azure"]);
    for (const row of await sweep.command(`show views in lake.${namespace}`))
      await sweep.command(`drop view lake.${namespace}.\`${row.viewName}\``);
    for (const row of await sweep.command(`show tables in azure.${namespace}`).catch(() => []))
      await sweep.command(`drop table azure.${namespace}.\`${row.tableName}\``);
    await sweep.release();
    sweep.close();
  });
  return {
    session,
    namespace,
    schema,
    async sql(...statements) {
      for (const statement of statements) await session.command(statement);
    },
    async made(table) {
      const [row] = await session.command(`show create table ${table}`);
      return String(row?.createtab_stmt);
    },
  };
}
