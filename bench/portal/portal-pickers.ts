import { setTimeout as sleep } from "node:timers/promises";
import pMap from "p-map";
import { type Metadata, openMetadata } from "../../connectors/catalog-browser/open.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { byTurns, judge, timed } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";

/*
 * What the table pickers ask of a database with BENCH_TABLES Hive tables, a third of them partitioned, and of a namespace
 * with as many Iceberg tables as fit on a screen, beside the floor: the bare statements on a session of their own.
 */
const TABLES = Number(process.env.BENCH_TABLES ?? 2000);
const ON_SCREEN = Math.min(TABLES, 100);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const database = `pickers_${process.pid}`;
const iceberg = `${database}_iceberg`;

const bench = await benchStack();
const metadata = openMetadata(bench.settings, { within: 60_000 });
try {
  const session = await bench.session();
  await session.command(`create database ${database}`);
  await session.command(`create namespace lake.${iceberg}`);
  const names = Array.from({ length: TABLES }, (_, i) => `t${String(i).padStart(5, "0")}`);
  const shown = names.slice(0, ON_SCREEN);
  const made = await timed(() => each(names, name => session.command(hiveTable(name))));
  await each(shown, name => session.command(`create table lake.${iceberg}.${name} using iceberg as select 1 as id`));
  console.log(`${TABLES} Hive tables made in ${made.toFixed(0)} s`);
  await metadata.names("hive", database); // opens the session

  const describe = (name: string) =>
    session.command(`describe table extended spark_catalog.${database}.${name} as json`);
  const parted = shown.filter((_, i) => i % 3 === 0);
  const seconds = await byTurns(ROUNDS, {
    "show tables": () => session.command(`show tables in spark_catalog.${database}`),
    names: () => fresh(metadata, "hive", database).names("hive", database),
    describe: () => each(shown, describe),
    "details, first": () => look("hive", database, shown, "first"),
    "describe, show partitions": async () => {
      await each(shown, describe);
      await each(parted, name => session.command(`show partitions spark_catalog.${database}.${name}`));
    },
    "details, whole": () => look("hive", database, shown, "whole"),
    "show Iceberg tables": () => session.command(`show tables in lake.${iceberg}`),
    "Iceberg names": () => fresh(metadata, "lake", iceberg).names("lake", iceberg),
    "describe, snapshots": async () => {
      await each(shown, name => session.command(`describe table extended lake.${iceberg}.${name}`));
      await each(shown, name => session.query(`select * from lake.${iceberg}.${name}.snapshots`));
    },
    "Iceberg details, first": () => look("lake", iceberg, shown, "first"),
    "Iceberg details, whole": () => look("lake", iceberg, shown, "whole"),
  });
  console.log(`${TABLES} Hive tables, ${shown.length} on the screen, medians of ${ROUNDS}:`);
  for (const [way, took] of Object.entries(seconds)) console.log(`  ${way}: ${took.toFixed(2)} s`);
  judge("names of a database", seconds.names, { atMost: 1 }, "s");
  const besides = [
    ["details, first", "describe"],
    ["details, whole", "describe, show partitions"],
    ["Iceberg details, whole", "describe, snapshots"],
  ] as const;
  for (const [way, floor] of besides)
    judge(`${way}, beside the bare statements`, seconds[way] / seconds[floor], { atMost: 1.15 });
  const all = await timed(() => look("hive", database, names, "whole"));
  console.log(`details of all ${TABLES} tables: ${all.toFixed(1)} s`);
} finally {
  await metadata.close();
  const session = await bench.session();
  for (const place of [`lake.${iceberg}`, `spark_catalog.${database}`]) await dropAll(session, place);
  await bench.end();
}

function hiveTable(name: string): string {
  const [format, partitioned] = Number(name.slice(1)) % 3 ? ["parquet", ""] : ["orc", "partitioned by (day string)"];
  return `create table ${database}.${name} (id bigint, name string, amount decimal(12,2)) ${partitioned} stored as ${format}`;
}

async function each(names: readonly string[], work: (name: string) => Promise<unknown>): Promise<void> {
  await pMap(names, name => work(name), { concurrency: 8 });
}

function fresh(known: Metadata, catalog: string, namespace: string): Metadata {
  known.refresh(catalog, namespace);
  return known;
}

/** As a page does: forgets, asks, and asks again until each row has something to show, or everything. */
async function look(catalog: string, namespace: string, names: readonly string[], until: "first" | "whole") {
  fresh(metadata, catalog, namespace);
  for (;;) {
    const known = metadata.details(catalog, namespace, names);
    if (known.every(one => one.error || (until === "first" ? one.detail : !one.pending))) break;
    await sleep(20);
  }
  // What is under way must not be counted as the next one's.
  if (until === "first") metadata.refresh(catalog, namespace);
}

async function dropAll(session: Session, place: string): Promise<void> {
  const rows = await session.command(`show tables in ${place}`).catch(() => []);
  await each(
    rows.map(row => String(row.tableName)),
    name => session.command(`drop table ${place}.${name}`),
  );
  await session.command(`drop database if exists ${place}`);
}
