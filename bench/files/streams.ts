import { loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { countryTable } from "../../connectors/iceberg/countries.ts";
import { sqlName } from "../../connectors/iceberg/names.ts";
import { findBrokers } from "../../connectors/kafka/brokers.ts";
import { openProducer } from "../../connectors/kafka/producer.ts";
import { openTopics } from "../../connectors/kafka/topics.ts";
import { awaitEnd, recentProgress, type StreamProgress, stopStream } from "../../connectors/spark/streaming.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { endProcess } from "../../core/system/end-process.ts";
import { offsetsOf, type PartitionOffsets } from "../../engines/stream-logs/offsets.ts";
import { type QueryPlan, type StreamQuery, startQuery } from "../../engines/stream-logs/queries.ts";
import { goodLines, SOURCE } from "../../engines/stream-logs/sql.ts";
import { openTarget } from "../../engines/stream-logs/target.ts";
import { FORMATS } from "../../formats/logs/list.ts";
import { ensure } from "../../laptop/ensure.ts";
import { kafkaPlan } from "../../laptop/servers/kafka.ts";
import { requests } from "../input/requests.ts";
import { coldScript } from "../measuring/cold.ts";
import { judge, timed } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";

/*
 * BENCH_LINES (1,000,000) log lines from Kafka into Iceberg, by the query of the lines alone and with that of the bad ones
 * beside it, as a stream runs; against the same query in a Spark that spark-submit starts. Then BENCH_SECONDS (60) of a
 * thousand lines a second: how old a line is when it can be read.
 */
const LINES = Number(process.env.BENCH_LINES ?? 1_000_000);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 60);
const RATE = 1_000;
const PARTITIONS = 4;
const bench = await benchStack();
const { settings } = bench;
const load = () => `load ${loadavg()[0]?.toFixed(1)}`;
const started =
  process.env.KAFKA_BROKERS || readEndpoints(settings).kafka
    ? undefined
    : await ensure(settings, await kafkaPlan(settings, 0));
try {
  await started?.start();
  const brokers = await findBrokers(settings);
  const topics = openTopics(brokers);
  const session = await bench.session();
  await session.config.set({ "spark.sql.iceberg.distribution-mode": "none" });
  const format = FORMATS.find(({ name }) => name === "access");
  if (!format) throw new Error("There is no format for access logs.");
  const reference = sqlName(await countryTable(session, settings, "lake"));
  const planOf = async (topic: string, table: string, trigger = 3): Promise<QueryPlan> => {
    const lines = { catalog: "lake", namespace: "bench_streams", table };
    const firstOffsets = () => topics.beginnings(topic);
    const target = await openTarget(session, settings, { lines, topic, format: "access", job: "bench", firstOffsets });
    return { target, brokers, topic, partitions: await topics.ends(topic), format, reference, trigger };
  };
  const run = async (plan: QueryPlan, queries: readonly StreamQuery[]) => {
    const ids = await Promise.all(queries.map(query => startQuery(session, plan, query, true)));
    await Promise.all(ids.map(id => awaitEnd(session, id)));
    return sustained(ids[0] ? await recentProgress(session, ids[0]) : []);
  };

  const topic = `bench-${Date.now().toString(36)}`;
  await topics.create(topic, PARTITIONS);
  console.log(`${LINES} lines into the topic: ${(await timed(() => fill(brokers, topic))).toFixed(1)} s, ${load()}`);
  // The first stream of a server pays for classes and compiled code.
  await run(await planOf(topic, "warm"), ["lines"]);
  const own = await run(await planOf(topic, "own"), ["lines"]);
  console.log(`the query of the lines: ${Math.round(own)} lines/s, ${load()}`);
  const both = await run(await planOf(topic, "both"), ["lines", "bad"]);
  console.log(`with the query of the bad lines beside it: ${Math.round(both)} lines/s, ${load()}`);
  const cold = await planOf(topic, "cold");
  const told = await coldScript(bench)("streams", submitted(cold));
  const theirs = sustained(JSON.parse(told.trim().split("\n").at(-1) ?? "[]") as StreamProgress[]);
  console.log(`by spark-submit: ${Math.round(theirs)} lines/s, ${load()}`);
  judge("lines a second against spark-submit", own / theirs, { atLeast: 1 });
  judge("lines a second as a stream runs", both, { atLeast: 35_000 }, "lines/s");

  const live = `${topic}-live`;
  await topics.create(live, PARTITIONS);
  const plan = await planOf(live, "live");
  const query = await startQuery(session, plan, "lines");
  const bad = await startQuery(session, plan, "bad");
  await trickle(brokers, live);
  await pause(4 * plan.trigger * 1000);
  const batches = (await recentProgress(session, query)).flatMap(batch => rangesOf(batch, live));
  for (const id of [query, bad]) await stopStream(session, id);
  const [ages] = await session.query(
    `select count(*) as n, percentile((ended - unix_millis(kafka_time)) / 1000, array(0.5D, 0.99D, 1D)) as ages
     from ${sqlName(plan.target.lines)} l join (values ${batches.join(", ")}) b (p, first, next, ended)
     on l.partition = p and l.offset >= first and l.offset < next`,
  );
  const [p50 = 0, p99 = 0, most = 0] = (ages?.ages ?? []) as number[];
  console.log(`${ages?.n} lines at ${RATE} a second: p50 ${p50.toFixed(2)} s, longest ${most.toFixed(2)} s, ${load()}`);
  judge("age of a line when it can be read, p99", p99, { atMost: 5 }, "s");
  for (const one of [topic, live]) await topics.delete(one);
  await topics.close();
} finally {
  const session = await bench.session();
  for (const row of await session.command("show tables in lake.bench_streams").catch(() => []))
    await session.command(`drop table lake.bench_streams.\`${row.tableName}\` purge`);
  await session.command("drop namespace if exists lake.bench_streams").catch(() => undefined);
  const { kafka } = readEndpoints(settings);
  if (started && kafka) await endProcess(kafka);
  await bench.end();
}

async function fill(brokers: string, topic: string): Promise<void> {
  const producer = openProducer(brokers, topic);
  for (let at = 0; at < LINES; at += 2_000) {
    const lines = requests(Math.min(2_000, LINES - at), at).map(({ line }) => Buffer.from(line));
    await producer.send({ lines, partition: (at / 2_000) % PARTITIONS });
  }
  await producer.close();
}

async function trickle(brokers: string, topic: string): Promise<void> {
  const producer = openProducer(brokers, topic);
  const portion = RATE / 10;
  for (let sent = 0, began = Date.now(); sent < RATE * SECONDS; sent += portion) {
    const lines = requests(portion, sent).map(({ line }) => Buffer.from(line));
    await producer.send({ lines, partition: (sent / portion) % PARTITIONS });
    await pause(Math.max(0, began + ((sent + portion) / RATE) * 1000 - Date.now()));
  }
  await producer.close();
}

// Lines for the time that batches took; what lies between two of them is not theirs.
function sustained(batches: readonly StreamProgress[]): number {
  const sum = (of: (batch: StreamProgress) => number) => batches.reduce((total, batch) => total + of(batch), 0);
  return (
    sum(({ sources }) => sources[0]?.numInputRows ?? 0) /
    (sum(({ durationMs }) => durationMs.triggerExecution ?? 0) / 1000)
  );
}

// The partitions of a batch as SQL: which lines were in it, and when it had ended.
function rangesOf({ sources: [source], timestamp, durationMs }: StreamProgress, topic: string): string[] {
  const from: PartitionOffsets = offsetsOf(source?.startOffset, topic) ?? {};
  const ended = Date.parse(timestamp) + (durationMs.triggerExecution ?? 0);
  return Object.entries(offsetsOf(source?.endOffset, topic) ?? {}).map(
    ([partition, next]) => `(${partition}, ${from[partition] ?? 0}L, ${next}L, ${ended}L)`,
  );
}

// The same in Python, as a script would have it.
function submitted({ target, brokers, topic, format, reference }: QueryPlan): string[] {
  const text = (value: string) => JSON.stringify(value);
  return [
    `lines = spark.readStream.format("kafka").option("kafka.bootstrap.servers", ${text(brokers)}).option("subscribe", ${text(topic)})`,
    `lines = lines.option("startingOffsets", "earliest").option("maxOffsetsPerTrigger", "200000").load()`,
    `lines.createOrReplaceTempView(${text(SOURCE)})`,
    `spark.conf.set("spark.sql.ansi.enabled", "false")`,
    `spark.conf.set("spark.sql.session.timeZone", "UTC")`,
    `spark.conf.set("spark.sql.iceberg.distribution-mode", "none")`,
    `query = spark.sql(${text(goodLines(format, reference))}).writeStream.format("iceberg").outputMode("append")`,
    `query = query.option("checkpointLocation", ${text(target.checkpoints.lines)}).trigger(availableNow=True).toTable(${text(sqlName(target.lines))})`,
    "query.awaitTermination()",
    "import json",
    "print('[' + ','.join(p.json for p in query.recentProgress) + ']')",
  ];
}
