import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openSession } from "../../../connectors/spark/session.ts";
import { readEndpoints } from "../../../core/endpoints.ts";
import { eventShape, type JobEvent, type NewEvent } from "../../../core/jobs/events.ts";
import { newId } from "../../../core/jobs/id.ts";
import type { Claim } from "../../../core/jobs/running.ts";
import { sessionIds } from "../../../core/jobs/session-id.ts";
import { readSettings } from "../../../core/settings.ts";
import { eventsFile } from "../../../core/store/layout.ts";
import { silent } from "../../../core/system/console-log.ts";
import { appendLine } from "../../../core/system/ndjson.ts";
import { isAlive } from "../../../core/system/process-identity.ts";
import { sparkSessions } from "../../../worker/engine/spark-sessions.ts";
import { WATCH_TIMING } from "../../../worker/health/keep-running.ts";
import { startOwnSpark } from "../../../worker/health/own-spark.ts";
import { makeWorld, until, type World } from "../world.ts";

const patience = { milliseconds: 60_000, signal: new AbortController().signal };

function ownSettings(world: World, more: Record<string, string> = {}) {
  const { layout } = world;
  const confFile = join(layout.root, "spark.conf");
  mkdirSync(join(layout.root, "local"));
  const lines = [
    "# mine",
    "spark.ui.enabled false",
    "spark.driver.memory=700m",
    `spark.local.dir ${layout.root}/local`,
  ];
  writeFileSync(confFile, lines.join("\n"));
  return readSettings(
    {
      ...{ SPARK_MASTER: "local[1]", SPARK_CONF_FILE: confFile, LAPTOP_DIR: join(layout.root, "laptop") },
      ...{ CACHE_DIR: process.env.CACHE_DIR, SPARK_HOME: process.env.SPARK_HOME },
      ...more,
    },
    "/nowhere/.env",
  );
}

test("with SPARK_MASTER the worker starts a Spark, the next takes it over and starts it again, an orderly end ends it", async t => {
  const settings = ownSettings(makeWorld(t));
  const first = await startOwnSpark(settings, silent);
  const spark = readEndpoints(settings).spark!;
  t.after(() => isAlive(spark) && process.kill(-spark.pid, "SIGKILL"));
  const session = await openSession(spark.url);
  assert.deepEqual(await session.config.get(["spark.driver.memory"]), { "spark.driver.memory": "700m" });
  session.close();
  await first?.stop("leave");
  assert.ok(isAlive(spark));
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const log = { ...silent, info: say, warn: say, error: say };
  const timing = { ...WATCH_TIMING, lookEvery: 50, askEvery: 200, backoffBase: 50 };
  const second = await startOwnSpark(settings, log, { timing });
  assert.equal(readEndpoints(settings).spark?.pid, spark.pid);
  process.kill(-spark.pid, "SIGKILL");
  await until(() => said.some(text => /is ready/.test(text)));
  const again = readEndpoints(settings).spark!;
  t.after(() => isAlive(again) && process.kill(-again.pid, "SIGKILL"));
  assert.notEqual(again.pid, spark.pid);
  assert.equal(again.url, spark.url, "who looks for it finds it where it was");
  assert.ok(said.some(text => /^Spark is gone: its process ended; its log: /.test(text)));
  await (await openSession(again.url)).release();
  await second?.stop("requeue");
  assert.ok(!isAlive(again));
  assert.equal(readEndpoints(settings).spark, undefined);
});

test("a Spark that can't be started says why in a sentence, and a stop gives up a start", async t => {
  const settings = ownSettings(makeWorld(t), { SPARK_MASTER: "lokal[1]" });
  await assert.rejects(startOwnSpark(settings, silent), /SPARK_MASTER is no master: write yarn, spark:/);
  const folder = { ...settings, HADOOP_CONF_DIR: "/nowhere/conf" };
  await assert.rejects(startOwnSpark(folder, silent), /HADOOP_CONF_DIR=\/nowhere\/conf is no folder/);
  const stopping = new AbortController();
  const starting = startOwnSpark({ ...settings, SPARK_MASTER: "local[1]" }, silent, { stopping: stopping.signal });
  await until(() => readEndpoints(settings).spark !== undefined && isAlive(readEndpoints(settings).spark!));
  stopping.abort();
  assert.equal(await starting, undefined);
  assert.ok(!isAlive(readEndpoints(settings).spark!));
});

test("ending the sessions of a dead engine ends what runs in them, for good", async t => {
  const world = makeWorld(t);
  const settings = { ...world.settings, SPARK_REMOTE: process.env.SPARK_REMOTE! };
  const claim = claimOf();
  const session = await openSession(settings.SPARK_REMOTE, { sessionId: claim.sessions[1]! });
  t.after(() => session.close());
  let ended = "";
  let runs = false;
  const onProgress = () => {
    runs = true;
  };
  session
    .query("select sum(hash(id)) from range(1000000000000)", {
      onProgress,
    })
    .then(
      () => {
        ended = "finished";
      },
      error => {
        ended = (error as Error).message;
      },
    );
  await until(() => runs || ended !== "");
  assert.equal(ended, "");
  tell(world, claim, { event: "planned", steps: [], parallel: 1 });
  const sessions = sparkSessions(world.layout, settings);
  assert.deepEqual(await sessions.end(claim, patience), { gone: true });
  await until(() => ended !== "");
  assert.doesNotMatch(ended, /finished/);
  await assert.rejects(session.query("select 1"), /SESSION|session/);
});

test("where Spark is away, sessions that wrote are waited for in vain, and those that did not are gone with it", async t => {
  const world = makeWorld(t);
  const settings = { ...world.settings, SPARK_REMOTE: "sc://127.0.0.1:1" };
  const sessions = sparkSessions(world.layout, settings);
  const [idle, writing] = [claimOf(), claimOf()];
  for (const claim of [idle, writing]) tell(world, claim, { event: "planned", steps: [], parallel: 1 });
  const write = {
    event: "progress" as const,
    table: "a",
    step: "write",
    session: writing.sessions[1] ?? "",
    operation: newId("light"),
  };
  tell(world, writing, write);
  const short = { ...patience, milliseconds: 500 };
  assert.deepEqual(await sessions.end(idle, short), { gone: true });
  const gone = await sessions.end(writing, short);
  assert.match(gone.gone ? "" : gone.why, /No Spark Connect server answered/);
});

function claimOf(): Claim {
  const id = newId("light");
  const claimedAt = new Date().toISOString();
  const origin = { via: "hand", submittedBy: "anna", submittedAt: claimedAt } as const;
  const sessions = sessionIds(id, 1);
  return {
    ...{ id, type: "light", attempt: 1, claimNumber: 1, host: "here", claimedAt },
    origin,
    trusted: true,
    takenFrom: "",
    sessions,
  };
}

function tell({ layout }: World, { id }: Claim, event: NewEvent) {
  appendLine(eventsFile(layout, id), eventShape, { at: new Date().toISOString(), attempt: 1, ...event } as JobEvent);
}
