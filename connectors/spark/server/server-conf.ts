import { writeFileSync } from "node:fs";
import { join } from "node:path";

// Spark's own default, and the keys of a storage account.
const REDACTED = "(?i)secret|password|token|access[.]?key|account[.]key|connection-string|sas[.-]token";

/** What every Connect server of ours is started with, unless it is told otherwise. */
export const SERVER_CONF: Readonly<Record<string, string>> = {
  "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
  "spark.sql.catalogImplementation": "hive",
  // Spark keeps 100 compiled pieces of queries, which is what a few tables need: beyond that it compiles the same again.
  "spark.sql.codegen.cache.maxEntries": "2000",
  // A copy that runs must not hold up the small questions of a page.
  "spark.scheduler.mode": "FAIR",
  "spark.log.level": "WARN",
  "spark.redaction.regex": REDACTED,
  "spark.connect.session.manager.defaultSessionTimeout": "-1",
  // A worker that was restarted finds the statement that its engine left.
  "spark.connect.execute.manager.detachedTimeout": "30m",
  // Without it a server whose application YARN has killed goes on listening, and fails everything that it is asked.
  "spark.yarn.am.clientModeExitOnError": "true",
};

/** Writes settings as a file of Java properties that only this user can read; gives its path. */
export function writeProperties(folder: string, settings: Record<string, string>): string {
  const file = join(folder, "spark.properties");
  const lines = Object.entries(settings).map(([key, value]) => `${escaped(key)}=${escaped(value)}\n`);
  writeFileSync(file, lines.join(""), { mode: 0o600 });
  return file;
}

// Spark's own defaults for a server that says little, and what YARN says of the application.
const LOG_CONF = `rootLogger.level = info
rootLogger.appenderRef.err.ref = err
appender.err.type = Console
appender.err.name = err
appender.err.target = SYSTEM_ERR
appender.err.layout.type = PatternLayout
appender.err.layout.pattern = %d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n%ex
logger.yarn.name = org.apache.spark.deploy.yarn.Client
logger.yarn.level = info
logger.retry.name = org.apache.hadoop.ipc.Client
logger.retry.level = info
logger.jetty.name = org.sparkproject.jetty
logger.jetty.level = warn
logger.parquet.name = org.apache.parquet
logger.parquet.level = error
logger.hive.name = org.apache.hadoop.hive.metastore.RetryingHMSHandler
logger.hive.level = fatal
`;

/** Writes how a server on YARN logs; gives the file's path. */
export function writeLogConf(folder: string): string {
  const file = join(folder, "log4j2.properties");
  writeFileSync(file, LOG_CONF, { mode: 0o600 });
  return file;
}

// Everything that means something in such a file is escaped, wherever it stands.
function escaped(text: string): string {
  return text
    .replace(/[\\:=#! ]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
}
