import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { requestCancel } from "../../../core/store/cancel.ts";
import { logFile } from "../../../core/store/layout.ts";
import { processStart } from "../../../core/system/process-identity.ts";
import { sha256Of } from "../../../engines/run-script/folder.ts";
import { type SmallHdfs, startSmallHdfs } from "../../connectors/hdfs/small.ts";
import { newWorld, type World } from "../../journey/world.ts";
import { startPortal } from "../../server/portal.ts";

const FOLDER = "hdfs:///my_project/scripts";
const ODD = "größe zwei & 100%#.py";
// What this many runs leave in the environment of the worker, and must not come to any script.
const PLANTED = {
  AZURE_KEY: "cGxhbnRlZC1henVyZQ==",
  AUDIT_KEY: "planted-audit-key",
  SNOWFLAKE_PASSWORD: "planted-password",
};

let small: SmallHdfs & { remove(): Promise<void> };
let marks: string;
before(async () => {
  marks = mkdtempSync(join(tmpdir(), "portal-marks-"));
  small = await startSmallHdfs();
  for (const [name, text] of Object.entries(scripts()))
    await small.hdfs.create(`/my_project/scripts/${name}`, Buffer.from(text));
});
after(async () => {
  await small?.remove();
  rmSync(marks, { recursive: true, force: true });
});

function scripts(): Record<string, string> {
  return {
    [ODD]: `import json, os, sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print("told", json.dumps(sys.argv[1:], ensure_ascii=False))
print("environment", json.dumps(dict(os.environ)))
spark.range(1000).write.mode("overwrite").json("/my_project/results/odd")
print("counted", spark.read.json("/my_project/results/odd").count(), spark.sparkContext.applicationId)
open(${JSON.stringify(marks)} + "/odd", "a").write("x")
`,
    "fails_once.py": `import os, sys
mark = ${JSON.stringify(marks)} + "/once"
if not os.path.exists(mark):
    open(mark, "w").close()
    sys.exit("the source is not there yet")
print("there it is")
`,
    "exit3.py": "import sys\nprint('before the end')\nsys.exit(3)\n",
    "sleeps.py": `import os, subprocess, time
child = subprocess.Popen(["sleep", "1000"])
print("pids", os.getpid(), os.getppid(), child.pid, flush=True)
time.sleep(1000)
`,
    "quick.py": "print('quick')\n",
    "removed.py": "print('never')\n",
  };
}

/** A world whose worker finds the small HDFS and the Spark that set-up has installed. */
function scriptWorld(t: TestContext): World & { work(): void } {
  const world = newWorld(t);
  const work = () =>
    void world.startWorker({
      ...{ SPARK_REMOTE: "", SPARK_HOME: "", SPARK_MASTER: "", WEBHDFS_URL: "", SCRIPTS_DIR: FOLDER },
      ...{ LAPTOP_DIR: small.settings.LAPTOP_DIR, ...PLANTED },
    });
  return { ...world, work };
}

async function remove(name: string): Promise<void> {
  const path = `/webhdfs/v1/my_project/scripts/${encodeURIComponent(name)}`;
  const answer = await fetch(
    `${small.url}${path}?op=DELETE&user.name=${small.settings.WEBHDFS_USER ?? process.env.USER ?? "root"}`,
    {
      method: "DELETE",
    },
  );
  assert.deepEqual(await answer.json(), { boolean: true });
}

function outcome({ tables }: JobRecord, name: string) {
  const found = tables.find(({ table }) => table === `${FOLDER}/${name}`);
  assert.ok(found, `${name} has an outcome`);
  return found;
}

test("scripts run with what they are told, fail, and are tried again until they succeed; each attempt has its log", async t => {
  const world = scriptWorld(t);
  world.work();
  const hashes = Object.fromEntries(
    Object.entries(scripts()).map(([name, text]) => [name, sha256Of(Buffer.from(text))]),
  );
  const names = [ODD, "fails_once.py", "exit3.py"];
  const told = ["--name", "x", "", "--conf=spark.a=b", "--", "-h", "ü $(x) `y` 'z'"];
  world.drop("three.json", {
    type: "run-script",
    maxAttempts: 2,
    parameters: {
      paths: names.map(name => `${FOLDER}/${name}`),
      arguments: told,
      conf: { "spark.sql.shuffle.partitions": "3" },
      sha256: Object.fromEntries(names.map(name => [`${FOLDER}/${name}`, hashes[name]])),
    },
  });
  const record = await world.record("three.json");
  const [first = "", second = ""] = [1, 2].map(attempt =>
    readFileSync(logFile(world.layout, record.id, attempt), "utf8"),
  );
  assert.equal(record.status, "failed");
  assert.equal(record.error?.message, `1 of 3 scripts failed: ${FOLDER}/exit3.py`);
  assert.deepEqual(
    record.attempts.map(({ exitCode }) => exitCode),
    [1, 1],
  );

  const odd = outcome(record, ODD);
  assert.equal(odd.outcome, "succeeded", first.slice(-3000));
  assert.deepEqual(JSON.parse(/^told (.*)$/m.exec(first)?.[1] ?? "null"), told);
  const [, id] = /counted 1000 (local-\d+)/.exec(first) ?? [];
  assert.ok(id && odd.notes?.includes(`application ${id}`), odd.notes?.join("; "));
  assert.ok(odd.notes?.includes("exit code 0") && odd.notes.includes("attempt 1"));
  assert.equal(odd.sourceSnapshot, hashes[ODD]);
  assert.equal(readFileSync(join(marks, "odd"), "utf8"), "x", "what succeeded is not run again");

  assert.deepEqual(outcome(record, "fails_once.py").notes?.slice(0, 2), ["exit code 0", "attempt 2"]);
  assert.match(first, /the source is not there yet/);
  assert.match(second, /there it is/);
  const failed = outcome(record, "exit3.py");
  assert.equal(failed.error?.message, "exit3.py ended with exit code 3.");
  assert.deepEqual(failed.notes?.slice(0, 2), ["exit code 3", "attempt 2"]);
  assert.match(second, /before the end/);

  await t.test("exactly the bytes that ran are kept beside the log", () => {
    const kept = odd.notes?.find(note => note.startsWith("ran "))?.slice("ran ".length);
    assert.ok(kept && !/[^\w./-]/.test(kept), kept);
    assert.equal(readFileSync(join(world.layout.root, kept), "utf8"), scripts()[ODD]);
  });
  await t.test("no secret of the portal comes to a script, nor any of its settings", () => {
    const environment = JSON.parse(/^environment (.*)$/m.exec(first)?.[1] ?? "null") as Record<string, string>;
    assert.ok(environment.PATH && environment.SPARK_HOME);
    for (const name of Object.keys(environment))
      assert.doesNotMatch(name, /^(AZURE|SNOWFLAKE|AUDIT|WEBHDFS|DATA_DIR|SCRIPTS)/);
    for (const secret of Object.values(PLANTED)) assert.ok(!world.everything().includes(secret), secret);
  });
  await t.test(
    "the page tells the statuses from the archive; what changes since its success is pending again",
    async t => {
      const environment = { LAPTOP_DIR: small.settings.LAPTOP_DIR, SCRIPTS_DIR: FOLDER };
      const portal = await startPortal(t, { root: world.layout.root, environment });
      await portal.portal.index.reconcile();
      const { text } = await portal.get("/scripts");
      assert.match(
        text,
        /exit3\.py ✕ Failed exit code 3 .* fails_once\.py ✓ Success .* größe zwei & 100%#\.py ✓ Success/,
      );
      assert.match(text, /quick\.py ○ Pending/);
      const read = await portal.get(`/scripts/view?path=${encodeURIComponent(`${FOLDER}/${ODD}`)}`);
      assert.match(read.text, /from pyspark\.sql import SparkSession/);
      assert.match(read.body, /<span class="hljs-keyword">import<\/span>/);
      await remove(ODD);
      await small.hdfs.create(`/my_project/scripts/${ODD}`, Buffer.from("print('new')\n"));
      assert.match((await portal.get("/scripts")).text, /größe zwei & 100%#\.py ○ Pending changed since its success/);
    },
  );
});

test("cancel ends the driver and all that it has started", async t => {
  const world = scriptWorld(t);
  world.work();
  world.drop("sleeps.json", { type: "run-script", parameters: { paths: [`${FOLDER}/sleeps.py`] } });
  const id = await world.runningId();
  const pids = await world.until("the script's own pids", () =>
    /^pids (\d+) (\d+) (\d+)$/m.exec(readLog(world, id))?.slice(1).map(Number),
  );
  assert.ok(
    pids.every(pid => processStart(pid) !== undefined),
    "script, Spark and child live",
  );
  requestCancel(world.layout, id, { by: "anna", at: new Date().toISOString() });
  const record = await world.record("sleeps.json");
  assert.equal(record.status, "cancelled");
  assert.equal(outcome(record, "sleeps.py").outcome, "cancelled");
  await world.until("the end of all", () => pids.every(pid => processStart(pid) === undefined));
});

test("a driver dies with its engine, also where that is killed", async t => {
  const world = scriptWorld(t);
  world.work();
  world.drop("killed.json", { type: "run-script", parameters: { paths: [`${FOLDER}/sleeps.py`] } });
  const id = await world.runningId();
  const pids = await world.until("the script's own pids", () =>
    /^pids (\d+) (\d+) (\d+)$/m.exec(readLog(world, id))?.slice(1).map(Number),
  );
  process.kill(world.engine(id)?.pid ?? 0, "SIGKILL");
  await world.until("the end of all", () => pids.every(pid => processStart(pid) === undefined));
  assert.equal((await world.record("killed.json")).status, "failed");
});

test("what has changed since it was looked at, what was removed, and what lies elsewhere is not run, and says why", async t => {
  const world = scriptWorld(t);
  const paths = ["quick.py", "removed.py", "../secret.py", "deeper/x.py"].map(name => `${FOLDER}/${name}`);
  world.drop("refused.json", {
    type: "run-script",
    parameters: { paths: [...paths, "/etc/passwd.py"], sha256: { [`${FOLDER}/quick.py`]: "0".repeat(64) } },
  });
  await remove("removed.py");
  world.work();
  const record = await world.record("refused.json");
  assert.equal(record.status, "failed");
  assert.match(
    outcome(record, "quick.py").error?.message ?? "",
    /^quick\.py has changed since it was looked at: its SHA-256 was 000000000000…/,
  );
  assert.equal(outcome(record, "removed.py").error?.message, "There is no /my_project/scripts/removed.py in HDFS.");
  for (const name of ["../secret.py", "deeper/x.py"])
    assert.match(outcome(record, name).error?.message ?? "", /is no script of hdfs:\/\/\/my_project\/scripts/);
  assert.deepEqual(
    readdirSync(world.layout.logs).filter(name => name.endsWith(".py")),
    [],
    "nothing was run",
  );
});

test("while HDFS is away a job waits for it and is tried again, and runs when HDFS is back", async t => {
  const world = scriptWorld(t);
  world.work();
  await small.stop();
  world.drop("away.json", { type: "run-script", maxAttempts: 12, parameters: { paths: [`${FOLDER}/quick.py`] } });
  const id = await world.until("the first attempt's end", () => {
    const events = readdirSync(world.layout.logs).find(name => name.endsWith(".events.ndjson"));
    return (
      events &&
      /"event":"finished"/.test(readFileSync(join(world.layout.logs, events), "utf8")) &&
      events.replace(".events.ndjson", "")
    );
  });
  const first = world.events(id).find(event => event.event === "finished");
  assert.ok(first?.event === "finished" && first.exitCode === 3);
  assert.match(first.error?.message ?? "", /^HDFS at 127\.0\.0\.1:\d+ does not answer/);
  await small.start();
  const record = await world.record("away.json");
  assert.equal(record.status, "succeeded", record.error?.message);
});

function readLog(world: World, id: string): string {
  const path = logFile(world.layout, id, 1);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
