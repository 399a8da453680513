import { join } from "node:path";
import { openSession, type Session } from "../../../connectors/spark/session.ts";
import { type Azurite, type Ending, temporaryFolder } from "./azurite.ts";

/** Why tests that write Iceberg tables can't run here, if they can't. */
export const noSpark = !process.env.SPARK_REMOTE && "SPARK_REMOTE is not set: no Spark to write Iceberg tables with.";

/** A Spark session whose catalog `azure` writes into an Azurite; it ends with the test. */
export async function openAzureSession(t: Ending, azurite: Azurite): Promise<Session> {
  const session = await openSession(process.env.SPARK_REMOTE ?? "");
  t.after(async () => {
    await session.release();
    session.close();
  });
  const { account, key, endpoint, container } = azurite;
  const host = `${account}.dfs.core.windows.net`;
  const catalog: Record<string, string> = {
    "": "org.apache.iceberg.spark.SparkCatalog",
    ".type": "jdbc",
    ".uri": `jdbc:sqlite:${join(temporaryFolder(t, "catalog"), "azure.db")}`,
    ".jdbc.schema-version": "V1",
    ".io-impl": "org.apache.iceberg.azure.adlsv2.ADLSFileIO",
    ".warehouse": `abfss://${container}@${host}/warehouse`,
    ".cache-enabled": "false",
    ".adls.auth.shared-key.account.name": account,
    ".adls.auth.shared-key.account.key": key,
    [`.adls.connection-string.${host}`]: `${endpoint}/${account}`,
  };
  const pairs = Object.entries(catalog).map(([name, value]) => [`spark.sql.catalog.azure${name}`, value]);
  await session.config.set({ ...Object.fromEntries(pairs), "spark.sql.session.timeZone": "UTC" });
  await session.command("create namespace if not exists azure.sales");
  return session;
}

/** The metadata file that is a table's newest. */
export async function newestMetadata(session: Session, table: string): Promise<string> {
  const [row] = await session.query(
    `select file from ${table}.metadata_log_entries order by timestamp desc, file desc limit 1`,
  );
  return String(row?.file);
}
