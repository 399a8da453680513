import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cluster, until } from "../../../bench/measuring/cluster.ts";
import { startYarn } from "../../../bench/measuring/yarn.ts";
import { attachCatalogs } from "../../../connectors/iceberg/catalogs.ts";
import { openTableSession } from "../../../connectors/iceberg/session.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { readEndpoints, recordEndpoint } from "../../../core/endpoints.ts";
import { readSettings, type Settings } from "../../../core/settings.ts";
import { endProcess } from "../../../core/system/end-process.ts";
import { type Authority, makeAuthority } from "../../authority.ts";
import { settings as shared } from "../../engines/lake.ts";
import { newWorld, type World } from "../../journey/world.ts";
import { startForeignMetastore } from "../metastores.ts";
import { type SecuredHdfs, securedMetastore, startSecuredHdfs } from "./hdfs.ts";
import { type Kdc, kerberosOptions, REALM, startKdc } from "./kdc.ts";

/** A KDC, an HDFS, a metastore 3.1.3 and a YARN that let in whom it knows, and a worker whose Spark logs in there by a keytab. */
export interface SecuredPlace {
  kdc: Kdc;
  hdfs: SecuredHdfs;
  authority: Authority;
  cluster: Cluster;
  world: World;
  settings: Settings;
  /** A session of the worker's Spark, with the catalogs attached. */
  session: Session;
}

/** Starts all of it; Azurite and stand-in are those of the run. Its files lie below `folder`. */
export async function securedPlace(
  folder: string,
  later: { after(end: () => void | Promise<void>): void },
): Promise<SecuredPlace> {
  const kdc = await startKdc(join(folder, "kdc"));
  later.after(() => kdc.stop());
  // Programs of Java look at it no more than at a variable of ours: the product tells them.
  process.env.KRB5_CONFIG = kdc.conf;
  const services = ["hdfs/localhost", "HTTP/localhost", "hive/localhost", "yarn/localhost"];
  const keytab = await kdc.keytab("services", services);
  const authority = await makeAuthority();
  later.after(() => authority.remove());
  const hdfs = await startSecuredHdfs(join(folder, "hdfs"), kdc, { keytab, authority });
  later.after(() => hdfs.stop());
  const metastore = await startForeignMetastore("3.1.3", join(folder, "metastore"), {
    java: kerberosOptions(kdc),
    more: securedMetastore(hdfs, keytab),
  });
  later.after(() => metastore.stop());
  const principal = {
    SPARK_KERBEROS_PRINCIPAL: `portal@${REALM}`,
    SPARK_KERBEROS_KEYTAB: await kdc.keytab("portal", ["portal"]),
  };
  mkdirSync(join(folder, "yarn"));
  const cluster = await startYarn(join(folder, "yarn"), {
    secured: {
      // A login looks into Java's own classes.
      java: ["--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED", ...kerberosOptions(kdc)],
      ...{ core: hdfs.client, site: yarnPrincipals(keytab), own: principal },
    },
  });
  later.after(() => cluster.stop());
  const own = {
    ...{ ...cluster.settings, ...principal, SPARK_REMOTE: "", SPARK_START_SECONDS: "600" },
    ...{ SPARK_CONF_FILE: sparkConf(folder, cluster, hdfs, kdc), KRB5_CONFIG: kdc.conf },
    LAPTOP_DIR: laptop(folder),
    HIVE_METASTORE_URI: metastore.uri.replace("127.0.0.1", "localhost"),
    HIVE_METASTORE_PRINCIPAL: `hive/_HOST@${REALM}`,
    LAKE_WAREHOUSE: `${hdfs.files}/lake`,
    ...{ WEBHDFS_URL: hdfs.web, SCRIPTS_DIR: "hdfs:///scripts" },
  };
  const settings = readSettings({ ...process.env, ...own });
  // After the worker has ended, which would start it again.
  later.after(async () => {
    const { spark } = readEndpoints(settings);
    if (spark) await endProcess(spark);
  });
  const world = newWorld(later);
  world.startWorker(own);
  await until(async () => answersAt(settings), 600_000);
  const { spark } = readEndpoints(settings);
  const session = await openTableSession({ ...settings, SPARK_REMOTE: spark?.url, SPARK_CONF_FILE: undefined });
  later.after(() => session.close());
  await attachCatalogs(session, settings, ["hive", "lake"]);
  return { kdc, hdfs, authority, cluster, world, settings, session };
}

function yarnPrincipals(keytab: string): Record<string, string> {
  return Object.fromEntries(
    ["resourcemanager", "nodemanager"].flatMap(daemon => [
      [`yarn.${daemon}.principal`, `yarn/localhost@${REALM}`],
      [`yarn.${daemon}.keytab`, keytab],
    ]),
  );
}

// What the run's stack has, but its Spark and its metastore.
function laptop(folder: string): string {
  const LAPTOP_DIR = join(folder, "laptop");
  const { azure, snowflake } = readEndpoints(shared);
  recordEndpoint({ LAPTOP_DIR }, "azure", azure);
  recordEndpoint({ LAPTOP_DIR }, "snowflake", snowflake);
  mkdirSync(join(LAPTOP_DIR, "snowflake"));
  cpSync(join(shared.LAPTOP_DIR, "snowflake", "password"), join(LAPTOP_DIR, "snowflake", "password"));
  return LAPTOP_DIR;
}

function sparkConf(folder: string, cluster: Cluster, hdfs: SecuredHdfs, kdc: Kdc): string {
  const file = join(folder, "spark.conf");
  const quick = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
  // Nodes have the realm's krb5.conf where Java looks for it.
  const onNodes = [quick, ...kerberosOptions(kdc)].join(" ");
  const lines = [
    ...["spark.ui.enabled false", "spark.driver.host localhost", "spark.driver.bindAddress 127.0.0.1"],
    ...["spark.driver.memory 1g", `spark.driver.extraJavaOptions ${quick}`],
    ...[`spark.executor.extraJavaOptions ${onNodes}`, `spark.yarn.am.extraJavaOptions ${onNodes}`],
    ...["spark.executor.cores 1", "spark.executor.memory 768m", "spark.sql.shuffle.partitions 2"],
    `spark.sql.warehouse.dir ${hdfs.files}/warehouse`,
    "spark.hadoop.iceberg.engine.hive.lock-enabled false",
    ...cluster.conf,
  ];
  writeFileSync(file, lines.join("\n"));
  return file;
}

async function answersAt(settings: Settings): Promise<boolean> {
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
