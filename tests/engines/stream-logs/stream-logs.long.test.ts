import assert from "node:assert/strict";
import { test } from "node:test";
import { type GeneratedRequest, produceLines, requests } from "../../../bench/input/requests.ts";
import type { JobEvent } from "../../../core/jobs/events.ts";
import { newId } from "../../../core/jobs/id.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { requestCancel } from "../../../core/store/cancel.ts";
import { freshTopic, sharedKafka } from "../../connectors/kafka/broker.ts";
import { newWorld, type World } from "../../journey/world.ts";
import { newDatabase, testSession } from "../lake.ts";

const FIRST = requests(3_000);
const LATER = requests(1_000, 3_000);
const OTHER = requests(500, 10_000);
const BAD = [
  "",
  "no request",
  '1.2.3.4 - - [40/Jan/2026:00:00:00 +0000] "GET / HTTP/1.0" 200 1 "-" "-" 1',
  "\u0000ä<b>",
];

test("two streams at once: a topic that comes later, lines that are none, a stop, a start, and statistics of it all", async t => {
  const { brokers, topics } = await sharedKafka(t);
  const session = await testSession(t);
  const namespace = `lake.${await newDatabase(t, session)}_iceberg`;
  const world = newWorld(t);
  world.startWorker({ KAFKA_BROKERS: brokers });
  const [known, late] = [freshTopic("known"), freshTopic("late")];
  await topics.create(known, 4);
  await produceLines(brokers, known, [...FIRST.map(({ line }) => line), ...BAD]);

  const first = start(world, { topic: known, table: `${namespace}.known`, trigger: 1 });
  const other = start(world, { topic: late, table: `${namespace}.late`, trigger: 1 });
  await world.until("a stream that waits for its topic", () =>
    /^the topic late/.test(told(world, other)?.waitingFor ?? ""),
  );
  await reached(world, first, FIRST.length + BAD.length);
  await topics.create(late, 2);
  await produceLines(
    brokers,
    late,
    OTHER.map(({ line }) => line),
    2,
  );
  await reached(world, other, OTHER.length);

  const stopped = await stop(world, first);
  assert.deepEqual(figuresOf(stopped), ["succeeded", "equal", "3000", "4"]);
  assert.equal(stopped.stoppedBy, "ben");
  await produceLines(
    brokers,
    known,
    LATER.map(({ line }) => line),
  );
  // The other one runs on meanwhile.
  await produceLines(
    brokers,
    late,
    LATER.map(({ line }) => line),
    2,
  );
  const again = start(world, { topic: known, table: `${namespace}.known`, trigger: 1 }, [
    { type: "summarize-requests" },
  ]);
  await reached(world, again, FIRST.length + LATER.length + BAD.length);
  await reached(world, other, OTHER.length + LATER.length);
  assert.deepEqual(figuresOf(await stop(world, again)), ["succeeded", "equal", "4000", "4"]);
  assert.deepEqual(figuresOf(await stop(world, other)), ["succeeded", "equal", "1500", "0"]);

  const kept = await session.query(`select raw from ${namespace}.known_bad order by raw`);
  assert.deepEqual(
    kept.map(({ raw }) => raw),
    BAD.toSorted(),
  );
  const summary = await world.record(`${again}-1`);
  assert.equal(summary.status, "succeeded", summary.error?.message);
  const all = [...FIRST, ...LATER];
  const rows = async (table: string, order: string) =>
    (await session.query(`select * from ${namespace}.known${table} order by ${order}`)).map(row => ({ ...row }));
  assert.deepEqual(
    (await rows("_by_endpoint", "endpoint")).map(({ endpoint, requests, mean, p50, p95, p99, errors }) => [
      ...[endpoint, Number(requests), ...[mean, p50, p95, p99].map(value => Number(value).toFixed(6)), Number(errors)],
    ]),
    [...Map.groupBy(all, ({ endpoint }) => endpoint)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([endpoint, own]) => [
        endpoint,
        own.length,
        ...latencies(own).map(value => value.toFixed(6)),
        errorsOf(own),
      ]),
  );
  assert.deepEqual(
    (await rows("_by_status", "status")).map(row => [row.status, Number(row.requests)]),
    counted(all, ({ status }) => status).sort(([a], [b]) => a - b),
  );
  const hours = await session.query(
    `select date_format(hour, 'yyyy-MM-dd HH') as hour, requests from ${namespace}.known_by_hour order by hour`,
  );
  assert.deepEqual(
    hours.map(({ hour, requests }) => [hour, Number(requests)]),
    counted(all, ({ time }) => time.toISOString().slice(0, 13).replace("T", " ")),
  );
  const [sum] = await session.query(`select sum(requests) as n from ${namespace}.known_by_country`);
  assert.equal(Number(sum?.n), all.length);
  for (const topic of [known, late]) await topics.delete(topic);
});

function start(world: World, parameters: object, then: object[] = []): string {
  const id = newId("stream-logs");
  world.drop(`${id}.json`, { id, type: "stream-logs", parameters, then });
  return id;
}

async function stop(world: World, id: string): Promise<JobRecord> {
  requestCancel(world.layout, id, { by: "ben", at: new Date().toISOString() });
  return await world.record(id);
}

/** What a stream has last told of itself. */
function told(world: World, id: string): Extract<JobEvent, { event: "progress" }> | undefined {
  return world.events(id).findLast(event => event.event === "progress") as ReturnType<typeof told>;
}

async function reached(world: World, id: string, lines: number): Promise<void> {
  await world.until(`${lines} lines of ${id}`, () => told(world, id)?.lines === lines);
}

function figuresOf({ status, tables: [outcome] }: JobRecord) {
  return [status, outcome?.proof?.verdict, outcome?.rows, outcome?.figures?.badLines];
}

function counted<K>(all: readonly GeneratedRequest[], by: (request: GeneratedRequest) => K): [K, number][] {
  return [...Map.groupBy(all, by)].map(([key, own]) => [key, own.length]);
}

function errorsOf(all: readonly GeneratedRequest[]): number {
  return all.filter(({ status }) => status >= 500).length;
}

/** Mean, p50, p95 and p99 in seconds; between two values the share of the way from one to the next. */
function latencies(all: readonly GeneratedRequest[]): number[] {
  const sorted = all.map(({ took }) => took / 1000).sort((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
    return low + (high - low) * (place - Math.floor(place));
  };
  return [sorted.reduce((sum, value) => sum + value, 0) / sorted.length, at(0.5), at(0.95), at(0.99)];
}
