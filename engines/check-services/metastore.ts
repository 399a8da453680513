import { HiveError } from "../../connectors/hive/address.ts";
import { CLIENT_VERSION, clientRefusal, icebergRefusal } from "../../connectors/hive/client-version.ts";
import { openMetastore } from "../../connectors/hive/metastore/metastore.ts";
import { isMetastoreUnopened } from "../../connectors/spark/describe-error.ts";
import { SparkError } from "../../connectors/spark/errors.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { Settings } from "../../core/settings.ts";
import { Fault } from "./service-check.ts";

/** What a metastore says of its version; undefined where it tells us nothing, as one with Kerberos that only Spark can ask. */
export async function metastoreVersion(settings: Settings, uri: string | undefined): Promise<string | undefined> {
  if (!uri) return undefined;
  try {
    const metastore = await openMetastore({ ...settings, HIVE_METASTORE_URI: uri });
    try {
      return await metastore.version();
    } finally {
      metastore.close();
    }
  } catch (error) {
    if (error instanceof HiveError) return undefined;
    throw error;
  }
}

/** What it means that Spark can't open a metastore, of which it tells no cause: one that is there does not let Spark in. */
export function explainUnopened(error: unknown, isThere: boolean): unknown {
  if (!(error instanceof SparkError) || !isMetastoreUnopened(error) || !isThere) return error;
  return new Fault(
    "The Hive Metastore is there, and does not let Spark in: Spark's Kerberos ticket has expired, or there never was one.",
    "Write SPARK_KERBEROS_PRINCIPAL and SPARK_KERBEROS_KEYTAB into .env, or log in with kinit as Spark's user, and start Spark again.",
  );
}

/** Throws where Spark's own client of Hive is too old for the metastore. */
export async function refuseOldClient(session: Session, metastore: string): Promise<void> {
  // A server that has not asked Hive yet does not know the setting; its own client is of Hive 2.3.
  const { [CLIENT_VERSION]: client = "2.3" } = await session.config.get([CLIENT_VERSION]);
  const refusal = clientRefusal(metastore, client);
  if (refusal) throw new Fault(refusal.message, refusal.hint);
}

/** Throws where a catalog of Iceberg is kept in a metastore that Iceberg's client can't ask. */
export async function refuseOldIceberg(
  settings: Settings,
  catalog: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  if (catalog?.type !== "hive") return;
  const version = await metastoreVersion(settings, catalog.uri);
  const refusal = version && icebergRefusal(version);
  if (refusal) throw new Fault(refusal.message, refusal.hint);
}
