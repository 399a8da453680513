import { test } from "node:test";
import { LAYOUTS, takeThrough } from "./matrix.ts";

test("every format, layout and type goes to Iceberg, Azure and Snowflake, proven each time, counted by a reader that is not Spark, and row for row what Hive has", async t => {
  await takeThrough(t, LAYOUTS);
});
