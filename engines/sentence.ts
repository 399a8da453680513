import { HdfsAway, HdfsError } from "../hdfs/errors.ts";
import type { JobError } from "../jobs/outcome.ts";
import { KafkaAway, KafkaError } from "../kafka/errors.ts";
import { SettingsError } from "../settings.ts";
import { SnowflakeError } from "../snowflake/errors.ts";
import { ServerLost, SessionChanged, SparkError } from "../spark/errors.ts";
import { StorageAway } from "../tables/storage-away.ts";

/** Whether an error says that a service was not there, so that another attempt is worth it. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof SnowflakeError) return SNOWFLAKE_AWAY.has(error.code ?? "");
  if (error instanceof StorageAway || error instanceof HdfsAway || error instanceof KafkaAway) return true;
  return error instanceof ServerLost || error instanceof SessionChanged || METASTORE_AWAY.test(causes(error));
}

// The driver's own codes for a host that does not answer.
const SNOWFLAKE_AWAY: ReadonlySet<string> = new Set(["401001", "401002"]);

// Spark reports a metastore that is down as a failure of its own statement.
const METASTORE_AWAY = /Could not connect to meta store|TTransportException|Connection refused.*(9083|thrift)/s;

/** What a person reads of an error: one sentence, Spark's class and state, and what to do where that is known. */
export function sentence(error: unknown): JobError {
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
  if (error instanceof KafkaError) return { message: error.message, ...(error.hint && { hint: error.hint }) };
  if (!(error instanceof SparkError)) return { message: messageOf(error) };
  const storage = storageRefusal(causes(error));
  if (storage) return { ...storage, message: `${firstParagraph(error.message)}: ${storage.message}` };
  const hint = HINTS.find(([pattern]) => pattern.test(`${error.errorClass} ${causes(error)}`))?.[1];
  return {
    message: firstParagraph(error.message),
    ...(error.errorClass && { class: error.errorClass }),
    ...(error.sqlState && { sqlState: error.sqlState }),
    ...(hint && { hint }),
  };
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

const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    METASTORE_AWAY,
    "The Hive Metastore does not answer: start it, or correct HIVE_METASTORE_URI. The next attempt goes on.",
  ],
  [/SCHEMA_NOT_FOUND/, "Look at the name of the database: Spark's metastore has none of that name."],
  [
    /FAILED_READ_FILE|FILE_NOT_EXIST|Input path does not exist/,
    "A file of the source is missing or damaged. Repair the table in Hive, then run the job again.",
  ],
  [
    /INCONSISTENT_BEHAVIOR_CROSS_VERSION/,
    'Old dates: put "spark.sql.parquet.int96RebaseModeInRead CORRECTED" (or LEGACY) into SPARK_CONF_FILE.',
  ],
  [
    /CAST_INVALID_INPUT|CAST_OVERFLOW|NUMERIC_VALUE_OUT_OF_RANGE/,
    "A value does not fit its column's type. Make a view that casts with try_cast and ingest the view.",
  ],
  [/No space left on device/, "The disk is full: make room, then retry."],
  [
    /types incompatible with the existing columns/,
    "The Hive Metastore refuses to change a column's type or place. Drop the target, or choose another namespace, or set hive.metastore.disallow.incompatible.col.type.changes=false there.",
  ],
  [/AccessControlException|Permission denied/, "The user that runs Spark may not read or write there."],
];

function messageOf(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  return error instanceof Error ? error.message : String(error);
}

// Spark's messages go on with the plan and the stack: the first paragraph is what happened.
function firstParagraph(message: string): string {
  const [first = message] = message.split(/\n\s*\n|\n'|\n\+-|\nJVM stacktrace/);
  return first.replace(/\s+/g, " ").trim().slice(0, 1000).toWellFormed();
}

function causes(error: unknown): string {
  const own = error instanceof Error ? error.message : String(error);
  return error instanceof SparkError && error.serverCause ? `${own}\n${error.serverCause}` : own;
}
