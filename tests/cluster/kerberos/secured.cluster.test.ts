import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { until } from "../../../bench/measuring/cluster.ts";
import { openHdfs } from "../../../connectors/hdfs/webhdfs.ts";
import { openMetastore } from "../../../connectors/hive/metastore/metastore.ts";
import { attachCatalogs } from "../../../connectors/iceberg/catalogs.ts";
import { openTableSession } from "../../../connectors/iceberg/session.ts";
import { delegationToken } from "../../../connectors/kerberos/delegation-tokens.ts";
import { KerberosError } from "../../../connectors/kerberos/kerberos-error.ts";
import { startConnectServer } from "../../../connectors/spark/server/server.ts";
import { SERVER_CONF } from "../../../connectors/spark/server/server-conf.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { readEndpoints } from "../../../core/endpoints.ts";
import { findInstalled } from "../../../core/installed.ts";
import type { Settings } from "../../../core/settings.ts";
import { requestCancel } from "../../../core/store/cancel.ts";
import { trustAuthorities } from "../../../core/tls/authorities.ts";
import { serviceChecks } from "../../../engines/check-services/checks.ts";
import { runCheck } from "../../../engines/check-services/service-check.ts";
import type { World } from "../../journey/world.ts";
import type { SecuredHdfs } from "./hdfs.ts";
import { type Kdc, kerberosPrograms, REALM } from "./kdc.ts";
import { type SecuredPlace, securedPlace } from "./place.ts";

const folder = mkdtempSync(join(tmpdir(), "portal-kerberos-"));
const ends: (() => void | Promise<void>)[] = [];
const later = { after: (end: () => void | Promise<void>) => void ends.unshift(end) };
let kdc: Kdc;
let hdfs: SecuredHdfs;
let place: SecuredPlace;
let world: World;
let session: Session;
let settings: Settings;

before(async () => {
  if (kerberosPrograms.skip) return;
  place = await securedPlace(folder, later);
  ({ kdc, hdfs, world, session, settings } = place);
});

after(async () => {
  for (const end of ends) await end();
  rmSync(folder, { recursive: true, force: true });
});

test(
  "a Spark that logs in by the keytab on YARN takes a chain from a secured metastore and HDFS to Snowflake, with equal proofs",
  kerberosPrograms,
  async t => {
    await session.command("create database secured");
    await session.command("create table secured.t (id int) partitioned by (p string) stored as orc");
    await session.command("insert into secured.t partition (p='a') select id from range(1000)");
    const [row] = await session.query("select input_file_name() as file from secured.t limit 1");
    assert.match(String(row?.file), /^hdfs:\/\/localhost/);
    const schema = `secured_${process.pid}`;
    const namespace = { namespace: schema, tables: ["t"] };
    t.after(async () => {
      await attachCatalogs(session, settings, ["azure"]);
      await session.command(`drop table if exists azure.${schema}.t purge`);
    });
    world.drop("secured.json", {
      ...{ type: "ingest-hive", parameters: { database: "secured", tables: ["t"], namespace: schema } },
      then: [
        { type: "migrate-iceberg", parameters: namespace },
        { type: "register-snowflake", parameters: { schema } },
      ],
    });
    const first = await world.record("secured.json");
    const records = [first, await world.record(`${first.id}-1`), await world.record(`${first.id}-1-1`)];
    assert.deepEqual(
      records.map(({ status, error, tables }) => [
        error?.message ?? status,
        tables[0]?.rows,
        tables[0]?.proof?.verdict,
      ]),
      [
        ["succeeded", "1000", "equal"],
        ["succeeded", "1000", "equal"],
        ["succeeded", "1000", "agrees"],
      ],
    );
    const [file] = await session.query(`select file_path as file from lake.${schema}.t.files`);
    assert.match(String(file?.file), /^hdfs:\/\/localhost:\d+\/lake\//);
    assert.equal((await place.cluster.executors()).length, 1);
  },
);

test(
  "a script logs in by the keytab as an application of its own, and a cancel ends it there",
  kerberosPrograms,
  async () => {
    const files = openHdfs(settings);
    const head = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n";
    const read = `print('read', spark.read.text('${hdfs.files}/scripts/ends.py').count(), 'lines')\n`;
    const nap =
      "spark.sql(\"select max(nap) from (select reflect('java.lang.Thread', 'sleep', 1000L) as nap from range(600))\").collect()\n";
    await files.create("/scripts/ends.py", Buffer.from(`${head}${read}`));
    await files.create("/scripts/goes_on.py", Buffer.from(`${head}${nap}`));
    const conf = { "spark.executor.memory": "512m" };
    const own = await place.cluster.applications();
    world.drop("ends.json", { type: "run-script", parameters: { paths: ["hdfs:///scripts/ends.py"], conf } });
    const record = await world.record("ends.json");
    assert.equal(record.status, "succeeded", world.everything().slice(-5000));
    assert.match(world.everything(), /read 3 lines/);
    await until(async () => (await place.cluster.applications()).length === own.length);
    world.drop("goes-on.json", { type: "run-script", parameters: { paths: ["hdfs:///scripts/goes_on.py"], conf } });
    const id = await world.runningId();
    await until(async () => (await place.cluster.executors()).length === 2);
    requestCancel(world.layout, id, { by: "test", at: new Date().toISOString() });
    assert.equal((await world.record("goes-on.json")).status, "cancelled");
    assert.ok(!world.events(id).some(({ event }) => event === "left-behind"));
    await until(async () => (await place.cluster.executors()).length === 1);
    assert.deepEqual(await place.cluster.applications(), own);
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
    const [hello] = (await files.list("/scripts")).filter(({ name }) => name === "hello.py");
    assert.deepEqual([hello?.size, hello?.owner], [15, "portal"]);
    assert.equal((await files.read("/scripts/hello.py", 100)).toString(), "print('hello')\n");
    const first = await delegationToken(settings, { kind: "hdfs", address: hdfs.web });
    const cancel = new URLSearchParams({ op: "CANCELDELEGATIONTOKEN", token: first, delegation: first });
    const cancelled = await fetch(`${hdfs.web}/webhdfs/v1/?${cancel}`, { method: "PUT" });
    assert.equal(cancelled.status, 200, await cancelled.text());
    assert.equal((await openHdfs(settings).list("/scripts")).length, 3);
    assert.notEqual(await delegationToken(settings, { kind: "hdfs", address: hdfs.web }), first);
  },
);

test(
  "a token comes over TLS, from a NameNode whose authority CA_FILE names, and from no other",
  kerberosPrograms,
  async () => {
    const known = { ...settings, WEBHDFS_URL: hdfs.tlsWeb, CA_FILE: place.authority.file };
    trustAuthorities(known);
    assert.ok((await openHdfs(known).list("/scripts")).some(({ name }) => name === "hello.py"));
    const unknown = { ...known, CA_FILE: undefined };
    await assert.rejects(
      delegationToken(unknown, { kind: "hdfs", address: hdfs.tlsWeb }, "again"),
      (error: unknown) =>
        error instanceof KerberosError && /is not trusted/.test(error.message) && /CA_FILE/.test(error.hint),
    );
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
    const azureKey = readEndpoints(settings).azure?.key;
    assert.ok(azureKey);
    const secrets = [
      token,
      ...metastoreToken.split(" "),
      key.toString("base64"),
      key.toString("latin1"),
      "delegation=",
      azureKey,
    ];
    const arguments_ = readdirSync("/proc")
      .filter(name => /^\d+$/.test(name))
      .map(pid => readQuietly(`/proc/${pid}/cmdline`));
    const onNodes = readdirSync(join(folder, "yarn", "node"), { recursive: true, encoding: "utf8" })
      .filter(name => /(__spark_conf__\.properties|launch_container\.sh|-site\.xml)$/.test(name))
      .map(name => readQuietly(join(folder, "yarn", "node", name)));
    assert.ok(onNodes.some(text => text.includes("spark.executor.cores")));
    const log = readQuietly(join(folder, "laptop", "logs", "spark.log"));
    const texts = [world.everything(), log, ...arguments_, ...onNodes];
    for (const secret of secrets) assert.ok(!texts.some(text => text.includes(secret)), secret.slice(0, 12));
  },
);

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
