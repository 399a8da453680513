import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pMap from "p-map";
import { describeIceberg, metadataFile } from "../../connectors/iceberg/iceberg.ts";
import { sparkLiteral } from "../../connectors/iceberg/names.ts";
import { GENESIS, type JobRecord, recordHash } from "../../core/jobs/record.ts";
import { layoutOf } from "../../core/store/layout.ts";
import { writeArchive } from "../input/archive.ts";
import { runJob } from "../measuring/job.ts";
import { judge, timed } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";

/*
 * `check-drift` on a namespace of BENCH_TABLES Iceberg tables, each with a copy on Azure, a tenth of them a snapshot behind.
 * The tables share one metadata file on each side, under names of their own: what is asked about each is the same.
 */
const TABLES = Number(process.env.BENCH_TABLES ?? 10_000);
const SIDE_BY_SIDE = 8;
const namespace = `bench_drift_${randomBytes(4).toString("hex")}`;
const of = { catalog: "lake", namespace, table: "first" };

const bench = await benchStack();
try {
  const { settings } = bench;
  const session = await bench.session();
  await session.command(`create namespace lake.${namespace}`);
  await session.command(`create table lake.${namespace}.first using iceberg as select id from range(10)`);
  const copied = (await describeIceberg(session, of))?.current?.id;
  const before = await metadataFile(session, of);
  const { id, outcomes: copies } = await runJob(settings, "migrate-iceberg", { namespace, tables: ["first"] });
  await session.command(`insert into lake.${namespace}.first values (10)`);
  const after = await metadataFile(session, of);

  const names = Array.from({ length: TABLES - 1 }, (_, i) => `t${String(i).padStart(6, "0")}`);
  const registered = await timed(() =>
    pMap(
      names.entries(),
      async ([i, name]) => {
        const file = sparkLiteral((i % 10 === 0 ? after : before) ?? "");
        const table = sparkLiteral(`${namespace}.${name}`);
        await session.command(`call lake.system.register_table(table => ${table}, metadata_file => ${file})`);
      },
      { concurrency: SIDE_BY_SIDE },
    ),
  );
  const catalog = new DatabaseSync(join(settings.LAPTOP_DIR, "azure.db"), { timeout: 60_000 });
  const insert = catalog.prepare(
    `insert into iceberg_tables (catalog_name, table_namespace, table_name, metadata_location, previous_metadata_location, iceberg_type)
     select catalog_name, table_namespace, ?, metadata_location, previous_metadata_location, iceberg_type
     from iceberg_tables where table_namespace = ? and table_name = 'first'`,
  );
  catalog.exec("begin");
  for (const name of names) insert.run(name, namespace);
  catalog.exec("commit");
  catalog.close();
  writeArchive(layoutOf(settings.DATA_DIR), [
    copiesOf(["first", ...names], id, copied ?? "", copies[0]?.targetSnapshot ?? ""),
  ]);
  console.log(`${TABLES} tables registered in ${registered.toFixed(0)} s`);

  const took = await timed(async () => {
    const { outcomes } = await runJob(settings, "check-drift", { from: "lake", namespace });
    const behind = outcomes.filter(({ drift }) => Object.values(drift?.behind ?? {}).some(count => count > 0)).length;
    console.log(`  ${outcomes.length} places looked at, ${behind} of them are ahead of their copies`);
  });
  judge(`check-drift on ${TABLES} tables and their copies`, took / 60, { atMost: 5 }, "min");
} finally {
  await bench.end();
}

/** The record of a job that copied the tables. */
function copiesOf(names: readonly string[], id: string, source: string, target: string): JobRecord {
  const at = new Date().toISOString();
  const rest: Omit<JobRecord, "hash"> = {
    ...{ version: 1, sequence: 1, id, type: "migrate-iceberg", status: "succeeded" },
    ...{ parameters: { namespace, tables: "*" }, previousHash: GENESIS, exitCode: 0, followUps: [], job: {} },
    ...{ via: "command", submittedBy: "bench", submittedAt: at, startedAt: at, finishedAt: at, attempts: [] },
    tables: names.map(name => ({
      ...{ table: `lake.${namespace}.${name}`, target: `azure.${namespace}.${name}`, outcome: "succeeded", seconds: 1 },
      ...{ rows: "10", sourceSnapshot: source, targetSnapshot: target },
      proof: { level: "read-back", verdict: "equal" },
    })),
  };
  return { ...rest, hash: recordHash(rest) };
}
