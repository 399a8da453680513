import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openHdfs } from "../../connectors/hdfs/open.ts";
import { openMetastore } from "../../connectors/hive/metastore/metastore.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { openTableSession } from "../../connectors/iceberg/session.ts";
import { delegationToken } from "../../connectors/kerberos/delegation-tokens.ts";
import { startConnectServer } from "../../connectors/spark/server/server.ts";
import { SERVER_CONF } from "../../connectors/spark/server/server-conf.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { findInstalled } from "../../core/installed.ts";
import { readSettings, type Settings } from "../../core/settings.ts";
import { endProcess } from "../../core/system/end-process.ts";
import { serviceChecks } from "../../engines/check-services/checks.ts";
import { runCheck } from "../../engines/check-services/service-check.ts";
import { newWorld, type World } from "../journey/world.ts";
import { until } from "./cluster.ts";
import {
  type Kdc,
  kerberosOptions,
  kerberosPrograms,
  REALM,
  type SecuredHdfs,
  securedMetastore,
  startKdc,
  startSecuredHdfs,
} from "./kerberos.ts";
import { type ForeignMetastore, startForeignMetastore } from "./metastores.ts";

const folder = mkdtempSync(join(tmpdir(), "portal-kerberos-"));
const ends: (() => void | Promise<void>)[] = [];
const later = { after: (end: () => void | Promise<void>) => void ends.unshift(end) };
let kdc: Kdc;
let hdfs: SecuredHdfs;
let metastore: ForeignMetastore;
let world: World;
let session: Session;
let settings: Settings;
let own: Record<string, string>;

before(async () => {
  if (kerberosPrograms.skip) return;
  kdc = await startKdc(join(folder, "kdc"));
  later.after(() => kdc.stop());
  // Programs of Java look at it no more than at a variable of ours: the product tells them.
  process.env.KRB5_CONFIG = kdc.conf;
  const services = await kdc.keytab("services", ["hdfs/localhost", "HTTP/localhost", "hive/localhost"]);
  const keytab = await kdc.keytab("portal", ["portal"]);
  hdfs = await startSecuredHdfs(join(folder, "hdfs"), kdc, services);
  later.after(() => hdfs.stop());
  metastore = await startForeignMetastore("3.1.3", join(folder, "metastore"), {
    java: kerberosOptions(kdc),
    more: securedMetastore(hdfs, services),
  });
  later.after(() => metastore.stop());
  own = {
    ...{ SPARK_REMOTE: "", SPARK_MASTER: "local[2]", SPARK_CONF_FILE: sparkConf(), SPARK_START_SECONDS: "600" },
    ...{ LAPTOP_DIR: join(folder, "laptop"), HADOOP_CONF_DIR: hdfs.conf, KRB5_CONFIG: kdc.conf },
    ...{ SPARK_KERBEROS_PRINCIPAL: `portal@${REALM}`, SPARK_KERBEROS_KEYTAB: keytab },
    HIVE_METASTORE_URI: metastore.uri.replace("127.0.0.1", "localhost"),
    HIVE_METASTORE_PRINCIPAL: `hive/_HOST@${REALM}`,
    LAKE_WAREHOUSE: `${hdfs.files}/lake`,
    ...{ WEBHDFS_URL: hdfs.web, SCRIPTS_DIR: "hdfs:///scripts" },
  };
  // After the worker has ended, which would start it again.
  later.after(async () => {
    const { spark } = readEndpoints(readSettings({ ...process.env, ...own }));
    if (spark) await endProcess(spark);
  });
  world = newWorld(later);
  world.startWorker(own);
  settings = readSettings({ ...process.env, ...own });
  await until(async () => existsSpark(), 600_000);
  const { spark } = readEndpoints(settings);
  session = await openTableSession({ ...settings, SPARK_REMOTE: spark?.url, SPARK_CONF_FILE: undefined });
  later.after(() => session.close());
  await attachCatalogs(session, settings, ["hive", "lake"]);
});

after(async () => {
  for (const end of ends) await end();
  rmSync(folder, { recursive: true, force: true });
});

test(
  "a Spark that logs in by the keytab ingests from a secured metastore and HDFS, with an equal proof",
  kerberosPrograms,
  async () => {
    await session.command("create database secured");
    await session.command("create table secured.t (id int) partitioned by (p string) stored as orc");
    await session.command("insert into secured.t partition (p='a') select id from range(1000)");
    const [row] = await session.query("select input_file_name() as file from secured.t limit 1");
    assert.match(String(row?.file), /^hdfs:\/\/localhost/);
    world.drop("secured.json", { type: "ingest-hive", parameters: { database: "secured", tables: ["t"] } });
    const record = await world.record("secured.json");
    assert.equal(record.status, "succeeded", JSON.stringify(record.error ?? record.tables));
    assert.deepEqual(
      record.tables.map(({ rows, proof }) => [rows, proof?.verdict]),
      [["1000", "equal"]],
    );
  },
);

test(
  "the portal's own clients of the metastore and of WebHDFS get in by delegation tokens, and ask for another where one is refused",
  kerberosPrograms,
  async () => {
    const hive = await openMetastore(settings);
    try {
      assert.equal(await hive.version(), "3");
      assert.deepEqual(await hive.tableNames("secured"), ["t"]);
      assert.equal((await hive.table("secured", "t"))?.partitionColumns[0]?.name, "p");
      assert.ok((await hive.transactions()).high >= 0);
    } finally {
      hive.close();
    }
    const files = openHdfs(settings);
    await files.create("/scripts/hello.py", Buffer.from("print('hello')\n"));
    assert.deepEqual(
      (await files.list("/scripts")).map(({ name, size, owner }) => [name, size, owner]),
      [["hello.py", 15, "portal"]],
    );
    assert.equal((await files.read("/scripts/hello.py", 100)).toString(), "print('hello')\n");
    const first = await delegationToken(settings, { kind: "hdfs", address: hdfs.web });
    const cancel = new URLSearchParams({ op: "CANCELDELEGATIONTOKEN", token: first, delegation: first });
    const cancelled = await fetch(`${hdfs.web}/webhdfs/v1/?${cancel}`, { method: "PUT" });
    assert.equal(cancelled.status, 200, await cancelled.text());
    assert.equal((await openHdfs(settings).list("/scripts")).length, 1);
    assert.notEqual(await delegationToken(settings, { kind: "hdfs", address: hdfs.web }), first);
  },
);

test(
  "the doctor sees that all of it answers, and names an old key, an unknown principal and a clock that is wrong",
  kerberosPrograms,
  async () => {
    for (const name of ["kerberos", "metastore", "hdfs"]) {
      const said = await check(settings, name);
      assert.match(said, /^succeeded/, `${name}: ${said}`);
    }
    assert.match(await check(settings, "metastore"), /Hive 3/);
    const as = (name: string, keytab: string) => ({
      ...settings,
      ...{ SPARK_KERBEROS_PRINCIPAL: `${name}@${REALM}`, SPARK_KERBEROS_KEYTAB: keytab },
    });
    const before = await kdc.keytab("changed", ["changed"]);
    await kdc.run("kadmin.local", ["-q", `change_password -randkey changed`]);
    assert.match(
      await check(as("changed", before), "kerberos"),
      /^failed: The key of changed.* is not the one that the KDC has.*made anew/,
    );
    const gone = await kdc.keytab("gone", ["gone"]);
    await kdc.run("kadmin.local", ["-q", "delprinc -force gone"]);
    assert.match(
      await check(as("gone", gone), "kerberos"),
      /^failed: The KDC knows no principal gone.*SPARK_KERBEROS_PRINCIPAL/,
    );
    assert.match(await check(as("portal", join(folder, "none")), "kerberos"), /^failed: The keytab .* is not there/);
    const late = await kdc.inAnHour();
    try {
      process.env.KRB5_CONFIG = late.conf;
      assert.match(
        await check(settings, "kerberos"),
        /^failed: The clock of this machine .* too far apart.*time server/,
      );
    } finally {
      process.env.KRB5_CONFIG = kdc.conf;
      await late.stop();
    }
  },
);

test("a Spark whose ticket has expired is named by the doctor, with what renews it", kerberosPrograms, async () => {
  const cache = join(folder, "short");
  const keytab = settings.SPARK_KERBEROS_KEYTAB ?? "";
  await kdc.run("kinit", ["-l", "3s", "-c", `FILE:${cache}`, "-k", "-t", keytab, "portal"]);
  await pause(4_000);
  const server = await startConnectServer({
    ...{ ...(await findInstalled(settings)), master: "local[1]", logFile: join(folder, "expired.log") },
    readyMilliseconds: 600_000,
    env: {
      ...{ PATH: process.env.PATH, HOME: folder, KRB5_CONFIG: kdc.conf, KRB5CCNAME: cache },
      HADOOP_CONF_DIR: hdfs.conf,
    },
    conf: {
      ...SERVER_CONF,
      "spark.ui.enabled": "false",
      "spark.driver.memory": "1g",
      "spark.hadoop.hive.metastore.uris": settings.HIVE_METASTORE_URI ?? "",
      "spark.hadoop.hive.metastore.sasl.enabled": "true",
      "spark.hadoop.hive.metastore.kerberos.principal": settings.HIVE_METASTORE_PRINCIPAL ?? "",
    },
  });
  try {
    const none = { SPARK_KERBEROS_PRINCIPAL: undefined, SPARK_KERBEROS_KEYTAB: undefined };
    const said = await check(
      {
        ...settings,
        ...none,
        SPARK_REMOTE: server.url,
        SPARK_CONF_FILE: undefined,
        HIVE_METASTORE_PRINCIPAL: undefined,
      },
      "metastore",
    );
    assert.match(
      said,
      /^failed: The Hive Metastore is there, .*Kerberos ticket has expired.*SPARK_KERBEROS_KEYTAB into \.env/,
    );
  } finally {
    await server.stop();
  }
});

test(
  "no ticket, token or key lies in the queue, the logs, the archive or an argument list",
  kerberosPrograms,
  async () => {
    const key = readFileSync(settings.SPARK_KERBEROS_KEYTAB ?? "").subarray(-40, -8);
    const token = await delegationToken(settings, { kind: "hdfs", address: hdfs.web });
    const metastoreToken = await delegationToken(settings, {
      ...{ kind: "metastore", address: settings.HIVE_METASTORE_URI ?? "" },
      principal: settings.HIVE_METASTORE_PRINCIPAL ?? "",
    });
    const secrets = [
      token,
      ...metastoreToken.split(" "),
      key.toString("base64"),
      key.toString("latin1"),
      "delegation=",
    ];
    const arguments_ = readdirSync("/proc")
      .filter(name => /^\d+$/.test(name))
      .map(pid => readQuietly(`/proc/${pid}/cmdline`));
    const texts = [world.everything(), readQuietly(join(folder, "laptop", "logs", "spark.log")), ...arguments_];
    for (const secret of secrets) assert.ok(!texts.some(text => text.includes(secret)), secret.slice(0, 12));
  },
);

function sparkConf(): string {
  const file = join(folder, "spark.conf");
  const lines = [
    "spark.ui.enabled false",
    "spark.driver.memory 1g",
    "spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions 2",
    `spark.sql.warehouse.dir ${hdfs.files}/warehouse`,
    "spark.hadoop.iceberg.engine.hive.lock-enabled false",
  ];
  writeFileSync(file, lines.join("\n"));
  return file;
}

async function existsSpark(): Promise<boolean> {
  const { spark } = readEndpoints(settings);
  if (!spark) return false;
  try {
    const trial = await openTableSession({ ...settings, SPARK_REMOTE: spark.url, SPARK_CONF_FILE: undefined });
    trial.close();
    return true;
  } catch {
    return false;
  }
}

async function check(of: Settings, name: string): Promise<string> {
  const found = serviceChecks(of, async () => await openTableSession(of)).find(one => one.name === name);
  assert.ok(found, name);
  const result = await runCheck(found, undefined, 300_000);
  return result.outcome === "succeeded"
    ? `succeeded: ${result.notes.join(", ")}`
    : `${result.outcome}: ${result.error.message} ${result.error.hint}`;
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
