import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { readSettings } from "../../../core/settings.ts";
import { processStart } from "../../../core/system/process-identity.ts";
import { applicationOf, killApplication, killCommand } from "../../../engines/run-script/application.ts";
import { confRefusal } from "../../../engines/run-script/conf.ts";
import { runDriver } from "../../../engines/run-script/driver.ts";
import { runScript } from "../../../engines/run-script/parameters.ts";
import { findScript, scriptPlaces } from "../../../engines/run-script/places.ts";
import { environment, submitCommand } from "../../../engines/run-script/submit.ts";
import { retryFile } from "../../../engines/runner/retry.ts";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "portal-script-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// A killed process is gone as soon as the kernel has come to it.
async function gone(pid: number): Promise<void> {
  for (const until = Date.now() + 5_000; processStart(pid) !== undefined; await pause(20))
    assert.ok(Date.now() < until, `process ${pid} still runs`);
}

test("a job may set what its run needs, and nothing of the cluster and no secret", () => {
  const allowed = ["spark.executor.memory", "spark.driver.memory", "spark.sql.shuffle.partitions", "spark.yarn.queue"];
  for (const key of [...allowed, "spark.dynamicAllocation.enabled", "spark.sql.files.maxPartitionBytes"])
    assert.equal(confRefusal(key), undefined, key);
  const refused = [
    ...["spark.hadoop.fs.azure.account.key.x", "spark.yarn.keytab", "spark.yarn.archive", "spark.master", "spark.jars"],
    ...["spark.driver.extraJavaOptions", "spark.executor.extraClassPath", "spark.submit.deployMode", "spark.plugins"],
    ...[
      "spark.sql.catalog.lake.uri",
      "spark.sql.extensions",
      "spark.sql.x.password",
      "spark.redaction.regex",
      "master",
    ],
    ...["spark.executor.memory x", "spark.sql.a=b", "spark.sql.a\n"],
  ];
  for (const key of refused) assert.match(confRefusal(key) ?? "", /is not for a job to set/, key);
  assert.match(confRefusal("spark.executor.memroy") ?? "", /did you mean "spark\.executor\.memory"\?$/);
});

test("what is wrong in the parameters is named", () => {
  const wrong = runScript.shape.safeParse({ paths: ["hdfs:///a/b.py"], conf: { "spark.master": "yarn" } });
  assert.deepEqual(wrong.error?.issues[0]?.path, ["conf", "spark.master"]);
  assert.ok(!runScript.shape.safeParse({ paths: ["a\0.py"] }).success);
  assert.ok(!runScript.shape.safeParse({ paths: ["a.py"], sha256: { "a.py": "x" } }).success);
  assert.ok(z.toJSONSchema(runScript.shape, { io: "input" }), "it has a schema to publish");
});

test("folders of scripts may be several, and a script lies in one of them itself", () => {
  const settings = { SCRIPTS_DIR: "hdfs:///my_project/scripts/, hdfs://nn:8020/x ,/srv/scripts" };
  assert.deepEqual(scriptPlaces(settings), [
    { kind: "hdfs", name: "hdfs:///my_project/scripts", folder: "/my_project/scripts" },
    { kind: "hdfs", name: "hdfs://nn:8020/x", folder: "/x" },
    { kind: "local", name: "/srv/scripts", folder: "/srv/scripts" },
  ]);
  const name = (path: string) => findScript(settings, path)?.name;
  assert.equal(name("hdfs:///my_project/scripts/two words-ü.py"), "two words-ü.py");
  assert.equal(name("/srv/scripts/-x.py"), "-x.py");
  const nowhere = [
    "../a.py",
    "a/../../b.py",
    "sub/a.py",
    ".hidden.py",
    "a.txt",
    "..py",
    "a\\b.py",
    "a\n.py",
    ".py",
    "",
  ];
  for (const other of nowhere) assert.equal(name(`/srv/scripts/${other}`), undefined, JSON.stringify(other));
  for (const path of ["/srv/scriptsx/a.py", "/etc/a.py", "a.py", "hdfs:///x/a.py"])
    assert.equal(name(path), undefined, path);
  assert.throws(() => scriptPlaces({ SCRIPTS_DIR: "s3://bucket/x" }), /scripts lie in HDFS .* or in a folder/);
});

test("application ids are found in what the drivers of every cluster print", () => {
  const of = (line: string) => applicationOf(line, { args: ["--conf", "spark.test.appId=local-17"] });
  assert.equal(
    of("INFO Client: Submitted application application_1732436521034_0042"),
    "application_1732436521034_0042",
  );
  assert.equal(of("Connected to Spark cluster with app ID app-20261124101112-0003"), "app-20261124101112-0003");
  assert.equal(of("submission ID driver-20261124101112-0007 as"), "driver-20261124101112-0007");
  assert.equal(of("INFO SparkContext: Submitted application: mine"), "local-17");
  assert.equal(of("my application_1 and app-1"), undefined);
});

test("what runs on the cluster itself is ended there, by the Spark that it was submitted to", async t => {
  const spark = temporaryFolder(t);
  mkdirSync(join(spark, "jars"));
  const application = "application_1732436521034_0042";
  const client = "org.apache.hadoop.yarn.client.cli.ApplicationCLI";
  const { CACHE_DIR } = readSettings();
  const own = { CACHE_DIR, SPARK_HOME: spark, HADOOP_CONF_DIR: "/etc/hadoop/conf" };
  const [java, ...words] = (await killCommand(application, own)) ?? [];
  assert.match(java ?? "", /java$/);
  assert.equal(words[words.indexOf("-cp") + 1], `/etc/hadoop/conf:${join(spark, "jars", "*")}`);
  assert.deepEqual(words.slice(-4), [client, "application", "-kill", application]);

  const theirs = { CACHE_DIR, SPARK_SUBMIT: join(spark, "bin", "spark-submit"), SPARK_MASTER: "spark://m:6066" };
  const yarn = (await killCommand(application, theirs)) ?? [];
  assert.match(yarn[0] ?? "", /(^|\/)yarn$/);
  assert.deepEqual(yarn.slice(1), ["application", "-kill", application]);
  mkdirSync(join(spark, "bin"));
  writeFileSync(join(spark, "bin", "spark-class"), "");
  assert.deepEqual(await killCommand(application, theirs), [
    ...[join(spark, "bin", "spark-class"), client, "application", "-kill", application],
  ]);
  const id = "driver-20261124101112-0007";
  assert.deepEqual(await killCommand(id, theirs), [
    ...[theirs.SPARK_SUBMIT, "--master", theirs.SPARK_MASTER, "--kill", id],
  ]);
  assert.equal(await killCommand("app-20261124101112-0003", theirs), undefined, "it ends with its driver");
  assert.equal(await killCommand("local-17", theirs), undefined);
});

test("a script on a cluster gets the lines of SPARK_CONF_FILE, but for secrets, and its own after them", async t => {
  const file = join(temporaryFolder(t), "spark.conf");
  writeFileSync(file, "spark.executor.memory 1g\nspark.driver.memory 2g\nspark.hadoop.fs.s3a.secret.key s3cret\n");
  const script = { file: "/x.py", name: "x.py", args: [], conf: { "spark.executor.memory": "4g" }, cwd: "/" };
  const given = { ...readSettings(), SPARK_CONF_FILE: file, SPARK_MASTER: "yarn" };
  const { args } = await submitCommand(given, script);
  assert.deepEqual(
    args.filter(text => /^spark\.|s3cret/.test(text)),
    ["spark.executor.memory=1g", "spark.driver.memory=2g", "spark.executor.memory=4g"],
  );
  assert.ok(args.includes("-Xmx2g"));
  const here = await submitCommand({ ...given, SPARK_MASTER: "local[1]" }, script);
  assert.ok(!here.args.includes("spark.executor.memory=1g"));
});

test("a script's Spark logs in by the keytab that is named, and so does what ends its application", async t => {
  const script = { file: "/x.py", name: "x.py", args: [], conf: {}, cwd: "/" };
  const keytab = { SPARK_KERBEROS_PRINCIPAL: "portal@R", SPARK_KERBEROS_KEYTAB: "/k" };
  const given = { ...readSettings(), ...keytab, HIVE_METASTORE_PRINCIPAL: "hive/_HOST@R", SPARK_MASTER: "yarn" };
  const own = (await submitCommand(given, script)).args.filter(text => /^spark\./.test(text));
  assert.deepEqual(own, [
    ...["spark.kerberos.principal=portal@R", "spark.kerberos.keytab=/k"],
    ...["spark.hadoop.hive.metastore.sasl.enabled=true", "spark.hadoop.hive.metastore.kerberos.principal=hive/_HOST@R"],
  ]);
  const theirs = await submitCommand({ ...given, SPARK_SUBMIT: "/opt/spark/bin/spark-submit" }, script);
  assert.deepEqual(theirs.args.slice(0, 6), [...["--master", "yarn", "--principal", "portal@R", "--keytab", "/k"]]);
  const seen = join(temporaryFolder(t), "seen");
  const spark = join(temporaryFolder(t), "bin");
  mkdirSync(spark);
  const killer = `#!/bin/sh\nenv > ${seen}\n`;
  for (const name of ["spark-submit", "spark-class"]) writeFileSync(join(spark, name), killer, { mode: 0o755 });
  await killApplication("application_1796000000000_0001", { ...given, SPARK_SUBMIT: join(spark, "spark-submit") });
  const logIn = readFileSync(seen, "utf8")
    .split("\n")
    .filter(line => line.startsWith("KRB5"));
  assert.deepEqual(logIn.sort(), ["KRB5KEYTAB=/k", "KRB5PRINCIPAL=portal@R"]);
});

test("a driver's environment holds what Spark and Hadoop need, and no setting of the portal", () => {
  const planted = {
    AZURE_KEY: "k",
    SNOWFLAKE_PASSWORD: "p",
    AUDIT_KEY: "a",
    SPARK_REMOTE: "sc://x/;token=t",
    NODE_OPTIONS: "-r x",
  };
  const given = environment({ ...planted, PATH: "/bin", HADOOP_CONF_DIR: "/etc/hadoop", KRB5CCNAME: "/tmp/cc" });
  assert.deepEqual(Object.keys(given).sort(), [
    ...["HADOOP_CONF_DIR", "KRB5CCNAME", "LANG", "LC_ALL", "PATH", "PYTHONIOENCODING", "PYTHONUNBUFFERED"],
  ]);
});

test("a retry takes the scripts that did not succeed, by their whole paths and with the bytes that were meant", () => {
  const [a, b] = ["hdfs:///s/a.b.py", "hdfs:///s/c.py"];
  const sha256 = { [a]: "a".repeat(64), [b]: "b".repeat(64) };
  const record = {
    ...{
      id: "x",
      type: "run-script",
      status: "failed",
      job: {},
      parameters: { paths: [a, b], arguments: ["1"], conf: {}, sha256 },
    },
    tables: [
      { table: a, target: "", outcome: "failed", seconds: 1 },
      { table: b, target: "", outcome: "succeeded", seconds: 1 },
    ],
  } as unknown as JobRecord;
  const expected = { paths: [a], arguments: ["1"], conf: {}, sha256: { [a]: "a".repeat(64) } };
  assert.deepEqual(retryFile(record, "failed")?.parameters, expected);
});

const PYTHON = { program: "python3", env: { PATH: process.env.PATH ?? "" } };

test("a driver that does not listen is killed, with all that it has started", async t => {
  const cwd = temporaryFolder(t);
  writeFileSync(
    join(cwd, "deaf.py"),
    `import os, signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "1000"], preexec_fn=lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN))
print("pids", os.getpid(), child.pid, flush=True)
time.sleep(1000)
`,
  );
  const stop = new AbortController();
  let pids: number[] = [];
  const code = await runDriver({ ...PYTHON, cwd, args: [join(cwd, "deaf.py")] }, stop.signal, line => {
    pids = /^pids (\d+) (\d+)$/.exec(line)?.slice(1).map(Number) ?? pids;
    stop.abort();
  });
  assert.notEqual(code, 0);
  assert.equal(pids.length, 2);
  for (const pid of pids) await gone(pid);
});

test("a driver's exit code comes back, and what it left running ends with it", async t => {
  const cwd = temporaryFolder(t);
  const program =
    'import subprocess, sys\nprint("left", subprocess.Popen(["sleep", "1000"]).pid, flush=True)\nsys.exit(7)\n';
  writeFileSync(join(cwd, "leaves.py"), program);
  let left = 0;
  const code = await runDriver(
    { ...PYTHON, cwd, args: [join(cwd, "leaves.py")] },
    new AbortController().signal,
    line => {
      left = Number(/^left (\d+)$/.exec(line)?.[1] ?? left);
    },
  );
  assert.equal(code, 7);
  assert.ok(left > 0);
  await gone(left);
  assert.equal(
    await runDriver({ ...PYTHON, program: "/no/such", cwd, args: [] }, new AbortController().signal, () => {}),
    127,
  );
});

test("on YARN a cancelled script's application is ended too, by yarn", async t => {
  const home = temporaryFolder(t);
  mkdirSync(join(home, "bin"));
  const program = (name: string, text: string) => {
    writeFileSync(join(home, "bin", name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(home, "bin", name), 0o755);
    return join(home, "bin", name);
  };
  // A driver that prints its application at its end, however early that comes, and a yarn that writes down what it is asked.
  const prints = 'echo "Submitted application application_1732436521034_0042"';
  const submit = program(
    "spark-submit",
    `trap '${prints}; exit 143' TERM; touch ${join(home, "up")}; sleep 1000 & wait`,
  );
  program("yarn", `echo "$@" > ${join(home, "asked")}`);
  writeFileSync(join(home, "a.py"), "print(1)\n");
  const { default: engine } = await import("../../../engines/run-script/engine.ts");
  const { readSettings } = await import("../../../core/settings.ts");
  const environment = {
    SCRIPTS_DIR: home,
    DATA_DIR: home,
    LAPTOP_DIR: home,
    SPARK_SUBMIT: submit,
    SPARK_MASTER: "yarn",
  };
  const stop = new AbortController();
  const before = process.env.HADOOP_HOME;
  process.env.HADOOP_HOME = home;
  t.after(() => {
    if (before === undefined) delete process.env.HADOOP_HOME;
    else process.env.HADOOP_HOME = before;
  });
  const parameters = { paths: [join(home, "a.py")], arguments: [], conf: {}, sha256: {} };
  const context = {
    ...{ job: { id: "20261124T101112123Z-run-script-aaaaaa", parameters }, attempt: 1, signal: stop.signal },
    ...{ settings: readSettings(environment, "/nowhere/.env"), emit: () => {}, proof: () => {} },
  };
  const up = setInterval(() => existsSync(join(home, "up")) && stop.abort(), 20);
  t.after(() => clearInterval(up));
  const ended = await engine.run(
    { table: "a", target: "", action: "run", detail: join(home, "a.py") },
    context as never,
  );
  assert.equal(ended.outcome, "cancelled");
  assert.ok(existsSync(join(home, "asked")));
  assert.equal(readFileSync(join(home, "asked"), "utf8").trim(), "application -kill application_1732436521034_0042");
});
