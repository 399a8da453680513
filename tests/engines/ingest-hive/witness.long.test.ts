import { test } from "node:test";
import { hiveAgrees } from "./witness.ts";

test("Hive agrees with copies of every format and type, partitioned or not", async t => {
  await hiveAgrees(t, ["parquet", "orc", "rcfile", "sequencefile", "textfile"]);
});
