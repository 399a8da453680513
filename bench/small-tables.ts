import { runJob } from "./job.ts";
import { byTurns, judge } from "./ratio.ts";
import { benchStack } from "./stack.ts";

/*
 * BENCH_TABLES small Iceberg tables from the lake to Azure: the job against the bare statements, the same number of
 * sessions side by side.
 */
const TABLES = Number(process.env.BENCH_TABLES ?? 200);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 1);
const bench = await benchStack();
try {
  const { settings } = bench;
  const names = Array.from({ length: TABLES }, (_, i) => `t${i}`);
  const first = await bench.session();
  await first.command("create namespace lake.small");
  for (const name of names)
    await first.command(
      `create table lake.small.${name} using iceberg as select id, concat('v', id) as v from range(1000)`,
    );
  const sessions = await Promise.all(Array.from({ length: settings.SPARK_PARALLEL }, () => bench.session()));
  const bare = async (to: string) => {
    await first.command(`create namespace azure.${to}`);
    const waiting = [...names];
    await Promise.all(
      sessions.map(async session => {
        for (let name = waiting.shift(); name; name = waiting.shift())
          await session.command(`create table azure.${to}.${name} using iceberg as select * from lake.small.${name}`);
      }),
    );
  };
  const job = (to: string, verify: string) =>
    runJob(settings, "migrate-iceberg", { namespace: "small", tables: names, targetNamespace: to, verify });
  // Whoever came first would pay for the classes and the compiled code of all.
  await job("warm_job", "read-back");
  await bare("warm_bare");
  const seconds = await byTurns(ROUNDS, {
    bare: round => bare(`bare_${round}`),
    none: round => job(`none_${round}`, "none"),
    "read-back": round => job(`proven_${round}`, "read-back"),
  });
  console.log(`${TABLES} tables of 1,000 rows, ${settings.SPARK_PARALLEL} sessions:`);
  for (const [way, took] of Object.entries(seconds))
    console.log(`  ${way}: ${((took / TABLES) * 1000).toFixed(0)} ms a table`);
  judge("without proof", seconds.none / seconds.bare, { atMost: 1.15 });
  judge("with read-back proof", seconds["read-back"] / seconds.bare, { atMost: 1.15 });
} finally {
  await bench.end();
}
