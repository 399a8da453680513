import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { layoutOf } from "../../../core/store/layout.ts";
import { csvWorld } from "../csv.ts";

test("the whole truth about a file: what it holds, what can't be taken, what comes twice, and what it would change", async t => {
  const { settings, session, namespace, put, run, rows } = await csvWorld(t);
  const table = `lake.${namespace}.t`;
  put("t.csv", 'k,v\n1,a\n2,"b\nb"\n1,c\n3\n4,d\n2,e\n');
  const parameters = { file: "t.csv", table, key: "k" };
  const logs = (id: string, name: string) =>
    readFileSync(join(layoutOf(settings.DATA_DIR).logs, `${id}.${name}.csv`), "utf8").split("\r\n");

  const fresh = await run("inspect-csv", parameters);
  assert.equal(fresh.exitCode, 0, fresh.error?.message);
  assert.deepEqual(fresh.outcomes[0]?.figures, {
    ...{ records: "6", lines: "8", bad: "1", keys: "3", overwritten: "2", added: "3", changed: "0", same: "0" },
  });
  assert.deepEqual(logs(fresh.id, "bad"), ["line,record,reason,text", '6,4,"1 field, expected 2",3', ""]);
  assert.deepEqual(logs(fresh.id, "conflicts"), [
    "k,record,line,counting_record,counting_line",
    "1,1,2,3,5",
    "2,2,3,6,8",
    "",
  ]);
  assert.deepEqual(await rows(`show namespaces in lake like '${namespace}'`), [], "nothing was made");

  await session.command(`create namespace lake.${namespace}`);
  await session.command(`create table ${table} using iceberg as select '1' as k, 'a' as v union all select '4', 'd'`);
  const before = await rows(`select snapshot_id from ${table}.snapshots`);
  const first = await run("inspect-csv", { ...parameters, onDuplicate: "first" });
  assert.deepEqual(first.outcomes[0]?.figures, {
    ...{ records: "6", lines: "8", bad: "1", keys: "3", overwritten: "2", added: "1", changed: "0", same: "2" },
  });
  assert.deepEqual(logs(first.id, "conflicts").slice(1, 3), ["1,3,5,1,2", "2,6,8,2,3"]);
  put("bad.csv", "k,v\n1\n2,b,c\n");
  const none = await run("inspect-csv", { ...parameters, file: "bad.csv", format: { header: true } });
  assert.equal(none.exitCode, 0, none.error?.message);
  assert.deepEqual([none.outcomes[0]?.figures?.records, none.outcomes[0]?.figures?.bad], ["2", "2"]);
  const rejected = await run("inspect-csv", { ...parameters, onDuplicate: "reject" });
  assert.deepEqual(rejected.outcomes[0]?.figures?.rejected, "4");
  assert.deepEqual(await rows(`select snapshot_id from ${table}.snapshots`), before);
});
