import { StorageUnavailable } from "../../connectors/azure/errors.ts";
import { HdfsError, HdfsUnavailable } from "../../connectors/hdfs/errors.ts";
import { HiveError } from "../../connectors/hive/address.ts";
import { SourceMissing } from "../../connectors/iceberg/source-files.ts";
import { KafkaError, KafkaUnavailable } from "../../connectors/kafka/errors.ts";
import { KerberosError } from "../../connectors/kerberos/kerberos-error.ts";
import { SnowflakeError } from "../../connectors/snowflake/errors.ts";
import {
  describeSparkError,
  isMetastoreUnavailable,
  isRaw,
  plainMessage,
  withCauses,
} from "../../connectors/spark/describe-error.ts";
import { ServerLost, SessionChanged, SparkError } from "../../connectors/spark/errors.ts";
import { isLoopback, parseRemote } from "../../connectors/spark/remote.ts";
import { sparkRemote } from "../../core/endpoints.ts";
import type { JobError } from "../../core/jobs/outcome.ts";
import { type Settings, SettingsError } from "../../core/settings.ts";
import { StepFailed } from "../engine.ts";

/** Whether an error says that a service was not there, so that another attempt is worth it. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof SnowflakeError) return SNOWFLAKE_UNAVAILABLE.has(error.code ?? "");
  if (error instanceof StorageUnavailable || error instanceof HdfsUnavailable || error instanceof KafkaUnavailable)
    return true;
  if (error instanceof HiveError || error instanceof KerberosError) return error.unavailable;
  return (
    error instanceof ServerLost ||
    error instanceof SessionChanged ||
    (error instanceof SparkError && isMetastoreUnavailable(error))
  );
}

// The driver's own codes for a host that does not answer.
const SNOWFLAKE_UNAVAILABLE: ReadonlySet<string> = new Set(["401001", "401002"]);

/** What a person reads of an error: one sentence, the class and state of the service that failed, and what to do where that is known. */
export function jobErrorOf(error: unknown): JobError {
  if (error instanceof StepFailed) return error.jobError;
  if (error instanceof SnowflakeError) {
    const { message, hint, code, sqlState } = error;
    return { message, ...(code && { class: code }), ...(sqlState && { sqlState }), ...(hint && { hint }) };
  }
  if (error instanceof HdfsError)
    return {
      message: error.message,
      ...(error.exception && { class: error.exception }),
      ...(error.hint && { hint: error.hint }),
    };
  if (error instanceof KerberosError) return { message: error.message, hint: error.hint };
  if (error instanceof KafkaError || error instanceof HiveError)
    return { message: error.message, ...(error.hint && { hint: error.hint }) };
  if (error instanceof SourceMissing) return { message: error.message, hint: error.hint };
  if (!(error instanceof SparkError)) return { message: messageOf(error) };
  const described = describeSparkError(error);
  const storage = storageRefusal(withCauses(error));
  return storage ? { ...storage, message: `${described.message.replace(/[.]$/, "")}: ${storage.message}` } : described;
}

// Spark says which file it could not write, and Azure's answer stands at the end of the causes.
function storageRefusal(text: string): JobError | undefined {
  const status = /Status code (\d{3})/i.exec(text)?.[1];
  if (!status) return undefined;
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? /ErrorCode:\s*(\w+)/i.exec(text)?.[1];
  const hint = STORAGE_HINTS.find(([pattern]) => pattern.test(status))?.[1];
  const message = `Azure answered ${status}${code ? ` ${code}` : ""}`;
  return { message, class: code ?? `HTTP_${status}`, ...(hint && { hint }) };
}

const STORAGE_HINTS: readonly (readonly [RegExp, string])[] = [
  [/^40[13]$/, "The key or its owner may not write there: correct AZURE_KEY, or the rights on the container."],
  [/^404$/, "The container or a file in it is gone: look at AZURE_CONTAINER, then run the job again."],
  [/^409$/, "Somebody holds the file or container (a lease, a deletion under way): try again when they have let go."],
  [/^(429|5\d\d)$/, "Azure is full or overloaded: look at the account's limits, then try again."],
];

function messageOf(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  // A sentence that repeats what Spark has said inside of it is taken down to what a person reads.
  return isRaw(message) ? plainMessage(message) : message;
}

/** Whether Spark runs on this machine, and reads what the worker writes on its disk. */
export function isSparkLocal(settings: Settings): boolean {
  return isLoopback(parseRemote(sparkRemote(settings)).host);
}
