import { SettingsError } from "../../settings.ts";
import { isGone } from "../../spark/ending.ts";
import { ServerLost, SparkError } from "../../spark/errors.ts";

/** Whether the session or its server is gone: the same question may be put again, to another session. */
export function isLost(error: unknown): boolean {
  return error instanceof ServerLost || isGone(error);
}

/** Whether Spark says that there is no such database or namespace. */
export function isNoNamespace(error: unknown): boolean {
  if (!(error instanceof SparkError)) return false;
  return error.errorClass === "SCHEMA_NOT_FOUND" || /^Namespace does not exist/.test(error.message);
}

/** What a person reads of a question that failed: one sentence, never a stack. */
export function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof SparkError) || error instanceof ServerLost) return message;
  if (METASTORE_AWAY.test(`${message}\n${error.serverCause}`)) {
    return "The Hive Metastore does not answer: start it, or correct HIVE_METASTORE_URI.";
  }
  const [first = message] = message.split(/\n\s*\n|\n'|\n\+-|\nJVM stacktrace/);
  const bare = first.replace(/^\s*\[[A-Z0-9_.]+\]\s*/, "").replace(/\s*SQLSTATE: \w{5}\s*$/, "");
  return bare.replace(/\s+/g, " ").trim().slice(0, 500).toWellFormed();
}

/** What to say of a catalog whose namespace is not there. */
export function noNamespace(catalog: string, namespace: string): SettingsError {
  const kind = catalog === "hive" ? "database" : "namespace";
  return new SettingsError(`There is no ${kind} ${namespace} in the catalog ${catalog}. Look at how it is written.`);
}

const METASTORE_AWAY = /Could not connect to meta store|TTransportException|Connection refused.*(9083|thrift)/s;
