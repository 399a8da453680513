import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { openSession } from "../connectors/spark/session.ts";

/** Asks a fresh Spark for its databases: classes are loaded and the metastore is connected, which the first to ask waits for. */
export async function askOnce(remote: string): Promise<void> {
  const session = await openSession(remote, { cloned: true });
  try {
    await session.command("show databases");
  } finally {
    await session.release();
    session.close();
  }
}

/**
 * Makes Spark do what every job does first: an Iceberg table is written, read and dropped, in a catalog of this
 * session's own, so that the first job is not the slow one.
 */
export async function writeOnce(remote: string, temporary: string): Promise<void> {
  const session = await openSession(remote, { cloned: true });
  try {
    await session.config.set({
      "spark.sql.catalog.warm": "org.apache.iceberg.spark.SparkCatalog",
      "spark.sql.catalog.warm.type": "hadoop",
      "spark.sql.catalog.warm.warehouse": join(temporary, "warm"),
    });
    // Under a name of its own: two may do this at once, and one that was killed leaves half a table.
    const table = `warm.warm.up_${randomBytes(4).toString("hex")}`;
    await session.command(`create table ${table} using iceberg as select id from range(10)`);
    await session.query(`select count(*), bit_xor(xxhash64(id)) from ${table}`);
    await session.command(`drop table ${table} purge`);
  } finally {
    await session.release();
    session.close();
  }
}
