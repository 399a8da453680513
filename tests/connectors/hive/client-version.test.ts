import assert from "node:assert/strict";
import { test } from "node:test";
import { clientRefusal, icebergRefusal, refusalIn } from "../../../connectors/hive/client-version.ts";

test("a client of Hive before 4 can't ask a metastore of Hive 4, and no other pair is refused", () => {
  const pairs: [metastore: string, client: string, refused: boolean][] = [
    ["2", "2.3.10", false],
    ["3", "2.3.10", false],
    ["3", "4.0.1", false],
    ["4.0.1", "2.3.10", true],
    ["4.1.0", "3.1.3", true],
    ["4.0.1", "4.0.1", false],
  ];
  for (const [metastore, client, refused] of pairs)
    assert.equal(clientRefusal(metastore, client) !== undefined, refused, `${metastore} by ${client}`);
  assert.equal(icebergRefusal("3"), undefined);
  assert.match(icebergRefusal("4.0.1")?.hint ?? "", /catalogs\.json/);
});

test("what Spark and Iceberg say of a call that is gone becomes the sentence of the doctor", () => {
  const spark =
    "org.apache.hadoop.hive.ql.metadata.HiveException: Unable to fetch table plain. Invalid method name: 'get_table'";
  const iceberg =
    "Failed to get table info from metastore li.t\norg.apache.thrift.TApplicationException: Invalid method name: 'get_table'";
  assert.equal(refusalIn(spark), clientRefusal("4.0.1", "2.3.10"));
  assert.equal(refusalIn(iceberg), icebergRefusal("4.0.1"));
  assert.equal(refusalIn("Invalid method name: 'get_valid_write_ids'"), undefined);
});
