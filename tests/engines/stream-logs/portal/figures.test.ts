import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { portalOn } from "../../../browser/browser.ts";
import { temporaryLayout } from "../../../core/audit/archive.ts";
import type { TestPortal } from "../../../server/portal.ts";
import { beats, runs } from "../../../server/streamed.ts";
import { newDatabase, testSession } from "../../lake.ts";

interface Line {
  endpoint: string;
  status: number;
  seconds: number;
  country: string | null;
  ipClass: string;
  /** Minutes after eight. */
  minute: number;
}

// Six hours of a day long ago: a log that is replayed is as old as it is.
const LINES: readonly Line[] = Array.from({ length: 720 }, (_, i) => ({
  endpoint: ["/cart", "/search", "/login"][i % 3] ?? "",
  status: i % 40 === 7 ? 503 : i % 9 === 4 ? 404 : 200,
  seconds: Math.round((0.05 + ((i * 37) % 100) / 100) * 1000) / 1000,
  country: i % 10 === 0 ? null : (["US", "DE", "JP", "SG"][i % 4] ?? null),
  ipClass: i % 10 === 0 ? "private" : "public",
  minute: i / 2,
}));

test("the figures of a stream are those of an independent count: all of them, and those of the log's last hour", async t => {
  const { portal, path } = await streamOf(t);
  const all = await stats(portal, path);
  assert.equal(all.source, "stream");
  assert.deepEqual(figuresIn(all), figuresFor(LINES));
  assert.equal(all.badLines, "2");
  const hour = LINES.filter(({ minute }) => minute >= (LINES.at(-1)?.minute ?? 0) - 60);
  assert.deepEqual(figuresIn(await stats(portal, `${path}&span=1h`)), figuresFor(hour));
  const morning = LINES.filter(({ minute }) => minute >= 30 && minute < 90);
  const between = `${path}&from=2019-01-22T08:30&to=2019-01-22T09:30Z`;
  assert.deepEqual(figuresIn(await stats(portal, between)), figuresFor(morning));
  assert.equal((await stats(portal, `${path}&from=2020-01-01`)).requests, undefined);

  const page = path.replace("/api", "").replace("/stats", "");
  const { text, body } = await portal.get(page);
  assert.match(text, /720 requests, as of snapshot \d{8}… \d+[sm] ago/);
  assert.match(body, /<title>Germany: 1\d\d requests<\/title>/);
  assert.match(text, /IP Geolocation by DB-IP , CC BY 4\.0/);
  assert.match(text, /neither this nor that/, "an operator sees the lines that can't be read");
  assert.match(body, /&lt;b&gt;bold/);
  const viewers = await fetch(portal.url + page, { headers: { cookie: portal.cookieOf("viewer") } });
  assert.doesNotMatch(await viewers.text(), /neither this nor that/, "a viewer does not");
});

test("where there are statistics, the figures of all time are theirs, and say of which snapshot", async t => {
  const { portal, path, session, table } = await streamOf(t);
  const [source] = await session.query(`select cast(snapshot_id as string) as id from ${table}.snapshots`);
  const of = `${table} where endpoint <> '/login'`;
  const made = {
    _by_endpoint: `select endpoint, count(*) as requests, avg(seconds) as mean, 0.5D as p50, 0.9D as p95, 1.0D as p99,
      count_if(status >= 500) as errors from ${of} group by endpoint`,
    _by_country: `select country, ip_class, count(*) as requests from ${of} group by all`,
    _by_status: `select status, count(*) as requests from ${of} group by status`,
    _by_hour: `select date_trunc('hour', time) as hour, count(*) as requests, count_if(status >= 500) as errors
      from ${of} group by all`,
  };
  await session.config.set({ "spark.sql.iceberg.snapshot-property.portal.source-snapshot": String(source?.id) });
  for (const [ending, sql] of Object.entries(made))
    await session.command(`create table ${table}${ending} using iceberg as ${sql}`);
  const all = await stats(portal, path);
  const shown = LINES.filter(({ endpoint }) => endpoint !== "/login");
  assert.equal(all.source, "statistics");
  assert.equal(all.asOf?.snapshot, source?.id);
  assert.deepEqual({ ...figuresIn(all), p50: undefined }, { ...figuresFor(shown), p50: undefined });
  assert.deepEqual(
    all.times.map(({ at, requests }) => [at.slice(11, 16), requests]),
    ["08:00", "09:00", "10:00", "11:00", "12:00", "13:00"].map(at => [at, "80"]),
  );
  // A span of time is counted anew all the same.
  assert.equal((await stats(portal, `${path}&span=24h`)).source, "stream");
});

interface Stats {
  source?: string;
  asOf?: { snapshot: string };
  pending: boolean;
  requests?: string;
  endpoints: { endpoint: string; requests: string; errors: string; p50: number }[];
  countries: { country?: string; ipClass?: string; requests: string }[];
  statuses: { status: number; requests: string }[];
  times: { at: string; requests: string; errors: string }[];
  badLines?: string;
}

async function streamOf(t: TestContext) {
  const session = await testSession(t);
  const namespace = `${await newDatabase(t, session)}_iceberg`;
  const table = `lake.${namespace}.web`;
  await session.command(`create namespace lake.${namespace}`);
  await session.command(`create table ${table} (topic string, partition int, offset bigint, kafka_time timestamp, raw string,
    ip string, ip_class string, country string, time timestamp, method string, endpoint string, status int, bytes bigint,
    seconds double, service string, level string) using iceberg partitioned by (days(kafka_time))`);
  const rows = LINES.map(({ endpoint, status, seconds, country, ipClass, minute }, i) => {
    const at = new Date(Date.parse("2019-01-22T08:00:00Z") + minute * 60_000).toISOString();
    const quoted = country ? `'${country}'` : "null";
    return `(${i}, '${ipClass}', ${quoted}, timestamp '${at}', '${endpoint}', ${status}, ${seconds}D)`;
  });
  await session.command(`insert into ${table} select 'web', 0, id, current_timestamp(), '', '', ip_class, country, time, 'GET', endpoint,
    status, 1, seconds, null, null from values ${rows.join(", ")} as r(id, ip_class, country, time, endpoint, status, seconds)`);
  await session.command(`create table ${table}_bad using iceberg as select 'web' as topic, 0 as partition, cast(id as bigint) as offset,
    current_timestamp() as kafka_time, raw from values (1, 'neither this nor that'), (2, '<b>bold') as r(id, raw)`);
  const layout = temporaryLayout(t);
  beats(layout);
  runs(layout, "stream-logs", { topic: "web", table });
  const portal = await portalOn(t, layout.root);
  return { portal, session, table, path: `/api/streams/web/stats?table=${table}` };
}

// Asks until nothing newer is on its way.
async function stats(portal: TestPortal, path: string): Promise<Stats> {
  for (let tries = 0; tries < 150; tries++) {
    const { status, body } = await portal.get(path);
    const found = JSON.parse(body) as Stats;
    if (status === 200 && !found.pending) return found;
    assert.ok(status === 200 || status === 503, body);
    await pause(300);
  }
  throw new Error(`no figures came of ${path}`);
}

function figuresIn({ requests, endpoints, countries, statuses, times }: Stats) {
  const sum = (all: readonly { requests: string }[]) => all.reduce((total, one) => total + Number(one.requests), 0);
  return {
    requests: Number(requests),
    endpoints: Object.fromEntries(endpoints.map(one => [one.endpoint, [Number(one.requests), Number(one.errors)]])),
    p50: Object.fromEntries(endpoints.map(one => [one.endpoint, one.p50])),
    countries: Object.fromEntries(countries.map(one => [one.country ?? one.ipClass, Number(one.requests)])),
    statuses: Object.fromEntries(statuses.map(one => [one.status, Number(one.requests)])),
    overTime: sum(times),
  };
}

function figuresFor(lines: readonly Line[]): ReturnType<typeof figuresIn> {
  const count = (key: (line: Line) => string) =>
    Object.fromEntries(Object.entries(Object.groupBy(lines, key)).map(([name, own = []]) => [name, own.length]));
  const endpoints = Object.entries(Object.groupBy(lines, ({ endpoint }) => endpoint)).map(([name, own = []]) => {
    const sorted = own.map(({ seconds }) => seconds).toSorted((a, b) => a - b);
    const errors = own.filter(({ status }) => status >= 500).length;
    return { name, figures: [own.length, errors], p50: sorted[Math.ceil(sorted.length / 2) - 1] ?? 0 };
  });
  return {
    requests: lines.length,
    endpoints: Object.fromEntries(endpoints.map(({ name, figures }) => [name, figures])),
    p50: Object.fromEntries(endpoints.map(({ name, p50 }) => [name, p50])),
    countries: count(({ country, ipClass }) => country ?? ipClass),
    statuses: count(({ status }) => String(status)),
    overTime: lines.length,
  };
}
