import { existsSync, mkdirSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { until } from "../../../bench/measuring/cluster.ts";
import { javaOptions } from "../../../connectors/spark/server/java.ts";
import { findInstalled } from "../../../core/installed.ts";
import { readSettings } from "../../../core/settings.ts";
import { answers, freePort } from "../../../laptop/ports.ts";
import { writeHdfsConf } from "../../../laptop/servers/hdfs-conf.ts";
import { xmlSettings } from "../../../laptop/servers/metastore.ts";
import { cacheLayout } from "../../../setup/layout.mjs";
import type { Authority } from "../../authority.ts";
import { type Kdc, kerberosOptions, REALM } from "./kdc.ts";

/** A small HDFS that lets in whom the KDC knows. */
export interface SecuredHdfs {
  /** `hdfs://localhost:…` */
  files: string;
  /** The address of its WebHDFS, and the same over TLS. */
  web: string;
  tlsWeb: string;
  /** The folder of its settings, for clients. */
  conf: string;
  /** The same as settings, for a daemon that is a client of it. */
  client: Record<string, string>;
  stop(): Promise<void>;
}

/** Two NameNodes of one cluster, of which one is active, with a DataNode. */
export interface TwoNameNodes {
  /** The addresses of their WebHDFS. */
  webs: readonly [string, string];
  activate(which: 0 | 1): Promise<void>;
  stop(): Promise<void>;
}

// On a machine that has much else to do.
const START_WITHIN = 600_000;
const STORE_PASSWORD = "of-a-test";

/** Starts one, as `hdfs/localhost` and `HTTP/localhost` of a keytab; its pages also over TLS, by a certificate of the authority. */
export async function startSecuredHdfs(
  folder: string,
  kdc: Kdc,
  { keytab, authority }: { keytab: string; authority: Authority },
): Promise<SecuredHdfs> {
  const [port, tlsPort, rpcPort] = [await freePort(0), await freePort(0), await freePort(0)];
  mkdirSync(folder, { recursive: true });
  const conf = writeHdfsConf({ folder, port, rpcPort });
  const core = { "fs.defaultFS": `hdfs://localhost:${rpcPort}`, ...CLIENT };
  const proxies = { "hadoop.proxyuser.hive.users": "*", "hadoop.proxyuser.hive.hosts": "*" };
  writeFileSync(join(conf, "core-site.xml"), xmlSettings({ ...core, ...serverCore(folder, keytab), ...proxies }));
  const places = {
    "dfs.namenode.rpc-address": `localhost:${rpcPort}`,
    "dfs.namenode.http-address": `localhost:${port}`,
    "dfs.namenode.https-address": `localhost:${tlsPort}`,
    "dfs.http.policy": "HTTP_AND_HTTPS",
    "dfs.namenode.name.dir": join(folder, "name"),
    "dfs.datanode.data.dir": join(folder, "data"),
    "dfs.datanode.https.address": "localhost:0",
  };
  writeFileSync(join(conf, "hdfs-site.xml"), xmlSettings({ ...NAMES, ...serverSite(keytab), ...places }));
  await writeKeyStore(conf, folder, authority);
  const main = [join(import.meta.dirname, "..", "..", "..", "laptop", "servers", "SmallHdfs.java"), "SmallHdfs"];
  const { started, stop } = await startJava(folder, { kdc, conf, main });
  // Its pages ask for a ticket as well: that the DataNode is there shows in its folder.
  const data = join(folder, "data", "current");
  await until(async () => {
    if (started.nodeChildProcess.exitCode !== null) throw new Error(`HDFS ended: see ${folder}/hdfs.log`);
    return existsSync(data) && readdirSync(data).some(name => name.startsWith("BP-")) && (await answers(port));
  }, START_WITHIN);
  const clients = join(folder, "client");
  mkdirSync(clients, { recursive: true });
  writeFileSync(join(clients, "core-site.xml"), xmlSettings(core));
  writeFileSync(join(clients, "hdfs-site.xml"), xmlSettings(NAMES));
  return {
    ...{ files: core["fs.defaultFS"], web: `http://localhost:${port}`, tlsWeb: `https://localhost:${tlsPort}` },
    ...{ conf: clients, client: { ...core, ...NAMES }, stop },
  };
}

/** Starts two NameNodes that share their edits in a folder, the first of them active. */
export async function startTwoNameNodes(folder: string, kdc: Kdc, keytab: string): Promise<TwoNameNodes> {
  const ports = [await freePort(0), await freePort(0)] as const;
  const conf = join(folder, "conf");
  mkdirSync(conf, { recursive: true });
  writeFileSync(join(conf, "core-site.xml"), xmlSettings({ ...CLIENT, ...serverCore(folder, keytab) }));
  writeFileSync(join(conf, "hdfs-site.xml"), xmlSettings({ ...NAMES, ...serverSite(keytab) }));
  const active = join(folder, "active");
  const main = [
    ...[join(import.meta.dirname, "TwoNameNodes.java"), "TwoNameNodes"],
    ...[join(folder, "cluster"), ...ports.map(String), active],
  ];
  const { started, stop } = await startJava(folder, { kdc, conf, main });
  const activate = async (which: 0 | 1) => {
    started.nodeChildProcess.stdin?.write(`${which}\n`);
    await until(() => existsSync(`${active}-${which}`));
  };
  await until(async () => {
    if (started.nodeChildProcess.exitCode !== null) throw new Error(`HDFS ended: see ${folder}/hdfs.log`);
    return existsSync(`${active}-0`) && (await answers(ports[1]));
  }, START_WITHIN);
  const [first, second] = ports;
  return { webs: [`http://localhost:${first}`, `http://localhost:${second}`], activate, stop };
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

const CLIENT = { "hadoop.security.authentication": "kerberos", "hadoop.security.authorization": "true" };

const NAMES = {
  "dfs.namenode.kerberos.principal": `hdfs/localhost@${REALM}`,
  "dfs.datanode.kerberos.principal": `hdfs/localhost@${REALM}`,
  "dfs.data.transfer.protection": "authentication",
};

function serverCore(folder: string, keytab: string): Record<string, string> {
  return {
    "hadoop.tmp.dir": join(folder, "tmp"),
    "hadoop.http.authentication.type": "kerberos",
    "hadoop.http.authentication.kerberos.principal": `HTTP/localhost@${REALM}`,
    "hadoop.http.authentication.kerberos.keytab": keytab,
    "hadoop.http.authentication.simple.anonymous.allowed": "false",
  };
}

function serverSite(keytab: string): Record<string, string> {
  return {
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
}

async function writeKeyStore(conf: string, folder: string, authority: Authority): Promise<void> {
  const { cert, key } = await authority.sign(["localhost"]);
  const store = join(folder, "key-store.p12");
  const password = `pass:${STORE_PASSWORD}`;
  await execa("openssl", ["pkcs12", "-export", "-in", cert, "-inkey", key, "-out", store, "-passout", password]);
  const tls = {
    "ssl.server.keystore.location": store,
    "ssl.server.keystore.type": "PKCS12",
    "ssl.server.keystore.password": STORE_PASSWORD,
    "ssl.server.keystore.keypassword": STORE_PASSWORD,
  };
  writeFileSync(join(conf, "ssl-server.xml"), xmlSettings(tls));
}

async function startJava(folder: string, { kdc, conf, main }: { kdc: Kdc; conf: string; main: readonly string[] }) {
  const settings = readSettings();
  const { sparkHome, java } = await findInstalled(settings);
  const log = openSync(join(folder, "hdfs.log"), "a", 0o600) as 3;
  const classPath = [conf, join(cacheLayout(settings.CACHE_DIR).hdfs, "*"), join(sparkHome, "jars", "*")].join(":");
  const options = javaOptions({
    "spark.driver.memory": "384m",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
  });
  const compile = ["org.codehaus.janino.SimpleCompiler", ...main];
  const started = execa(java, [...options, ...kerberosOptions(kdc), "-cp", classPath, ...compile], {
    ...{ cwd: folder, reject: false, stdio: ["pipe", log, log], extendEnv: false },
    env: { PATH: process.env.PATH, HOME: folder },
  });
  return {
    started,
    async stop() {
      started.kill("SIGTERM");
      await started;
    },
  };
}
