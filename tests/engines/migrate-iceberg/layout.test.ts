import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import { type Namespace, newNamespace } from "../iceberg-lake.ts";
import { runWhole } from "../lake.ts";

const odd = ["a.b", "a'b", "a`b", 'a"b', "1", "select", "a b", "UPPER", "größe", "f(x)"];
const quoted = (name: string) => `\`${name.replaceAll("`", "``")}\``;

describe("how a table is laid out goes with it", () => {
  const ends: (() => void | Promise<void>)[] = [];
  let lake: Namespace;
  let outcomes: Map<string, Outcome>;
  let made: Record<string, string>;
  before(async () => {
    lake = await newNamespace({ after: end => void ends.push(end) });
    const name = (table: string) => `lake.${lake.namespace}.${table}`;
    await lake.sql(
      `create table ${name("laid_out")} (id bigint not null comment 'it\\'s the "key"', at timestamp, name string,
         \`a b.c\` int, place struct<x: int comment 'inner', y: string>)
       using iceberg partitioned by (days(at), bucket(8, id), truncate(3, name), \`a b.c\`) comment 'quo\\'te "x" \\\\ é'
       tblproperties ('write.parquet.compression-codec' = 'gzip', 'commit.retry.num-retries' = '7', 'a note' = 'it\\'s',
         'gc.enabled' = 'false', 'snapshot' = 'true', 'write.format.default' = 'orc', 'portal.source' = 'elsewhere',
         'write.data.path' = 'file:/nowhere', 'schema.name-mapping.default' = '[]')`,
      `alter table ${name("laid_out")} write ordered by name desc nulls last, bucket(8, id), place.x`,
      `alter table ${name("laid_out")} unset tblproperties ('write.data.path')`,
      `insert into ${name("laid_out")} select id, timestamp'2026-01-01 00:00:00' + make_interval(0, 0, 0, cast(id as int)),
         concat('name', id % 7), cast(id % 3 as int), named_struct('x', 1, 'y', 'z') from range(9)`,
      `alter table ${name("laid_out")} set tblproperties ('write.data.path' = 'file:/nowhere')`,
      `create table ${name("odd")} using iceberg partitioned by (\`a b\`, \`select\`) as
         select ${odd.map((column, i) => `id % 3 + ${i} as ${quoted(column)}`).join(", ")} from range(20)`,
      `alter table ${name("odd")} write ordered by bucket(3, \`a.b\`), \`f(x)\` desc, \`1\`, \`a\`\`b\``,
    );
    outcomes = await runWhole("migrate-iceberg", { namespace: lake.namespace, tables: ["laid_out", "odd"] });
    made = {
      laid_out: await lake.made(`azure.${lake.namespace}.laid_out`),
      odd: await lake.made(`azure.${lake.namespace}.odd`),
    };
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  test("both copies are equal", () => {
    for (const [table, { proof, error }] of outcomes)
      assert.equal(proof?.verdict, "equal", `${table}: ${error?.message}`);
  });

  test("partition transforms, and a partition column with a blank and a dot", () => {
    assert.match(made.laid_out ?? "", /PARTITIONED BY \(days\(at\), bucket\(8, id\), truncate\(3, name\), `a b\.c`\)/);
    assert.match(made.odd ?? "", /PARTITIONED BY \(`a b`, select\)/);
  });

  test("the sort order, with transforms and odd names", () => {
    assert.match(
      made.laid_out ?? "",
      /'sort-order' = 'name DESC NULLS LAST, bucket\(8, id\) ASC NULLS FIRST, place\.x ASC NULLS FIRST'/,
    );
    assert.match(
      made.odd ?? "",
      /'sort-order' = 'bucket\(3, a\.b\) ASC NULLS FIRST, f\(x\) DESC NULLS LAST, 1 ASC NULLS FIRST, a`b ASC NULLS FIRST'/,
    );
  });

  test("comments of the table, of columns and inside of structs; columns that are required", () => {
    assert.match(made.laid_out ?? "", /id BIGINT NOT NULL COMMENT 'it\\'s the "key"'/);
    assert.match(made.laid_out ?? "", /COMMENT 'quo\\'te "x" \\+ é'/);
    assert.match(made.laid_out ?? "", /x: INT COMMENT 'inner'/);
  });

  test("properties, but for paths and what says where a table came from; what changed is noted", () => {
    for (const kept of [
      "'write.parquet.compression-codec' = 'gzip'",
      "'commit.retry.num-retries' = '7'",
      "'a note' = 'it",
    ])
      assert.ok(made.laid_out?.includes(kept), kept);
    for (const left of ["gc.enabled", "'snapshot'", "write.data.path", "name-mapping", "elsewhere"])
      assert.ok(!made.laid_out?.includes(left), left);
    assert.match(made.laid_out ?? "", /'write\.format\.default' = 'parquet'/);
    assert.match(made.laid_out ?? "", new RegExp(`'portal\\.source' = 'lake\\.${lake.namespace}\\.laid_out'`));
    assert.match(
      outcomes.get("laid_out")?.notes?.join("; ") ?? "",
      /orc files become Parquet; its own data path is not kept/,
    );
  });

  test("every odd column name, with its values", async () => {
    const columns = odd.map((column, i) => `sum(${quoted(column)} - ${i}) as c${i}`).join(", ");
    const [sums] = await lake.session.query(`select ${columns} from azure.${lake.namespace}.odd`);
    assert.deepEqual(
      Object.values(sums ?? {}).map(Number),
      odd.map(() => 19),
    );
  });

  test("a new partition spec, sort order or property of the source arrives with the next migrate", async () => {
    const source = `lake.${lake.namespace}.odd`;
    await lake.sql(
      `alter table ${source} drop partition field \`a b\``,
      `alter table ${source} write ordered by \`UPPER\``,
      `alter table ${source} set tblproperties ('a note' = 'later')`,
    );
    const again = (await runWhole("migrate-iceberg", { namespace: lake.namespace, tables: ["odd"] })).get("odd");
    assert.equal(again?.proof?.verdict, "equal", again?.error?.message);
    assert.match(again?.notes?.join() ?? "", /partitioning changed.*published before they were proven/);
    const now = await lake.made(`azure.${lake.namespace}.odd`);
    assert.match(now, /PARTITIONED BY \(select\)/);
    assert.match(now, /'sort-order' = 'UPPER ASC NULLS FIRST'/);
    assert.match(now, /'a note' = 'later'/);
  });

  test("a sort order that alone has changed arrives too, and one that is only the target's stays", async () => {
    const source = `lake.${lake.namespace}.odd`;
    await lake.sql(`alter table ${source} write ordered by \`1\``);
    await runWhole("migrate-iceberg", { namespace: lake.namespace, tables: ["odd"] });
    assert.match(await lake.made(`azure.${lake.namespace}.odd`), /'sort-order' = '1 ASC NULLS FIRST'/);
    await lake.sql(`alter table ${source} write unordered`);
    await runWhole("migrate-iceberg", { namespace: lake.namespace, tables: ["odd"] });
    assert.match(await lake.made(`azure.${lake.namespace}.odd`), /'sort-order' = '1 ASC NULLS FIRST'/);
  });
});
