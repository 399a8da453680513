import { refusalIn } from "../hive/client-version.ts";
import { ServerLost, SessionChanged, type SparkError } from "./errors.ts";

/** A failure of Spark as a person reads it: a sentence, what to do, and the class under which Spark knows it. */
export interface ErrorDescription {
  message: string;
  class?: string;
  sqlState?: string;
  hint?: string;
}

type Rule = (parameters: Readonly<Record<string, string>>, error: SparkError) => { message: string; hint?: string };

/**
 * Describes a failure of Spark without Spark's own wording: no error class, SQL state, Java class or query plan is in
 * the sentence. Every page, job record and API answer gets its sentences from here.
 */
export function describeSparkError(error: SparkError): ErrorDescription {
  // These are the client's own sentences already.
  if (error instanceof ServerLost || error instanceof SessionChanged) return { message: error.message };
  const { errorClass: kind, sqlState, parameters = {} } = error;
  const text = `${kind} ${withCauses(error)}`;
  const cause = refusalIn(text) ?? CAUSES.find(([pattern]) => pattern.test(text))?.[1];
  const rule = ruleFor(kind);
  const described = rule ? rule(parameters, error) : { message: plainMessage(error.message) };
  const { message, hint }: ReturnType<Rule> = { ...described, ...cause };
  return {
    message: message.toWellFormed(),
    ...(kind && !kind.startsWith("_LEGACY") && { class: kind }),
    ...(sqlState && { sqlState }),
    ...(hint && { hint }),
  };
}

/** Whether the Hive Metastore was away: Spark reports that as a failure of its own statement. */
export function isMetastoreUnavailable(error: SparkError): boolean {
  return METASTORE_AWAY.test(withCauses(error)) || isMetastoreUnopened(error);
}

/** Whether Spark could not open the Hive Metastore, and tells no cause: it is away, or does not let Spark in. */
export function isMetastoreUnopened(error: SparkError): boolean {
  return METASTORE_UNOPENED.test(withCauses(error));
}

/** The whole text that Spark gave, with the causes on its server: for logs and for looking something up in it. */
export function withCauses(error: SparkError): string {
  return error.serverCause ? `${error.message}\n${error.serverCause}` : error.message;
}

const METASTORE_AWAY = /Could not connect to meta store|TTransportException|Connection refused.*(9083|thrift)/s;

const METASTORE_UNOPENED = /Unable to instantiate [\w.]*MetaStoreClient/;

// What is told by a cause, whatever Spark makes of it.
const CAUSES: readonly (readonly [RegExp, { message?: string; hint: string }])[] = [
  [
    /GSS initiate failed|No valid credentials provided|Failed to find any Kerberos (tgt|credentials)/i,
    {
      message: "Spark has no valid Kerberos ticket: it has expired, or there never was one.",
      hint: "Write SPARK_KERBEROS_PRINCIPAL and SPARK_KERBEROS_KEYTAB into .env, or log in with kinit as Spark's user, and start Spark again.",
    },
  ],
  [
    METASTORE_AWAY,
    {
      message: "The Hive Metastore does not answer.",
      hint: "Start the Hive Metastore, or correct HIVE_METASTORE_URI. The next attempt goes on.",
    },
  ],
  [
    METASTORE_UNOPENED,
    {
      message: "Spark can't open the Hive Metastore: it is away, or does not let Spark in.",
      hint: "Start it. Where it asks for Kerberos, write SPARK_KERBEROS_PRINCIPAL and SPARK_KERBEROS_KEYTAB into .env, and start Spark again.",
    },
  ],
  [
    /No suitable driver/,
    {
      message: "Spark has no JDBC driver for the catalog's database.",
      hint: "Add the driver's jar to spark.jars in SPARK_CONF_FILE, or in the settings of a Connect server of your own, and start Spark again.",
    },
  ],
  [
    /INCONSISTENT_BEHAVIOR_CROSS_VERSION/,
    {
      message: "The files hold dates from before 1582, which Spark reads in two ways.",
      hint: 'Put "spark.sql.parquet.int96RebaseModeInRead CORRECTED" (or LEGACY) into SPARK_CONF_FILE.',
    },
  ],
  [
    /Input path does not exist/,
    { hint: "A file of the source is missing or damaged. Repair the table in Hive, then run the job again." },
  ],
  [/No space left on device/, { message: "The disk is full.", hint: "The disk is full: make room, then retry." }],
  [
    /types incompatible with the existing columns/,
    {
      message: "The Hive Metastore refuses to change a column's type or place.",
      hint: "Drop the target, or choose another namespace, or set hive.metastore.disallow.incompatible.col.type.changes=false there.",
    },
  ],
  [
    /Spark does not support (?!version)\w+ fields|unsupported type to Spark/,
    {
      message: "A column has a type of Iceberg that Spark does not read (time, or a timestamp of nanoseconds).",
      hint: "Its rows can't be shown or moved from here: have the program that writes it write another type.",
    },
  ],
  [
    /Invalid UUID string/,
    {
      message: "A text is no UUID, and its column takes nothing else.",
      hint: "A UUID looks like 00112233-4455-6677-8899-aabbccddeeff.",
    },
  ],
  [
    /does not match (?:the )?field type length|Fixed Binary size/i,
    {
      message: "A value has another length than its column, which is of fixed length.",
      hint: "Give it just as many bytes as the others have.",
    },
  ],
  [/AccessControlException|Permission denied/, { hint: "The user that runs Spark may not read or write there." }],
];

/** Whether a text has Spark's own wording in it, which no page shows. */
export function isRaw(text: string): boolean {
  return RAW.test(text);
}

const RAW =
  /\[[A-Z][A-Z0-9]*[_.][A-Z0-9_.]+\]|SQLSTATE|_LEGACY_ERROR|\b(?:[a-z]\w*\.){2,}[A-Z]\w*|\bat [\w$.]+\([\w$]+\.(?:java|scala)|'?Project \[|\+- |\w#\d+L?\b|stacktrace|Exception\b|\(TID \d+\)/;

/** Spark's message as one sentence of plain text; a general one where it is made of Spark's insides. */
export function plainMessage(message: string): string {
  const [paragraph = message] = message.trim().split(/\n\s*\n|\n'|\n\+-|\n== |;\n[A-Z']|\nJVM stacktrace/);
  const cause = /\([^()]*executor[^()]*\): ([\s\S]*)/.exec(paragraph)?.[1] ?? paragraph;
  const text = cause
    .split(/\n\s+at /)[0]!
    .replace(/\[[A-Z][A-Z0-9]*(?:[_.][A-Z0-9_.]+)\]\s*/g, "")
    .replace(/\s*SQLSTATE: \w{5}\b(?:\s*;? *\(?line \d+,? pos \d+\)?;?)?/g, "")
    .replace(/(?:[a-z]\w*\.){2,}[A-Z][\w$]*:\s*/g, "")
    .replace(/\s+/g, " ")
    .trim();
  const [first = ""] = text.split(/(?<=[a-z)'`"\]]\.)\s+(?=(?:If|Use|To|Please|Consider|Set|You|Verify)\b)/);
  const short = unquoted(first)
    .slice(0, 500)
    .replace(/[;,:\s]+$/, "");
  if (short === "" || isRaw(short)) return GENERAL;
  return /[.!?)]$/.test(short) ? short : `${short}.`;
}

const GENERAL = "Spark failed at this, and says why only in its log.";

// The longest name wins: FAILED_READ_FILE.FILE_NOT_EXIST is looked for before FAILED_READ_FILE.
function ruleFor(kind: string | undefined): Rule | undefined {
  for (let name = kind ?? ""; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf("."))))
    if (Object.hasOwn(RULES, name)) return RULES[name];
  return undefined;
}

/** A name as people write it: `lake.sales.orders` without quotes, and Spark's own catalog as `hive`. */
function unquoted(name: string): string {
  return name
    .replace(/`((?:[^`]|``)*)`/g, (_, inner: string) => inner.replaceAll("``", "`"))
    .replaceAll("spark_catalog.", "hive.");
}

function named(parameters: Readonly<Record<string, string>>, error: SparkError, ...keys: string[]): string {
  const found = keys.map(key => parameters[key]).find(value => value !== undefined && value !== "");
  // Without the parameters: what Spark quotes first.
  const quoted = found ?? /`[^`]+`(?:\.`[^`]+`)*/.exec(error.message)?.[0] ?? "";
  return unquoted(quoted).replace(/^"|"$/g, "").slice(0, 300);
}

const types: Rule = () => ({
  message: "Spark can't work with the types of the columns in this statement.",
  hint: "Where it reads a view, correct the view's SQL; otherwise report it with the job's log, which has the statement's error whole.",
});

const broken: Rule = () => ({
  message: "Spark does not understand this statement.",
  hint: "Where it reads a view, correct the view's SQL; otherwise report it with the job's log, which has the statement's error whole.",
});

const cast: Rule = (parameters, error) => {
  const value = (parameters.expression ?? parameters.value ?? "").replace(/^'|'$/g, "").slice(0, 60);
  const type = named(parameters, error, "targetType").toLowerCase();
  return {
    message: value && type ? `The value "${value}" is no ${type}.` : "A value does not fit the type of its column.",
    hint: "Make a view that casts with try_cast and ingest the view.",
  };
};

const exists: Rule = (parameters, error) => ({
  message: `${named(parameters, error, "relationName", "schemaName", "viewName", "catalogName") || "It"} exists already.`,
});

const file: Rule = (parameters, error) => ({
  message: `Spark can't read the file ${fileIn(parameters, error)}.`,
  hint: "It is damaged, or of another format than the table says. Repair the table in Hive, then run the job again.",
});

const goneFile: Rule = (parameters, error) => ({
  message: `The file ${fileIn(parameters, error)} is not there any more.`,
  hint: "Somebody wrote to the table meanwhile, or its list of partitions is out of date: repair the table in Hive, then run the job again.",
});

function fileIn(parameters: Readonly<Record<string, string>>, error: SparkError): string {
  const path = parameters.path ?? parameters.file ?? /\b[a-z0-9]+:\/?\/?[^\s`'",]+/.exec(error.message)?.[0] ?? "";
  return decoded(path.replace(/[.,;:]+$/, ""));
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

const RULES: Readonly<Record<string, Rule>> = {
  TABLE_OR_VIEW_NOT_FOUND: (parameters, error) => ({
    message: `There is no table or view ${named(parameters, error, "relationName")}.`,
    hint: "Somebody dropped or renamed it, or a view still reads it.",
  }),
  VIEW_NOT_FOUND: (parameters, error) => ({ message: `There is no view ${named(parameters, error, "relationName")}.` }),
  SCHEMA_NOT_FOUND: (parameters, error) => ({
    message: `There is no database ${named(parameters, error, "schemaName")}.`,
    hint: "Look at the name of the database: Spark's metastore has none of that name.",
  }),
  CATALOG_NOT_FOUND: (parameters, error) => ({
    message: `There is no catalog ${named(parameters, error, "catalogName")}.`,
    hint: "Look at catalogs.json.",
  }),
  REQUIRES_SINGLE_PART_NAMESPACE: (parameters, error) => ({
    message: `Spark does not know the catalog of ${named(parameters, error, "namespace")}, or its name has a part too many.`,
    hint: "Write it as catalog.namespace.table, with a catalog of catalogs.json.",
  }),
  TABLE_OR_VIEW_ALREADY_EXISTS: exists,
  SCHEMA_ALREADY_EXISTS: exists,
  VIEW_ALREADY_EXISTS: exists,
  UNRESOLVED_COLUMN: (parameters, error) => {
    const offered = parameters.proposal && unquoted(parameters.proposal);
    return {
      message: `There is no column ${named(parameters, error, "objectName")}${offered ? `; there are ${offered}` : ""}.`,
      hint: "The columns of the table have changed, or a view names one that is gone.",
    };
  },
  UNRESOLVED_FIELD: (parameters, error) => ({
    message: `There is no field ${named(parameters, error, "fieldName", "objectName")}.`,
  }),
  FIELD_NOT_FOUND: (parameters, error) => ({
    message: `There is no field ${named(parameters, error, "fieldName")}${parameters.fields ? ` in ${unquoted(parameters.fields)}` : ""}.`,
    hint: "The table's schema has changed since this was written.",
  }),
  UNRESOLVED_ROUTINE: (parameters, error) => ({
    message: `Spark has no function ${named(parameters, error, "routineName")}.`,
    hint: "A view may use a function that only Hive has: rewrite it in the view, or copy the view's rows into a table in Hive.",
  }),
  PATH_NOT_FOUND: (parameters, error) => ({ message: `There is nothing at ${fileIn(parameters, error)}.` }),
  PARSE_SYNTAX_ERROR: broken,
  PARSE_EMPTY_STATEMENT: broken,
  DATATYPE_MISMATCH: types,
  INCOMPARABLE_PIVOT_COLUMN: types,
  INVALID_EXTRACT_FIELD_TYPE: types,
  INVALID_EXTRACT_BASE_FIELD_TYPE: types,
  WRONG_NUM_ARGS: broken,
  INTERNAL_ERROR: () => ({
    message: "Spark failed inside itself.",
    hint: "Try again. If it fails again, the log of the Spark server has the reason.",
  }),
  CAST_INVALID_INPUT: cast,
  CAST_OVERFLOW: cast,
  CAST_OVERFLOW_IN_TABLE_INSERT: cast,
  NUMERIC_VALUE_OUT_OF_RANGE: cast,
  DIVIDE_BY_ZERO: () => ({
    message: "A value is divided by zero.",
    hint: "A view that uses try_divide gives null there.",
  }),
  NOT_NULL_ASSERT_VIOLATION: (parameters, error) => ({
    message: `${(parameters.walkedTypePath ?? "").trim() || named(parameters, error) || "A column"} can't be null.`,
  }),
  FAILED_READ_FILE: file,
  "FAILED_READ_FILE.FILE_NOT_EXIST": goneFile,
  "FAILED_READ_FILE.DBR_FILE_NOT_EXIST": goneFile,
  "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH": (parameters, error) => ({
    message: `In the file ${fileIn(parameters, error)} the column ${unquoted(parameters.column ?? "")} is ${parameters.actualType ?? "of another type"}, and the table says ${parameters.expectedType ?? "otherwise"}.`,
    hint: "The table's type was changed after the file was written: change it back, or write the partition anew in Hive.",
  }),
  "INVALID_HANDLE.OPERATION_NOT_FOUND": () => ({
    message: "Spark does not know this statement any more.",
    hint: "Try again.",
  }),
  "INVALID_HANDLE.SESSION_CLOSED": () => ({ message: "Spark has closed the session.", hint: "Try again." }),
};
