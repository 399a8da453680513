import pMap from "p-map";
import type { Session } from "../../connectors/spark/session.ts";
import { runJob } from "../measuring/job.ts";
import { byTurns, judge } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";
import { recordMigration, replay } from "../measuring/statements.ts";

/*
 * BENCH_TABLES small Iceberg tables from the lake to Azure, the same number of sessions side by side each time: the job,
 * the statements that the job sends for every table, and the one statement that would be enough without safety.
 */
const TABLES = Number(process.env.BENCH_TABLES ?? 200);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 1);
const VERIFY = ["none", "read-back"] as const;
const bench = await benchStack();
try {
  const { settings } = bench;
  const names = Array.from({ length: TABLES }, (_, i) => `t${i}`);
  const first = await bench.session();
  await first.command("create namespace lake.small");
  const snapshots = new Map<string, string>();
  for (const name of names) {
    await first.command(
      `create table lake.small.${name} using iceberg as select id, concat('v', id) as v from range(1000)`,
    );
    const [row] = await first.query(`select cast(snapshot_id as string) as id from lake.small.${name}.snapshots`);
    snapshots.set(name, String(row?.id));
  }
  const sessions = await Promise.all(Array.from({ length: settings.SPARK_PARALLEL }, () => bench.session()));
  const everyTable = async (namespace: string, work: (session: Session, name: string) => Promise<unknown>) => {
    await first.command(`create namespace azure.${namespace}`);
    const free = [...sessions];
    const inSession = async (name: string) => {
      const session = free.shift() as Session;
      await work(session, name);
      free.unshift(session);
    };
    await pMap(names, inSession, { concurrency: sessions.length });
  };
  const one = (namespace: string) =>
    everyTable(namespace, (session, name) =>
      session.command(`create table azure.${namespace}.${name} using iceberg as select * from lake.small.${name}`),
    );
  const record = (verify: string) =>
    recordMigration(first, settings, {
      namespace: "small",
      table: "t0",
      targetNamespace: `recorded_${verify.replace("-", "_")}`,
      verify,
    });
  const of = { none: await record("none"), "read-back": await record("read-back") };
  const bare = (namespace: string, verify: (typeof VERIFY)[number]) =>
    everyTable(namespace, (session, table) =>
      replay(session, of[verify]({ namespace, table, snapshot: snapshots.get(table) ?? "" })),
    );
  const job = (targetNamespace: string, verify: string) =>
    runJob(settings, "migrate-iceberg", { namespace: "small", tables: names, targetNamespace, verify });
  // Whoever came first would pay for the classes and the compiled code of all.
  await job("warm_job", "read-back");
  await bare("warm_bare", "read-back");
  await one("warm_one");
  const seconds = await byTurns(ROUNDS, {
    "one statement": round => one(`one_${round}`),
    "statements, none": round => bare(`bare_none_${round}`, "none"),
    "job, none": round => job(`job_none_${round}`, "none"),
    "statements, read-back": round => bare(`bare_proven_${round}`, "read-back"),
    "job, read-back": round => job(`job_proven_${round}`, "read-back"),
  });
  const sent = of["read-back"]({ namespace: "n", table: "t", snapshot: "1" }).length;
  console.log(
    `${TABLES} tables of 1,000 rows, ${settings.SPARK_PARALLEL} sessions, ${sent} statements a proven table:`,
  );
  for (const [way, took] of Object.entries(seconds))
    console.log(`  ${way}: ${((took / TABLES) * 1000).toFixed(0)} ms a table`);
  for (const verify of VERIFY) {
    const took = seconds[`job, ${verify}`];
    judge(`verify "${verify}", over the same statements`, took / seconds[`statements, ${verify}`], { atMost: 1.15 });
    judge(`verify "${verify}", over create table … as select`, took / seconds["one statement"], { atMost: 1.15 });
  }
} finally {
  await bench.end();
}
