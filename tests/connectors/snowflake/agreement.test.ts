import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  figureDifferences,
  pairColumns,
  readFigures,
  snowflakeFigures,
  sparkFigures,
} from "../../../connectors/snowflake/agreement.ts";
import { createStatement, describeStatement, volumePath } from "../../../connectors/snowflake/iceberg-table.ts";
import { ensureSetup } from "../../../connectors/snowflake/setup.ts";
import { startAzurite } from "./azurite.ts";
import { login, noStandIn, startStandIn } from "./stand-in.ts";
import { newestMetadata, noSpark, openAzureSession } from "./tables.ts";

const skip = noStandIn || noSpark;
const quote = (name: string) => `\`${name}\``;

async function world() {
  const azurite = await startAzurite({ after });
  const { address } = await startStandIn({ after }, azurite);
  const session = await openAzureSession({ after }, azurite);
  const snowflake = await login({ after }, address);
  const azure = { account: azurite.account, container: azurite.container, tenant: "t" };
  const { volume } = await ensureSetup(snowflake, { ...address, azure });
  return { session, snowflake, address, base: volume.base };
}

const { session, snowflake, address, base } = skip ? ({} as Awaited<ReturnType<typeof world>>) : await world();

/** Registers a table of Spark's, and gives the figures of both sides. */
async function figuresOf(table: string, source = `azure.sales.${table}`) {
  const name = { database: "portal", schema: "public", table };
  const file = await newestMetadata(session, `azure.sales.${table}`);
  const metadataPath = volumePath(file, base) ?? assert.fail(`${file} is outside the volume`);
  await snowflake.run(createStatement(name, { ...address, metadataPath }, { replace: true }));
  const described = await snowflake.run(describeStatement(name));
  const [first] = await session.query(`select * from ${source} limit 1`);
  const { columns, differences } = pairColumns(described, Object.keys(first ?? {}));
  const [here] = await snowflake.run(snowflakeFigures(name, columns));
  const [there] = await session.query(sparkFigures(columns, source, quote));
  return { here: readFigures(here ?? {}, columns), there: readFigures(there ?? {}, columns), differences };
}

test("figures of every type agree between Spark and the registered table", { skip }, async () => {
  await session.command(`create table azure.sales.every_type using iceberg as select
    id % 3 = 0 as yes, cast(id - 50 as int) as small, 9007199254740993 - id as big,
    cast(id * 0.1 as float) as f, id * 1e300 / 7 as d, cast(id - 50 as decimal(38,10)) / 8 as money,
    date_add(date'1900-01-01', cast(id * 1000 as int)) as day,
    timestamp'1969-12-31 23:59:59.123456' + make_interval(0,0,0,cast(id as int)) as moment,
    timestamp_ntz'2026-01-01 00:00:00.5' as local, concat('ü\u{1f600}', repeat('x', 300), id) as word,
    cast(id / 1000 as decimal(2,2)) as part, cast(id as decimal(38,0)) * 1e10bd as huge, cast(-id / 100000 as decimal(38,38)) as tiny,
    if(id % 2 = 0, null, id) as half, cast(null as string) as nothing, X'00FF' as bytes,
    array(id) as list, map('k', id) as dict, named_struct('a', id) as pair, id as \`Odd Name\`, id as order
    from range(1, 101)`);
  const { here, there, differences } = await figuresOf("every_type");
  assert.deepEqual(differences, []);
  assert.deepEqual(figureDifferences(here, there), []);
  const of = (name: string) => there.columns.find(column => column.name === name);
  assert.equal(here.rows, "100");
  assert.deepEqual(of("half"), { name: "half", kind: "number", count: "50", min: "1", max: "99" });
  assert.deepEqual(of("nothing"), { name: "nothing", kind: "text", count: "0", min: null, max: null });
  assert.deepEqual(of("yes"), { name: "yes", kind: "boolean", count: "100", min: "0", max: "1" });
  assert.deepEqual(of("bytes"), { name: "bytes", kind: "count", count: "100" });
  assert.deepEqual(of("small"), { name: "small", kind: "number", count: "100", min: "-49", max: "50" });
  assert.equal(of("moment")?.min, "1970-01-01 23:59:59.123456");
  assert.equal(of("word")?.min?.length, 201);
});

test("an empty table agrees", { skip }, async () => {
  await session.command("create table azure.sales.none (id bigint, name string) using iceberg");
  await session.command("insert into azure.sales.none values (1, 'x')");
  await session.command("delete from azure.sales.none");
  const name = { database: "portal", schema: "public", table: "none" };
  const file = await newestMetadata(session, "azure.sales.none");
  await snowflake.run(createStatement(name, { ...address, metadataPath: volumePath(file, base) ?? "" }));
  const { columns } = pairColumns(await snowflake.run(describeStatement(name)), ["id", "name"]);
  const [here] = await snowflake.run(snowflakeFigures(name, columns));
  const [there] = await session.query(sparkFigures(columns, "azure.sales.none", quote));
  const figures = readFigures(here ?? {}, columns);
  assert.deepEqual(figureDifferences(figures, readFigures(there ?? {}, columns)), []);
  assert.deepEqual(figures.rows, "0");
});

test("every kind of difference is found and said", { skip }, async () => {
  await session.command(`create table azure.sales.truth using iceberg as
    select id, cast(id as decimal(10,2)) as money, concat('n', id) as name, if(id = 3, null, id * 0.5d) as d from range(10)`);
  const changed = async (select: string) => {
    await session.command(`create or replace temporary view other as ${select}`);
    const { here, there } = await figuresOf("truth", "other");
    return figureDifferences(here, there);
  };
  const all = "select * from azure.sales.truth";
  assert.deepEqual(await changed(all), []);
  assert.match(
    (await changed(`${all} union all ${all} where id = 5`)).join("; "),
    /rows: 10 in Snowflake, 11 in the source/,
  );
  const columns = "id, money, name, d";
  const replace = (column: string, value: string) =>
    changed(`select ${columns.replace(column, `${value} as ${column}`)} from azure.sales.truth`);
  assert.deepEqual(await replace("money", "if(id = 9, 9.01bd, money)"), [
    "largest money: 9 in Snowflake, 9.01 in the source",
  ]);
  assert.deepEqual(await replace("name", "if(id = 4, null, name)"), [
    "values of name: 10 in Snowflake, 9 in the source",
  ]);
  assert.deepEqual(await replace(" d", " if(id = 9, 4.500001d, d)"), [
    "largest d: 4.5 in Snowflake, 4.500001 in the source",
  ]);
});

test("columns without a partner are named", () => {
  const described = ["ID", "Name", "extra"].map(name => ({ name, type: "VARCHAR(10)" }));
  const { columns, differences } = pairColumns(described, ["id", "name", "gone"]);
  assert.deepEqual(
    columns.map(({ name, source }) => `${name}=${source}`),
    ["ID=id", "Name=name"],
  );
  assert.deepEqual(differences, [
    "column extra is in Snowflake and not in the source",
    "column gone is not in Snowflake",
  ]);
});

test("values are compared by what they are, not by how an engine writes them", () => {
  const columns = ["number", "ltz", "double", "double"].map(
    (kind, i) => ({ name: `c${i}`, source: `c${i}`, kind }) as never,
  );
  const of = (...values: string[]) =>
    readFigures(Object.fromEntries([["ROW_COUNT", "1"], ...values.map((value, i) => [`MAX_${i}`, value])]), columns);
  const one = of("1.50", "2026-01-01 00:00:00.120000", "0.3333333333333333", "Infinity");
  const other = of("1.5", "2026-01-01 00:00:00.12", "3.333333333e-1", "inf");
  assert.deepEqual(figureDifferences(one, other), []);
  assert.equal(figureDifferences(of("1.5", "a", "1", "-inf"), of("15", "a", "1.00000001", "inf")).length, 3);
  assert.equal(readFigures({ MAX_0: "100" }, columns.slice(0, 1)).columns[0]?.max, "100");
});
