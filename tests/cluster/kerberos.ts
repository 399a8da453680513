import { existsSync, mkdirSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { javaOptions } from "../../connectors/spark/server/java.ts";
import { findInstalled } from "../../core/installed.ts";
import { readSettings } from "../../core/settings.ts";
import { answers, freePort } from "../../laptop/ports.ts";
import { writeHdfsConf } from "../../laptop/servers/hdfs-conf.ts";
import { xmlSettings } from "../../laptop/servers/metastore.ts";
import { cacheLayout } from "../../setup/layout.mjs";
import { until } from "./cluster.ts";

/** The realm of the tests. */
export const REALM = "PORTAL.TEST";

const PATHS = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Whether MIT's programs are on this machine: tests that need them are skipped where they are not. */
export const kerberosPrograms = { skip: missing() };

function missing(): string | false {
  const folders = PATHS.split(":");
  const wanted = ["krb5kdc", "kdb5_util", "kadmin.local", "kinit", "faketime"];
  const lacking = wanted.filter(name => !folders.some(path => existsSync(join(path, name))));
  const install = "apt-get install krb5-kdc krb5-admin-server krb5-user faketime";
  return lacking.length > 0 && `There is no ${lacking.join(", ")} here: install it (Debian: ${install}).`;
}

/** MIT's KDC on this machine, with its principals in one keytab each. */
export interface Kdc {
  /** The krb5.conf of its realm. */
  conf: string;
  /** Makes principals of the realm, and gives the keytab that has all of them. */
  keytab(name: string, principals: readonly string[]): Promise<string>;
  /** Runs a program of MIT's against this realm. */
  run(program: string, args: readonly string[]): Promise<string>;
  /** The same KDC once more, by whose clock it is an hour later. */
  inAnHour(): Promise<{ conf: string; stop(): Promise<void> }>;
  stop(): Promise<void>;
}

/** Starts one of Debian's packages krb5-kdc and krb5-admin-server; its files lie below `folder`. */
export async function startKdc(folder: string): Promise<Kdc> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort(0);
  const conf = join(folder, "krb5.conf");
  writeFileSync(conf, krb5Conf(folder, port));
  writeFileSync(join(folder, "kdc.conf"), kdcConf(folder, port));
  const env = {
    PATH: PATHS,
    KRB5_CONFIG: conf,
    KRB5_KDC_PROFILE: join(folder, "kdc.conf"),
    KRB5CCNAME: `FILE:${join(folder, "cache")}`,
  };
  const run = async (program: string, args: readonly string[]) =>
    (await execa(program, [...args], { env, extendEnv: false })).stdout;
  await run("kdb5_util", ["create", "-s", "-r", REALM, "-P", "of-a-test"]);
  const log = openSync(join(folder, "kdc.out"), "a", 0o600) as 3;
  const start = async (program: string, args: string[], at: number, more: Record<string, string> = {}) => {
    const all = { ...env, ...more };
    // faketime starts it as a process of its own: the group ends with it.
    const started = execa(program, args, {
      ...{ env: all, extendEnv: false, reject: false, stdio: ["ignore", log, log], detached: true },
    });
    await until(async () => await answers(at), 60_000);
    return async () => {
      process.kill(-(started.pid ?? 0), "SIGTERM");
      await started;
    };
  };
  const stop = await start("krb5kdc", ["-n"], port);
  return {
    ...{ conf, run },
    async keytab(name, principals) {
      const file = join(folder, `${name}.keytab`);
      for (const principal of principals)
        await run("kadmin.local", ["-q", `addprinc -randkey +requires_preauth ${principal}`]);
      await run("kadmin.local", ["-q", `ktadd -k ${file} ${principals.join(" ")}`]);
      return file;
    },
    async inAnHour() {
      const later = await freePort(0);
      const profile = join(folder, "later-kdc.conf");
      writeFileSync(profile, kdcConf(folder, later));
      const file = join(folder, "later-krb5.conf");
      writeFileSync(file, krb5Conf(folder, later));
      const preloaded = { KRB5_KDC_PROFILE: profile, KRB5_CONFIG: file };
      return { conf: file, stop: await start("faketime", ["-f", "+1h", "krb5kdc", "-n"], later, preloaded) };
    },
    stop,
  };
}

function krb5Conf(folder: string, port: number): string {
  return `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  ${REALM} = {
    kdc = 127.0.0.1:${port}
  }
[domain_realm]
  localhost = ${REALM}
[logging]
  kdc = FILE:${join(folder, "kdc.log")}
`;
}

function kdcConf(folder: string, port: number): string {
  return `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${REALM} = {
    database_name = ${join(folder, "principal")}
    key_stash_file = ${join(folder, "stash")}
    acl_file = ${join(folder, "acl")}
    supported_enctypes = aes256-cts:normal
  }
`;
}

/** What a Java of this realm is started with. */
export function kerberosOptions({ conf }: Pick<Kdc, "conf">): string[] {
  return [`-Djava.security.krb5.conf=${conf}`];
}

/** A small HDFS that lets in whom the KDC knows. */
export interface SecuredHdfs {
  /** `hdfs://localhost:…` */
  files: string;
  /** The address of its WebHDFS. */
  web: string;
  /** The folder of its settings, for clients. */
  conf: string;
  stop(): Promise<void>;
}

// On a machine that has much else to do.
const START_WITHIN = 600_000;

/** Starts one, as `hdfs/localhost` and `HTTP/localhost` of a keytab. */
export async function startSecuredHdfs(folder: string, kdc: Kdc, keytab: string): Promise<SecuredHdfs> {
  const settings = readSettings();
  const { sparkHome, java } = await findInstalled(settings);
  const [port, rpcPort] = [await freePort(0), await freePort(0)];
  mkdirSync(folder, { recursive: true });
  const conf = writeHdfsConf({ folder, port, rpcPort });
  const client = {
    "fs.defaultFS": `hdfs://localhost:${rpcPort}`,
    "hadoop.security.authentication": "kerberos",
    "hadoop.security.authorization": "true",
  };
  const server = {
    ...client,
    "hadoop.tmp.dir": join(folder, "tmp"),
    "hadoop.proxyuser.hive.users": "*",
    "hadoop.proxyuser.hive.hosts": "*",
    "hadoop.http.authentication.type": "kerberos",
    "hadoop.http.authentication.kerberos.principal": `HTTP/localhost@${REALM}`,
    "hadoop.http.authentication.kerberos.keytab": keytab,
    "hadoop.http.authentication.simple.anonymous.allowed": "false",
  };
  writeFileSync(join(conf, "core-site.xml"), xmlSettings(server));
  const names = {
    "dfs.namenode.kerberos.principal": `hdfs/localhost@${REALM}`,
    "dfs.datanode.kerberos.principal": `hdfs/localhost@${REALM}`,
    "dfs.data.transfer.protection": "authentication",
  };
  const secured = {
    ...names,
    "dfs.namenode.rpc-address": `localhost:${rpcPort}`,
    "dfs.namenode.http-address": `localhost:${port}`,
    "dfs.namenode.name.dir": join(folder, "name"),
    "dfs.datanode.data.dir": join(folder, "data"),
    "dfs.datanode.address": "localhost:0",
    "dfs.datanode.http.address": "localhost:0",
    "dfs.datanode.ipc.address": "localhost:0",
    "dfs.datanode.hostname": "localhost",
    "dfs.replication": "1",
    "dfs.namenode.safemode.extension": "0",
    "dfs.namenode.safemode.min.datanodes": "1",
    "dfs.datanode.du.reserved": "0",
    "dfs.permissions.enabled": "false",
    "dfs.namenode.keytab.file": keytab,
    "dfs.datanode.keytab.file": keytab,
    "dfs.web.authentication.kerberos.principal": `HTTP/localhost@${REALM}`,
    "dfs.web.authentication.kerberos.keytab": keytab,
    "dfs.block.access.token.enable": "true",
    "ignore.secure.ports.for.testing": "true",
  };
  writeFileSync(join(conf, "hdfs-site.xml"), xmlSettings(secured));
  const log = openSync(join(folder, "hdfs.log"), "a", 0o600) as 3;
  const classPath = [conf, join(cacheLayout(settings.CACHE_DIR).hdfs, "*"), join(sparkHome, "jars", "*")].join(":");
  const main = [
    "org.codehaus.janino.SimpleCompiler",
    join(import.meta.dirname, "..", "..", "laptop", "servers", "SmallHdfs.java"),
    "SmallHdfs",
  ];
  const options = javaOptions({
    "spark.driver.memory": "384m",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
  });
  const started = execa(java, [...options, ...kerberosOptions(kdc), "-cp", classPath, ...main], {
    ...{ cwd: folder, reject: false, stdio: ["ignore", log, log], extendEnv: false },
    env: { PATH: process.env.PATH, HOME: folder },
  });
  // Its pages ask for a ticket as well: that the DataNode is there shows in its folder.
  const data = join(folder, "data", "current");
  await until(async () => {
    if (started.nodeChildProcess.exitCode !== null) throw new Error(`HDFS ended: see ${folder}/hdfs.log`);
    return existsSync(data) && readdirSync(data).some(name => name.startsWith("BP-")) && (await answers(port));
  }, START_WITHIN);
  const clients = join(folder, "client");
  mkdirSync(clients, { recursive: true });
  writeFileSync(join(clients, "core-site.xml"), xmlSettings(client));
  writeFileSync(join(clients, "hdfs-site.xml"), xmlSettings(names));
  return {
    ...{ files: `hdfs://localhost:${rpcPort}`, web: `http://localhost:${port}`, conf: clients },
    async stop() {
      started.kill("SIGTERM");
      await started;
    },
  };
}

/** The settings of a metastore that takes nobody without a ticket or a token, and keeps its tables in that HDFS. */
export function securedMetastore({ files }: SecuredHdfs, keytab: string): Record<string, string> {
  const places = ["hive.metastore.warehouse.dir", "metastore.warehouse.dir"].flatMap(name => [
    [name, `${files}/warehouse`],
    [name.replace("warehouse.dir", "warehouse.external.dir"), `${files}/warehouse`],
  ]);
  return {
    ...Object.fromEntries(places),
    "fs.defaultFS": files,
    "hadoop.security.authentication": "kerberos",
    "dfs.namenode.kerberos.principal": `hdfs/localhost@${REALM}`,
    "dfs.data.transfer.protection": "authentication",
    "hive.metastore.sasl.enabled": "true",
    "hive.metastore.kerberos.principal": `hive/localhost@${REALM}`,
    "hive.metastore.kerberos.keytab.file": keytab,
  };
}
