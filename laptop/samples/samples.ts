import { mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { openSession } from "../../connectors/spark/session.ts";
import type { FollowUp, JobFile } from "../../core/jobs/envelope.ts";
import { newId } from "../../core/jobs/id.ts";
import type { Settings } from "../../core/settings.ts";
import { layoutOf, prepareLayout } from "../../core/store/layout.ts";
import { submitJob } from "../../core/store/submit.ts";
import { replaceFile } from "../../core/system/atomic.ts";
import { readJson, toJson } from "../../core/system/json.ts";
import type { StackName } from "../ensure.ts";
import { stackNames } from "../plans.ts";

interface Made {
  tables?: string;
  job?: string;
}

const STATEMENTS = [
  "create database if not exists sample comment 'Made at the first start, to try things on'",
  "drop view if exists sample.big_orders",
  "drop table if exists sample.orders",
  `create table sample.orders stored as parquet partitioned by (day) comment 'A week of orders' as
     select id as order_id, id * 7919 % 5000 as customer_id, cast(id % 90 + 1 as int) as items,
            cast(id % 100000 / 7 as decimal(12, 2)) as total, if(id % 50 = 0, null, concat('note ', id % 13)) as note,
            timestamp_seconds(1767225600 + id % 604800) as ordered_at,
            date_add(date'2026-01-01', cast(id % 7 as int)) as day
       from range(100000)`,
  "drop table if exists sample.customers",
  `create table sample.customers stored as orc comment 'Who ordered' as
     select id as customer_id, concat('Customer ', id) as name, element_at(array('DE', 'FR', 'NL', 'PL', 'ZA'), cast(id % 5 + 1 as int)) as country,
            cast(id % 3 as tinyint) as level, id % 2 = 0 as active,
            named_struct('street', concat(id % 200, ' Main Street'), 'postcode', lpad(id, 5, '0')) as address,
            array('web', 'shop') as channels, map('orders', cast(id % 40 as int)) as figures
       from range(5000)`,
  "drop table if exists sample.events",
  `create table sample.events (event_id bigint, kind string, happened_at timestamp, amount double)
     comment 'Plain text, as old exports have it' row format delimited fields terminated by ',' stored as textfile`,
  `insert into sample.events
     select id, element_at(array('view', 'cart', 'buy'), cast(id % 3 + 1 as int)), timestamp_seconds(1767225600 + id * 17), id / 8
       from range(20000)`,
  "create view sample.big_orders as select order_id, customer_id, total from sample.orders where total > 10000",
];

/** Makes the Hive database `sample`, at the first start of a laptop stack only. Says whether it did. */
export async function makeSampleTables(settings: Settings, remote: string): Promise<boolean> {
  const made = readMade(settings);
  if (made.tables) return false;
  const session = await openSession(remote);
  try {
    await session.config.set({ "hive.exec.dynamic.partition.mode": "nonstrict" });
    for (const sql of STATEMENTS) await session.command(sql);
  } finally {
    await session.release();
    session.close();
  }
  writeMade(settings, { ...made, tables: new Date().toISOString() });
  return true;
}

/**
 * Drops one job for the sample tables into queue/, at the first start only; it goes as far as the laptop stack does, and
 * never into an account of the user's own. Gives back its id if it did.
 */
export function dropSampleJob(settings: Settings): string | undefined {
  const made = readMade(settings);
  if (!made.tables || made.job) return undefined;
  const layout = layoutOf(settings.DATA_DIR);
  prepareLayout(layout);
  const id = newId("ingest-hive");
  const from = { via: "command", submittedBy: userInfo().username } as const;
  submitJob(layout, id, { ...SAMPLE_JOB, ...from, then: followUps(stackNames(settings)) });
  writeMade(settings, { ...made, job: new Date().toISOString() });
  return id;
}

const SAMPLE_JOB: JobFile = {
  type: "ingest-hive",
  parameters: { database: "sample", tables: "*" },
  note: "The sample job of the first start",
};

function followUps(laptop: readonly StackName[]): FollowUp[] {
  if (!laptop.includes("azure")) return [];
  const migrate = { type: "migrate-iceberg" };
  return laptop.includes("snowflake") ? [migrate, { type: "register-snowflake" }, { type: "export-audit" }] : [migrate];
}

function madeFile(settings: Settings): string {
  return join(settings.LAPTOP_DIR, "samples.json");
}

function readMade(settings: Settings): Made {
  return readJson<Made>(madeFile(settings)) ?? {};
}

function writeMade(settings: Settings, made: Made): void {
  mkdirSync(settings.LAPTOP_DIR, { recursive: true, mode: 0o700 });
  replaceFile(madeFile(settings), toJson(made));
}
