import { type Settings, SettingsError } from "../../core/settings.ts";
import { readProperties } from "../../core/system/wildcard.ts";
import { openSession, type Session } from "../spark/session.ts";
import { sparkServer } from "../spark/tls/server.ts";

/** What every session that moves tables is set to; the reasons are the traps that these settings close. */
const BASE = {
  // Both sides of a proof must read a timestamp alike.
  "spark.sql.session.timeZone": "UTC",
  // Hive's own rule: what can't be cast is null. With ANSI's, a null partition of a typed column can't be read at all.
  "spark.sql.ansi.enabled": "false",
  // `insert overwrite` replaces everything, not only the partitions that have new rows.
  "spark.sql.sources.partitionOverwriteMode": "static",
  // Range distribution samples its input and would count the source's rows twice.
  "spark.sql.iceberg.distribution-mode": "hash",
};

/** Opens a Spark session for a job: its commits carry the job's id, and SPARK_CONF_FILE's lines are set on it. */
export async function openTableSession(settings: Settings, sessionId?: string, jobId?: string): Promise<Session> {
  const job = jobId ? { "spark.sql.iceberg.snapshot-property.portal.job": jobId } : {};
  return await openSession(sparkServer(settings), {
    ...(sessionId && { sessionId }),
    readyMilliseconds: settings.SPARK_ANSWER_SECONDS * 1000,
    ...{ cloned: true, settings: { ...BASE, ...fromFile(settings), ...job } },
  });
}

// A server that the worker started itself was given these lines at its start, static ones too.
function fromFile({ SPARK_CONF_FILE: file, SPARK_REMOTE: remote }: Settings): Record<string, string> {
  if (!file || !remote) return {};
  try {
    return readProperties(file);
  } catch (error) {
    throw new SettingsError(`SPARK_CONF_FILE=${file} can't be read: ${(error as Error).message}`);
  }
}
