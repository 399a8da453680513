import assert from "node:assert/strict";
import { test } from "node:test";
import { type GeneratedRequest, produceLines, requests } from "../../bench/input/requests.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { freshTopic, sharedKafka } from "../connectors/kafka/broker.ts";
import { newDatabase, testSession } from "../engines/lake.ts";
import { followedWorld } from "./streams.ts";

const BAD = ["", "not a request at all", `1.2.3.4 - - [99/Foo/2026:25:00:00 +0000] "GET / HTTP/1.0" 200 1 "-" "-" 5`];

test("a stream from a topic that is not there yet to its statistics: beside another, through kills, stopped and started", async t => {
  const { brokers, topics } = await sharedKafka(t);
  const world = followedWorld(t, { KAFKA_BROKERS: brokers });
  const session = await testSession(t);
  const namespace = `${await newDatabase(t, session)}_iceberg`;
  const [topic, second] = [freshTopic("requests"), freshTopic("others")];
  t.after(async () => {
    for (const one of [topic, second]) await topics.delete(one).catch(() => undefined);
  });
  const table = `lake.${namespace}.requests`;
  const beside = `lake.${namespace}.others`;
  let worker = world.startWorker();
  const first = world.follow(topic, table);
  const other = world.follow(second, beside);
  await world.until("the wait for the topic", () => /nobody has made yet/.test(world.figures(first)?.waitingFor ?? ""));
  const foreign = world.follow(second, table);
  await topics.create(topic);
  await topics.create(second);

  const sent = requests(3_000);
  const framed = sent.map(({ line }, at) => (at % 3 === 0 ? `  ${line}\r\n` : line));
  await produceLines(brokers, topic, [...framed, ...BAD]);
  await produceLines(
    brokers,
    second,
    requests(500, 100_000).map(({ line }) => line),
  );
  await world.until("all lines", () => world.figures(first)?.lines === 3_003 && world.figures(other)?.lines === 500);
  assert.equal(world.running(foreign), false, "a second stream into the same table waits");

  // The engine outlives its worker.
  const engine = world.engine(first)?.pid;
  worker.kill("SIGKILL");
  sent.push(...(await more(1_000)));
  worker = world.startWorker();
  await world.until("lines without a worker", () => world.figures(first)?.lines === 4_003);
  assert.equal(world.engine(first)?.pid, engine);
  // An engine that dies has another that goes on where it was.
  process.kill(engine ?? 0, "SIGKILL");
  sent.push(...(await more(1_000)));
  await world.until("the engine after it", () => world.figures(first)?.lines === 5_003);
  assert.notEqual(world.engine(first)?.pid, engine);

  const stopped = await world.stop(first);
  assertEnded(stopped, { lines: "5003", badLines: "3", rows: "5000" });
  assert.equal(stopped.attempts.length, 2);
  await assertStored();

  // Whoever waited for its table is refused: it holds the lines of another topic.
  const refused = await world.record(foreign);
  assert.equal(refused.status, "failed");
  assert.match(refused.error?.message ?? "", new RegExp(`holds the lines of the topic ${topic}`));

  const again = world.follow(topic, table);
  sent.push(...(await more(500)));
  await world.until("the lines after the second start", () => world.figures(again)?.lines === 5_503);
  const compacted = await world.done("compact-table", { namespace, tables: ["requests"], minFiles: 2, keepHours: 0 });
  assert.equal(compacted.status, "succeeded", JSON.stringify(compacted.error));
  assert.ok(Number(compacted.tables[0]?.figures?.filesRewritten) > 1);
  sent.push(...(await more(500)));
  await world.until("the lines after the compaction", () => world.figures(again)?.lines === 6_003);
  assertEnded(await world.stop(again), { lines: "6003", badLines: "3", rows: "6000" });
  assertEnded(await world.stop(other), { lines: "500", badLines: "0", rows: "500" });
  await assertStored();
  await statisticsAre();

  async function more(count: number): Promise<GeneratedRequest[]> {
    const added = requests(count, sent.length);
    await produceLines(
      brokers,
      topic,
      added.map(({ line }) => line),
    );
    return added;
  }

  async function assertStored() {
    const rows = await session.query(
      `select trim(raw) as raw, ip, method, endpoint, status, bytes, seconds, level, cast(time as string) as time, topic from ${table}`,
    );
    const expected = new Map(sent.map(request => [request.line, request]));
    assert.equal(rows.length, expected.size);
    for (const { raw, time, ...row } of rows) {
      const request = expected.get(String(raw));
      assert.ok(request, `never sent, or there twice: ${raw}`);
      expected.delete(String(raw));
      const { ip, method, endpoint, status, bytes, took } = request;
      const level = status >= 500 ? "error" : status >= 400 ? "warn" : "info";
      assert.deepEqual(row, { ip, method, endpoint, status, bytes: BigInt(bytes), seconds: took / 1000, level, topic });
      assert.equal(Date.parse(`${time}Z`), request.time.getTime());
    }
    const bad = await session.query(`select raw from ${table}_bad order by raw`);
    assert.deepEqual(
      bad.map(({ raw }) => String(raw)),
      [...BAD].sort(),
    );
  }

  async function statisticsAre() {
    const made = await world.done("summarize-requests", { table });
    assert.equal(made.status, "succeeded", JSON.stringify(made.error));
    const [source] = await session.query(
      `select cast(snapshot_id as string) as id from ${table}.snapshots order by committed_at desc limit 1`,
    );
    assert.deepEqual(
      made.tables.map(({ sourceSnapshot, proof }) => [sourceSnapshot, proof?.verdict]),
      made.tables.map(() => [source?.id, "equal"]),
    );
    const [marked] = await session.query(
      `select summary['portal.source-snapshot'] as of from ${table}_by_hour.snapshots order by committed_at desc limit 1`,
    );
    assert.equal(marked?.of, source?.id);
    const endpoints = await session.query(`select * from ${table}_by_endpoint order by endpoint`);
    const expected = [...Map.groupBy(sent, ({ endpoint }) => endpoint)].sort().map(([endpoint, own]) => {
      const sorted = own.map(({ took }) => took / 1000).sort((a, b) => a - b);
      const errors = own.filter(({ status }) => status >= 500).length;
      return {
        endpoint,
        requests: BigInt(own.length),
        errors: BigInt(errors),
        mean: mean(sorted),
        ...percentiles(sorted),
      };
    });
    for (const [at, row] of endpoints.entries()) {
      for (const [name, value] of Object.entries(expected[at] ?? {})) {
        if (typeof value !== "number") assert.equal(row[name], value, `${row.endpoint} ${name}`);
        else assert.ok(Math.abs(Number(row[name]) - value) < 1e-9, `${row.endpoint} ${name}: ${row[name]}, ${value}`);
      }
    }
    assert.equal(endpoints.length, expected.length);
    const counted = async (ending: string, of: string) => {
      const rows = await session.query(`select cast(${of} as string) as of, requests from ${table}_${ending}`);
      return new Map(rows.map(row => [row.of, Number(row.requests)]));
    };
    assert.deepEqual(sorted(await counted("by_status", "status")), sorted(countBy(({ status }) => String(status))));
    const hour = ({ time }: GeneratedRequest) => `${time.toISOString().slice(0, 13).replace("T", " ")}:00:00`;
    assert.deepEqual(sorted(await counted("by_hour", "hour")), sorted(countBy(hour)));
    const [countries] = await session.query(`select sum(requests) as n, count(*) as rows from ${table}_by_country`);
    assert.equal(Number(countries?.n), sent.length);
    const again = await world.done("summarize-requests", { topic, table });
    assert.deepEqual(
      again.tables.map(({ notes }) => notes),
      again.tables.map(() => ["summarized already"]),
    );
  }

  function countBy(of: (request: GeneratedRequest) => string): Map<string, number> {
    return new Map([...Map.groupBy(sent, of)].map(([key, own]) => [key, own.length]));
  }
});

function assertEnded(
  record: JobRecord,
  { lines, badLines, rows }: Record<"lines" | "badLines" | "rows", string>,
): void {
  assert.equal(record.status, "succeeded", JSON.stringify(record.error));
  const [outcome] = record.tables;
  assert.equal(record.stoppedBy, "ben");
  assert.deepEqual(outcome?.proof, { level: "read-back", verdict: "equal" });
  assert.deepEqual([outcome?.rows, outcome?.figures?.lines, outcome?.figures?.badLines], [rows, lines, badLines]);
}

function sorted<V>(map: Map<unknown, V>): [string, V][] {
  return [...map].map(([key, value]): [string, V] => [String(key), value]).sort(([a], [b]) => (a < b ? -1 : 1));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// Between the two nearest, as far as the place lies between them.
function percentiles(values: readonly number[]): Record<"p50" | "p95" | "p99", number> {
  const at = (share: number) => {
    const place = (values.length - 1) * share;
    const [below, above] = [values[Math.floor(place)] ?? 0, values[Math.ceil(place)] ?? 0];
    return below + (above - below) * (place - Math.floor(place));
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
