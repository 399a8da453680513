import { test } from "node:test";
import { takeThrough } from "./matrix.ts";

test("every format and type, in two levels of partitions, goes to Iceberg, Azure and Snowflake, proven each time, counted by a reader that is not Spark, and row for row what Hive has", async t => {
  await takeThrough(t, ["nested"]);
});
