import { describeHive } from "../../connectors/iceberg/describe.ts";
import { sqlName, type TableName } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { sideBySide } from "../engine.ts";
import type { HiveSource } from "./hive-source.ts";

/** The Hive tables that a view reads, through other views too, as Spark resolves it. */
export async function tablesOf(session: Session, view: TableName): Promise<HiveSource[]> {
  const [row] = await session.command(`explain extended select * from ${sqlName(view)}`);
  return await described(session, namesInView(String(row?.plan)));
}

/** The views that a view reads through, itself among them. */
export async function viewsOf(session: Session, view: TableName): Promise<HiveSource[]> {
  const [row] = await session.command(`explain extended select * from ${sqlName(view)}`);
  return await described(session, viewNames(String(row?.plan)));
}

async function described(session: Session, names: readonly TableName[]): Promise<HiveSource[]> {
  const found = await sideBySide(names, async name => {
    const table = await describeHive(session, name);
    return table ? [{ name, table }] : [];
  });
  return found.flat();
}

/** The names of the tables of Spark's own catalog that a plan reads. */
function namesInView(plan: string): TableName[] {
  const found = [...plan.matchAll(HIVE_TABLE), ...plan.matchAll(SPARK_TABLE)];
  const names = new Map(
    found.map(([, namespace = "", table = ""]) => [`${namespace}.${table}`, { catalog: "hive", namespace, table }]),
  );
  return [...names.values()];
}

/** The names of the views of Spark's own catalog that a plan reads through. */
function viewNames(plan: string): TableName[] {
  const names = new Map(
    [...plan.matchAll(VIEW)].map(([, namespace = "", table = ""]) => [
      `${namespace}.${table}`,
      { catalog: "hive", namespace, table },
    ]),
  );
  return [...names.values()];
}

const VIEW = /\bView \(`spark_catalog`\.`([^`]+)`\.`([^`]+)`/g;
const HIVE_TABLE = /HiveTableRelation \[`spark_catalog`\.`([^`]+)`\.`([^`]+)`/g;
const SPARK_TABLE = /Relation spark_catalog\.(\w+)\.(\w+)\[/g;
