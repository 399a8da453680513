import { SettingsError } from "../../core/settings.ts";
import { describeSparkError } from "../spark/describe-error.ts";
import { isGone } from "../spark/ending.ts";
import { ServerLost, SparkError } from "../spark/errors.ts";

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
export function errorMessageOf(error: unknown): string {
  if (error instanceof SparkError) return describeSparkError(error).message;
  return error instanceof Error ? error.message : String(error);
}

/** What to say of a catalog whose namespace is not there. */
export function noNamespace(catalog: string, namespace: string): SettingsError {
  const kind = catalog === "hive" ? "database" : "namespace";
  return new SettingsError(`There is no ${kind} ${namespace} in the catalog ${catalog}. Look at how it is written.`);
}
