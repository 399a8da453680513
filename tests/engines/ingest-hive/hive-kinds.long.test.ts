import assert from "node:assert/strict";
import { test } from "node:test";
import { sameAsHive } from "../../connectors/hive/compare.ts";
import { startHive } from "../../connectors/hive/hive.ts";
import { ingest, newDatabase, type Ran, runWhole, testSession } from "../lake.ts";

// Three members of each kind of right table that once did not get through, in one job against one Hive.
const decimals: Readonly<Record<string, [columns: string, values: string]>> = {
  part: ["d decimal(2,2), e decimal(1,1)", "(0.25, 0.5), (-0.25, -0.5), (0, 0), (null, null)"],
  huge: [
    "d decimal(38,0), e decimal(38,38)",
    `(${"9".repeat(38)}, 0.${"1".repeat(38)}), (${-1}, -0.${"0".repeat(37)}1)`,
  ],
  money: ["d decimal(10,4), e decimal(5,5)", "(1234.5, 0.00001), (-0.0001, -0.99999), (100000, 0.1)"],
  binary: ["d double, e float", "(0.1, 0.25), (-1e300, -1e30), (1e-300, 0)"],
};

test("decimals, partitions of any letters and literal variables are in the lake and in Snowflake as Hive has them", {
  timeout: 900_000,
}, async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  for (const [name, [columns, values]] of Object.entries(decimals)) {
    await session.command(`create table ${database}.n_${name} (id int, ${columns}) stored as orc`);
    await session.command(
      `insert into ${database}.n_${name} select monotonically_increasing_id(), * from values ${values} as v(d, e)`,
    );
  }
  // Partition columns and values beyond ASCII.
  for (const [name, column, value] of [
    ["umlaut", "größe", "übergröße/50%"],
    ["greek", "τιμή", "α=β"],
    ["han", "区域", "东 京"],
  ]) {
    await session.command(
      `create table ${database}.p_${name} (id int, \`${column} 2\` string) partitioned by (\`${column}\` string) stored as orc`,
    );
    await session.command(
      `insert into ${database}.p_${name} values (1, 'ä', '${value}'), (2, null, 'x'), (3, 'c', null)`,
    );
  }
  // What a server would put in the place of a variable.
  const variable = "${env:HOME} ${system:user.name} ${hiveconf:x} ${spark.app.name}";
  await session.command(
    `create table ${database}.v_comment (id int comment '${variable}', t string) comment '${variable}' stored as textfile`,
  );
  await session.command(`insert into ${database}.v_comment values (1, '${variable}'), (2, '\${env:PATH}')`);
  await session.command(
    `create table ${database}.v_property (id int) stored as orc tblproperties ('owner.note' = '${variable}')`,
  );
  await session.command(`insert into ${database}.v_property values (1)`);
  await session.command(`create table ${database}.v_part (id int) partitioned by (p string) stored as orc`);
  await session.command(`insert into ${database}.v_part values (1, '\${env:HOME}'), (2, '\${system:user.name}')`);

  const ran = await ingest({ database: database.toUpperCase(), tables: "*" });
  ended(ran);
  assert.equal((await sameAsHive(hive, session, database, ran)).length, 10);
  const lake = `lake.${database}_iceberg`;
  const described = JSON.stringify(await session.command(`describe table extended ${lake}.v_comment`));
  assert.ok(described.includes(variable), described.slice(0, 2000));
  for (const secret of [process.env.HOME ?? "/root", process.env.PATH ?? "/usr/bin"])
    for (const table of ["v_comment", "v_property", "v_part"]) {
      const all = JSON.stringify([
        await session.command(`describe table extended ${lake}.${table}`),
        await session.command(`show tblproperties ${lake}.${table}`),
        await session.query(`select * from ${lake}.${table}`),
      ]);
      assert.ok(!all.includes(`"${secret}`) && !all.includes(`${secret} `), `${table} has ${secret}`);
    }
  const names = [...ran.outcomes.keys()];
  const namespace = `${database}_iceberg`;
  for (const type of ["migrate-iceberg", "register-snowflake"])
    for (const [table, { error, outcome }] of await runWhole(type, { namespace, tables: names }))
      assert.equal(outcome, "succeeded", `${type} ${table}: ${error?.message}`);
});

test("renamed columns, names in capitals and tables that others tidied go through again", {
  timeout: 900_000,
}, async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  const lake = `lake.${database}_iceberg`;
  const renamed: Readonly<Record<string, [stored: string, change: string]>> = {
    r_orc: ["orc", "change b b_new string"],
    r_last: ["sequencefile", "change c c_new int"],
    r_type: ["textfile", "change b b_new varchar(20)"],
    r_wide: ["parquet", "change a a bigint"],
    r_added: ["orc", "add columns (z string)"],
  };
  for (const [table, [stored]] of Object.entries(renamed)) {
    await session.command(`create table ${database}.${table} (a int, b string, c int) stored as ${stored}`);
    await session.command(`insert into ${database}.${table} values (1, 'x', 2), (2, null, 3)`);
  }
  const tidied = ["t_manifests", "t_files", "t_branch"];
  const all = [...tidied, "t_expired"];
  for (const table of all) {
    await session.command(
      `create table ${database}.${table} (id int, p string) partitioned by (d string) stored as orc`,
    );
    for (const day of ["a", "b"]) await session.command(`insert into ${database}.${table} values (1, 'x', '${day}')`);
  }
  ended(await ingest({ database, tables: "*" }));

  for (const [table, [, change]] of Object.entries(renamed))
    await hive.answers(`alter table ${database}.${table} ${change}`);
  const call = (name: string, table: string, rest = "") =>
    session.command(`call lake.system.${name}(table => '${database}_iceberg.${table}'${rest})`);
  await call("rewrite_manifests", "t_manifests");
  await call(
    "rewrite_data_files",
    "t_files",
    ", strategy => 'sort', sort_order => 'id', options => map('rewrite-all', 'true')",
  );
  await call("rewrite_position_delete_files", "t_files");
  await call("rewrite_data_files", "t_expired", ", options => map('rewrite-all', 'true')");
  await call("expire_snapshots", "t_expired", ", retain_last => 1, older_than => timestamp '2100-01-01 00:00:00'");
  await session.command(`alter table ${lake}.t_branch create tag kept`);
  await session.command(`alter table ${lake}.t_branch set tblproperties ('read.split.target-size' = '1048576')`);
  await session.command(`insert into ${database}.t_files values (5, 'new', 'c')`);

  // Hive folds all of these names.
  const [first, ...others] = [...Object.keys(renamed), ...tidied];
  const ran = await ingest({
    database: database.toUpperCase(),
    tables: [first?.toUpperCase(), ...others.map(name => name[0]?.toUpperCase() + name.slice(1))],
  });
  ended(ran);
  assert.equal((await sameAsHive(hive, session, database, ran)).length, 8);
  for (const [name, { table }] of ran.outcomes) assert.equal(table, `hive.${database}.${name}`);
  assert.equal(ran.outcomes.size, 8);
  // Where the snapshot of the last job has expired nobody can tell what was done since.
  const { outcomes } = await ingest({ database, tables: ["t_expired"] });
  assert.match(outcomes.get("t_expired")?.error?.message ?? "", /was changed by somebody else/);
});

function ended({ outcomes }: Ran): void {
  const failed = [...outcomes].filter(([, { outcome }]) => outcome !== "succeeded");
  assert.deepEqual(
    failed.map(([table, { outcome, error }]) => `${table} ${outcome}: ${error?.message}`),
    [],
  );
}
