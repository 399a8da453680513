import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openSession } from "../../connectors/spark/session.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { eventShape, type JobEvent, type NewEvent } from "../../core/jobs/events.ts";
import { newId } from "../../core/jobs/id.ts";
import type { Claim } from "../../core/jobs/running.ts";
import { sessionIds } from "../../core/jobs/session-id.ts";
import { readSettings } from "../../core/settings.ts";
import { eventsFile } from "../../core/store/layout.ts";
import { silent } from "../../core/system/console-log.ts";
import { appendLine } from "../../core/system/ndjson.ts";
import { isAlive } from "../../core/system/process-identity.ts";
import { sparkSessions } from "../../worker/engine/spark-sessions.ts";
import { startOwnSpark } from "../../worker/health/own-spark.ts";
import { makeWorld, until, type World } from "./world.ts";

const patience = { milliseconds: 60_000, signal: new AbortController().signal };

test("with SPARK_MASTER the worker starts a Spark, the next one takes it over, and an orderly end ends it", async t => {
  const { layout } = makeWorld(t);
  const confFile = join(layout.root, "spark.conf");
  mkdirSync(join(layout.root, "local"));
  const lines = [
    "# mine",
    "spark.ui.enabled false",
    "spark.driver.memory=700m",
    `spark.local.dir ${layout.root}/local`,
  ];
  writeFileSync(confFile, lines.join("\n"));
  const settings = readSettings(
    {
      ...{ SPARK_MASTER: "local[1]", SPARK_CONF_FILE: confFile, LAPTOP_DIR: join(layout.root, "laptop") },
      ...{ CACHE_DIR: process.env.CACHE_DIR, SPARK_HOME: process.env.SPARK_HOME },
    },
    "/nowhere/.env",
  );
  const first = await startOwnSpark(settings, silent);
  const spark = readEndpoints(settings).spark!;
  t.after(() => isAlive(spark) && process.kill(-spark.pid, "SIGKILL"));
  const session = await openSession(spark.url);
  assert.deepEqual(await session.config.get(["spark.driver.memory"]), { "spark.driver.memory": "700m" });
  session.close();
  await first?.stop("leave");
  assert.ok(isAlive(spark));
  const second = await startOwnSpark(settings, silent);
  assert.equal(readEndpoints(settings).spark?.pid, spark.pid);
  await second?.stop("requeue");
  assert.ok(!isAlive(spark));
  assert.equal(readEndpoints(settings).spark, undefined);
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
