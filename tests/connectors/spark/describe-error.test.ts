import assert from "node:assert/strict";
import { test } from "node:test";
import { describeSparkError, isRaw, plainMessage } from "../../../connectors/spark/describe-error.ts";
import { ServerLost, SparkError } from "../../../connectors/spark/errors.ts";

test("no wording of Spark's own is in the sentence of a failure, and what matters of it is", () => {
  const wrong = KNOWN.flatMap(([kind, message, parameters, says]) => {
    const error = new SparkError(message, { ...(kind && { errorClass: kind }), ...(parameters && { parameters }) });
    const described = describeSparkError(error);
    const sentence = `${described.message} ${described.hint ?? ""}`;
    return isRaw(sentence) || !says.test(sentence) ? [{ kind, sentence }] : [];
  });
  assert.deepEqual(wrong, []);
});

test("a failure that is not known keeps its first sentence, or gets a general one where that is made of Spark's insides", () => {
  assert.equal(plainMessage("Cannot find snapshot with ID 123"), "Cannot find snapshot with ID 123.");
  assert.equal(
    plainMessage(
      "org.apache.spark.SparkException: Job aborted due to stage failure: ShuffleMapStage 3 (Project [a#1])",
    ),
    "Spark failed at this, and says why only in its log.",
  );
  assert.equal(plainMessage(""), "Spark failed at this, and says why only in its log.");
  assert.equal(plainMessage("x\n\tat org.apache.spark.Foo.bar(Foo.scala:12)\n"), "x.");
});

test("a server that is lost keeps the client's own sentence", () => {
  const message =
    "The Spark server at 127.0.0.1:1 cannot be reached (no connection). Check that it runs, then try again.";
  assert.equal(describeSparkError(new ServerLost(message)).message, message);
});

test("an error that is described keeps its class and state beside the sentence", () => {
  const error = new SparkError("[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012", {
    errorClass: "DIVIDE_BY_ZERO",
    sqlState: "22012",
  });
  const { class: kind, sqlState } = describeSparkError(error);
  assert.deepEqual([kind, sqlState], ["DIVIDE_BY_ZERO", "22012"]);
});

type Known = [kind: string | undefined, message: string, parameters: Record<string, string> | undefined, says: RegExp];

const KNOWN: readonly Known[] = [
  [
    "_LEGACY_ERROR_TEMP_3065",
    "org.apache.hadoop.hive.ql.metadata.HiveException: java.lang.RuntimeException: Unable to instantiate org.apache.hadoop.hive.ql.metadata.SessionHiveMetaStoreClient",
    undefined,
    /can't open the Hive Metastore.*SPARK_KERBEROS_KEYTAB/,
  ],
  [
    "_LEGACY_ERROR_TEMP_3065",
    "org.apache.hadoop.hive.ql.metadata.HiveException: java.lang.RuntimeException: Unable to instantiate SessionHiveMetaStoreClient: GSS initiate failed",
    undefined,
    /no valid Kerberos ticket: it has expired.*SPARK_KERBEROS_KEYTAB/,
  ],
  [
    "_LEGACY_ERROR_TEMP_3065",
    "org.apache.hadoop.hive.ql.metadata.HiveException: Unable to fetch table plain. Invalid method name: 'get_table'",
    undefined,
    /metastore is of Hive 4.*spark\.sql\.hive\.metastore\.version/i,
  ],
  [
    "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES",
    `[DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES] Cannot resolve "(a - b)" due to data type mismatch: the operands have incompatible types ("MAP<STRING, INT>" and "INT"). SQLSTATE: 42K09; line 1 pos 7;\n'Project [unresolvedalias((a#169 - b#170))]\n+- SubqueryAlias t`,
    undefined,
    /types of the columns/,
  ],
  [
    "UNRESOLVED_COLUMN.WITH_SUGGESTION",
    "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `x` cannot be resolved. SQLSTATE: 42703; line 1 pos 7;\n'Project ['x]",
    { objectName: "`x`", proposal: "`b`, `d`" },
    /There is no column x; there are b, d\./,
  ],
  [
    "TABLE_OR_VIEW_NOT_FOUND",
    "[TABLE_OR_VIEW_NOT_FOUND] The table or view `spark_catalog`.`sales`.`h` cannot be found. Verify the spelling.\nIf you did not qualify… SQLSTATE: 42P01; line 1 pos 14;\n'Project [*]",
    undefined,
    /There is no table or view hive\.sales\.h\./,
  ],
  [
    "PARSE_SYNTAX_ERROR",
    "\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'selec'. SQLSTATE: 42601 (line 1, pos 0)\n\n== SQL ==\nselec 1\n^^^\n",
    undefined,
    /does not understand/,
  ],
  [
    "CAST_INVALID_INPUT",
    `[CAST_INVALID_INPUT] The value 'abc' of the type "STRING" cannot be cast to "INT" because it is malformed. SQLSTATE: 22018\n== SQL (line 1, position 8) ==\nselect`,
    { expression: "'abc'", targetType: '"INT"' },
    /"abc" is no int\./,
  ],
  [
    "_LEGACY_ERROR_TEMP_3065",
    "org.apache.hadoop.hive.ql.metadata.HiveException: java.lang.IllegalArgumentException: Error: type expected at the position 0 of 'timestamp_ntz' but 'timestamp_ntz' is found.",
    undefined,
    /type expected at the position 0/,
  ],
  [
    undefined,
    "Job aborted due to stage failure: Task 0 in stage 5.0 failed 1 times, most recent failure: Lost task 0.0 in stage 5.0 (TID 5) (10.0.0.1 executor driver): java.lang.RuntimeException: the file is no Parquet file\n\tat org.apache.spark.Foo.bar(Foo.scala:1)",
    undefined,
    /^the file is no Parquet file\./,
  ],
  [
    "STREAM_FAILED",
    "[STREAM_FAILED] Query [id = 1, runId = 2] terminated with exception: [DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012 SQLSTATE: XXKST",
    undefined,
    /Division by zero/,
  ],
  [
    "FAILED_READ_FILE.FILE_NOT_EXIST",
    "[FAILED_READ_FILE.FILE_NOT_EXIST] Encountered error while reading file file:///lake/a%20b/p.orc. File does not exist. It is possible the underlying files have been updated. SQLSTATE: KD001",
    { path: "file:///lake/a%20b/p.orc" },
    /The file file:\/\/\/lake\/a b\/p\.orc is not there any more\./,
  ],
  [
    "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH",
    "[FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH] …",
    { path: "hdfs://n/p.parquet", column: "`n`", actualType: "INT32", expectedType: "string" },
    /the column n is INT32, and the table says string/,
  ],
  [
    "NOT_NULL_ASSERT_VIOLATION",
    "[NOT_NULL_ASSERT_VIOLATION] NULL value appeared in non-nullable field: \nid\nIf the schema is inferred from a Scala tuple/case class… SQLSTATE: 42000",
    { walkedTypePath: "\nid\n" },
    /^id can't be null/,
  ],
  [
    "SOMETHING_NEW.WITH_MORE",
    '[SOMETHING_NEW.WITH_MORE] The `x` of `spark_catalog`.`a` is odd. Set "spark.sql.x" to "false" to bypass this. SQLSTATE: 0A000',
    undefined,
    /^The x of hive\.a is odd\. $/,
  ],
];
