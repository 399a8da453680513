import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Snowflake } from "../../connectors/snowflake/connect.ts";
import type { SnowflakeError } from "../../connectors/snowflake/errors.ts";
import {
  createStatement,
  describeStatement,
  informationStatement,
  isSameFile,
  metadataLocation,
  refreshStatement,
  registeredAs,
  showStatement,
  volumePath,
} from "../../connectors/snowflake/iceberg-table.ts";
import { ensureSetup } from "../../connectors/snowflake/setup.ts";
import { startAzurite } from "../connectors/snowflake/azurite.ts";
import { login, noStandIn, startStandIn } from "../connectors/snowflake/stand-in.ts";
import { newestMetadata, noSpark, openAzureSession } from "../connectors/snowflake/tables.ts";

const skip = noStandIn || noSpark;

/** Azurite, a stand-in, Spark and a session: what every test here needs. */
async function world() {
  const azurite = await startAzurite({ after });
  const standIn = await startStandIn({ after }, azurite);
  const session = await openAzureSession({ after }, azurite);
  const snowflake = await login({ after }, standIn.address);
  const required = {
    ...standIn.address,
    azure: { account: azurite.account, container: azurite.container, tenant: "t" },
  };
  const { volume } = await ensureSetup(snowflake, required);
  return { azurite, standIn, session, snowflake, base: volume.base };
}

const { azurite, standIn, session, snowflake, base } = skip ? ({} as Awaited<ReturnType<typeof world>>) : await world();
const named = (table: string) => ({ database: "portal", schema: "public", table });
const path = (file: string) => volumePath(file, base) ?? assert.fail(`${file} is outside ${base}`);
const newest = (table: string) => newestMetadata(session, `azure.sales.${table}`);

async function register(table: string, file: string, how: { replace?: boolean } = {}, into: Snowflake = snowflake) {
  await into.run(createStatement(named(table), { ...standIn.address, metadataPath: path(file) }, how));
}

test("a registered table gives the figures that are known of it", { skip }, async () => {
  // ids 0 to 99,999; amounts are id * 0.25; every tenth row has no note.
  await session.command(`create table azure.sales.orders using iceberg partitioned by (day) as
    select id, cast(id * 0.25 as decimal(12,2)) as amount, if(id % 10 = 0, null, concat('n', id)) as note,
      date_add(date'2026-01-01', cast(id % 3 as int)) as day, cast(id % 100 as int) as customer
    from range(100000)`);
  await session.command(`create table azure.sales.customers using iceberg as
    select cast(id as int) as id, concat('c', id) as name from range(100)`);
  await register("orders", await newest("orders"));
  await register("customers", await newest("customers"));
  const [row] = await snowflake.run(
    "SELECT COUNT(*) AS N, SUM(amount) AS S, COUNT(note) AS NOTES, MIN(day) AS D, MAX(id)::VARCHAR AS M FROM orders",
  );
  // 0.25 * (0 + 1 + … + 99,999)
  assert.deepEqual(row, { N: "100000", S: "1249987500.00", NOTES: "90000", D: "2026-01-01", M: "99999" });
  const joined = await snowflake.run(
    `SELECT c.name AS NAME, COUNT(*) AS N, SUM(o.id) AS S FROM portal.public.orders o
     JOIN portal.public.customers c ON o.customer = c.id WHERE c.id = 7 GROUP BY c.name`,
  );
  // ids 7, 107, …, 99,907: 1,000 of them
  assert.deepEqual(joined, [{ NAME: "c7", N: "1000", S: "49957000" }]);
});

test("every type is read as it was written", { skip }, async () => {
  await session.command(`create table azure.sales.types using iceberg as select
    cast(1 as boolean) as yes, cast(-7 as int) as small, 9007199254740993 as big, cast(0.1 as float) as f, 0.1d as d,
    cast('12345678901234567890.0123456789' as decimal(38,10)) as money, date'0001-01-01' as day,
    timestamp'1969-12-31 23:59:59.123456' as at_time, timestamp_ntz'2026-01-01 00:00:00.5' as local_time,
    'ü\u{1f600}' as word, X'00FF' as bytes, array(1, null) as list, named_struct('a', 1, 'b', 'x') as pair`);
  await register("types", await newest("types"));
  const described = await snowflake.run(describeStatement(named("types")));
  assert.deepEqual(
    described.map(({ name, type }) => `${name} ${type}`),
    [
      ...["YES BOOLEAN", "SMALL NUMBER(10,0)", "BIG NUMBER(19,0)", "F FLOAT", "D FLOAT", "MONEY NUMBER(38,10)"],
      ...["DAY DATE", "AT_TIME TIMESTAMP_LTZ(6)", "LOCAL_TIME TIMESTAMP_NTZ(6)", "WORD VARCHAR(16777216)"],
      ...["BYTES BINARY(8388608)", "LIST ARRAY", "PAIR OBJECT"],
    ],
  );
  const [row] = await snowflake.run("SELECT * FROM types");
  const { AT_TIME, LOCAL_TIME, F, ...exact } = row ?? {};
  assert.deepEqual(exact, {
    ...{ YES: "TRUE", SMALL: "-7", BIG: "9007199254740993", D: "0.1", MONEY: "12345678901234567890.0123456789" },
    ...{ DAY: "0001-01-01", WORD: "ü\u{1f600}", BYTES: "00FF", LIST: "[1,null]", PAIR: '{"a":1,"b":"x"}' },
  });
  assert.match(AT_TIME ?? "", /^1969-12-31 23:59:59\.123/);
  assert.match(LOCAL_TIME ?? "", /^2026-01-01 00:00:00\.5/);
  assert.equal(Math.fround(Number(F)), Math.fround(0.1));
});

test("rows that were added are seen after a refresh and not before", { skip }, async () => {
  await session.command("create table azure.sales.growing using iceberg as select id from range(10)");
  await register("growing", await newest("growing"));
  await session.command("insert into azure.sales.growing select id from range(10, 15)");
  const rows = "SELECT COUNT(*) AS N, SUM(id) AS S FROM growing";
  assert.deepEqual(await snowflake.run(rows), [{ N: "10", S: "45" }]);
  const file = await newest("growing");
  await snowflake.run(refreshStatement(named("growing"), path(file)));
  assert.deepEqual(await snowflake.run(rows), [{ N: "15", S: "105" }]);
  const location = metadataLocation(await snowflake.run(informationStatement(named("growing"))));
  assert.ok(location && isSameFile(location, file));
});

test("deleted rows and renamed columns are read as Iceberg means them", { skip }, async () => {
  await session.command(`create table azure.sales.changed using iceberg
    tblproperties ('write.delete.mode' = 'merge-on-read') as select id, 'x' as old from range(10)`);
  await session.command("delete from azure.sales.changed where id < 3");
  await session.command("alter table azure.sales.changed rename column old to new");
  await register("changed", await newest("changed"));
  assert.deepEqual(await snowflake.run("SELECT COUNT(*) AS N, COUNT(new) AS W, SUM(id) AS S FROM changed"), [
    { N: "7", W: "7", S: "42" },
  ]);
});

test("a metadata file of another table is refused as a refresh, and taken as a replacement", { skip }, async () => {
  await session.command("create table azure.sales.reborn using iceberg as select id from range(3)");
  await register("reborn", await newest("reborn"));
  await session.command("drop table azure.sales.reborn");
  await session.command("create table azure.sales.reborn using iceberg as select id from range(4)");
  const file = await newest("reborn");
  await assert.rejects(snowflake.run(refreshStatement(named("reborn"), path(file))), /UUID/);
  assert.deepEqual(await snowflake.run("SELECT COUNT(*) AS N FROM reborn"), [{ N: "3" }]);
  await assert.rejects(register("reborn", file), { code: "002002" });
  await register("reborn", file, { replace: true });
  assert.deepEqual(await snowflake.run("SELECT COUNT(*) AS N FROM reborn"), [{ N: "4" }]);
});

test("a table is found by its exact name, and no other", { skip }, async () => {
  await session.command("create table azure.sales.a_b using iceberg as select 1 as id");
  await register("a_b", await newest("a_b"));
  await register("aXb", await newest("a_b"));
  const { volume, integration } = { volume: "PORTAL_VOLUME", integration: "PORTAL_CATALOG" };
  assert.deepEqual(registeredAs(await snowflake.run(showStatement(named("a_b"))), named("a_b")), {
    volume,
    integration,
    managed: false,
  });
  assert.equal((await snowflake.run(showStatement(named("a_b")))).length, 1);
  assert.equal(registeredAs(await snowflake.run(showStatement(named("a_c"))), named("a_c")), undefined);
  await snowflake.run("DROP ICEBERG TABLE a_b");
  assert.equal(registeredAs(await snowflake.run(showStatement(named("a_b"))), named("a_b")), undefined);
  await assert.rejects(snowflake.run("SELECT * FROM a_b"), { code: "002003" });
});

test("a query fails where a data file is gone", { skip }, async () => {
  await session.command("create table azure.sales.broken using iceberg as select id from range(5)");
  await register("broken", await newest("broken"));
  assert.deepEqual(await snowflake.run("SELECT SUM(id) AS S FROM broken"), [{ S: "10" }]);
  const [file] = (await azurite.list("warehouse/sales/broken/data/")).filter(name => name.endsWith(".parquet"));
  await azurite.remove(file ?? assert.fail("no data file"));
  await assert.rejects(snowflake.run("SELECT SUM(id) AS S FROM broken"), (error: SnowflakeError) => {
    assert.match(error.message, /404|not found|No such|BlobNotFound|does not exist/i);
    return true;
  });
});

test("what Snowflake would not read is refused where it is registered", { skip }, async () => {
  await session.command("create table azure.sales.plain using iceberg as select id from range(3)");
  const file = path(await newest("plain"));
  const create = (change: object) =>
    snowflake.run(createStatement(named("plain"), { ...standIn.address, metadataPath: file, ...change }));
  await assert.rejects(create({ metadataPath: `/${file}` }), /no slash first/);
  await assert.rejects(create({ metadataPath: file.replace("00000-", "00009-") }), /metadata file/);
  await assert.rejects(create({ volume: "nowhere" }), { code: "002003" });
  await assert.rejects(create({ integration: "nothing" }), { code: "002003" });
  await session.command(`create table azure.sales.orc using iceberg
    tblproperties ('write.format.default' = 'orc') as select id from range(3)`);
  await assert.rejects(create({ metadataPath: path(await newest("orc")) }), /Parquet only/);
  await session.command(`create table azure.sales.newer using iceberg
    tblproperties ('format-version' = '3') as select id from range(3)`);
  await assert.rejects(create({ metadataPath: path(await newest("newer")) }), /format version 3/);
  await snowflake.run(`CREATE EXTERNAL VOLUME narrow STORAGE_LOCATIONS = ((NAME = 'n' STORAGE_PROVIDER = 'AZURE'
    STORAGE_BASE_URL = '${base}warehouse/sales/plain/metadata/' AZURE_TENANT_ID = 't')) ALLOW_WRITES = FALSE`);
  const [name = ""] = file.split("/").slice(-1);
  await assert.rejects(create({ volume: "narrow", metadataPath: name }), /outside the external volume/);
});

test("registered tables are there again after a restart", { skip }, async t => {
  const first = await startStandIn(t, azurite);
  const before = await login(t, first.address);
  const required = { ...first.address, azure: { account: azurite.account, container: azurite.container, tenant: "t" } };
  await ensureSetup(before, required);
  await session.command("create table azure.sales.lasting using iceberg as select id from range(6)");
  await register("lasting", await newest("lasting"), {}, before);
  await before.close();
  await first.stop();
  const second = await startStandIn(t, azurite, { folder: first.folder });
  const later = await login(t, second.address);
  assert.deepEqual(await later.run("SELECT SUM(id) AS S FROM lasting"), [{ S: "15" }]);
  await session.command("insert into azure.sales.lasting values (100)");
  await later.run(refreshStatement(named("lasting"), path(await newest("lasting"))));
  assert.deepEqual(await later.run("SELECT SUM(id) AS S FROM lasting"), [{ S: "115" }]);
});

test("a table is read whatever letters the names of its partitions have", { skip }, async () => {
  const names = ["größe", "ä", "ö", "한글", "日付", "1st", "e-mail", "a b", "\u{1f60e}", "é_day"];
  const columns = names.map(name => `\`${name}\` string`).join(", ");
  await session.command(
    `create table azure.sales.letters (id bigint, ${columns}) using iceberg
     partitioned by (\`größe\`, \`ä\`, \`ö\`, truncate(1, \`한글\`), bucket(2, \`日付\`), \`1st\`, \`e-mail\`, \`a b\`, \`\u{1f60e}\`)`,
  );
  for (const id of [1, 2, 3])
    await session.command(
      `insert into azure.sales.letters values (${id}, ${names.map((name, i) => (i === id ? "null" : `'${name} ${id}'`)).join(", ")})`,
    );
  await session.command("delete from azure.sales.letters where id = 2");
  await register("letters", await newest("letters"));
  const figures = names.map((name, i) => `MIN("${name}") AS N${i}`).join(", ");
  const [row] = await snowflake.run(`SELECT COUNT(*) AS N, ${figures} FROM letters WHERE "größe" = 'größe 3'`);
  assert.deepEqual(row, {
    N: "1",
    ...Object.fromEntries(names.map((name, i) => [`N${i}`, i === 3 ? null : `${name} 3`])),
  });
});
