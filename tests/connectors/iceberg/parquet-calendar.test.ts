import assert from "node:assert/strict";
import { test } from "node:test";
import { calendarIn } from "../../../connectors/iceberg/parquet-calendar.ts";

// As Thrift's compact protocol writes a key and its value.
const pair = (key: string, value: string) =>
  `\x18${String.fromCharCode(key.length)}${key}\x18${String.fromCharCode(value.length)}${value}\0`;
const tail = (...parts: string[]) => Buffer.from(`${parts.join("")}PAR1`, "latin1");

test("the calendar of a Parquet file is told by who wrote it", () => {
  const hive = "hive_schema";
  const facts: [string, Buffer, string][] = [
    ["Hive 2", tail(hive, "parquet-mr version 1.8.1 (build x)"), "hybrid"],
    ["Hive 2 with newer libraries", tail(hive, "parquet-mr version 1.16.0 (build x)"), "hybrid"],
    ["Hive 3", tail(hive, pair("writer.model.name", "3.1.3"), "parquet-mr version 1.10.0"), "proleptic"],
    ["Hive 4", tail(hive, pair("writer.date.proleptic", "false"), pair("writer.model.name", "4.0.1")), "hybrid"],
    [
      "Hive 4 so set",
      tail(hive, pair("writer.date.proleptic", "true"), pair("writer.model.name", "4.0.1")),
      "proleptic",
    ],
    ["Spark 3 and 4", tail("spark_schema", pair("org.apache.spark.version", "4.1.3")), "spark"],
    ["Spark 2.3", tail("spark_schema", pair("org.apache.spark.sql.parquet.row.metadata", "{}")), "hybrid"],
    ["Impala", tail("schema", "impala version 4.3.0"), "proleptic"],
    ["Arrow", tail("schema", "parquet-cpp-arrow version 17.0.0"), "proleptic"],
  ];
  for (const [who, bytes, calendar] of facts) assert.equal(calendarIn(bytes), calendar, who);
});
