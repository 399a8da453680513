import { randomInt } from "node:crypto";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { jdkOf } from "../../cli/cluster-pack/archives.ts";
import type { KerberosSettings } from "../../connectors/kerberos/delegation-tokens.ts";
import { findInstalled } from "../../core/installed.ts";
import { readSettings } from "../../core/settings.ts";
import { killApplication } from "../../engines/run-script/application.ts";
import { freePort } from "../../laptop/ports.ts";
import { xmlSettings } from "../../laptop/servers/metastore.ts";
import { cacheLayout } from "../../setup/layout.mjs";
import { type Cluster, until } from "./cluster.ts";

/** What a small YARN is started with. */
export interface YarnOptions {
  /** The file system of the cluster, this machine's by default. */
  files?: string;
  /** The lines of `spark.conf` by which nodes come to Spark and Java; by default they use those of this machine. */
  lines?: readonly string[];
  /** What each node has for executors and masters of applications, four gigabytes by default. */
  megabytes?: number;
  /** How many nodes it has, one by default. */
  nodes?: number;
  /** Where it lets in only whom a KDC knows. */
  secured?: SecuredYarn;
}

/** What a YARN with Kerberos has beside a plain one. */
export interface SecuredYarn {
  /** Options of its JVM. */
  java: readonly string[];
  /** Settings of its file system, for its daemons and for clients. */
  core: Readonly<Record<string, string>>;
  /** The principals of its daemons, and their keytab. */
  site: Readonly<Record<string, string>>;
  /** Who ends an application. */
  own: Partial<KerberosSettings>;
}

// Guice defines classes by a method that Java 17 has closed.
const JAVA = [
  ...["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--add-opens=java.base/java.lang=ALL-UNNAMED"],
];

/** Starts a ResourceManager and NodeManagers of four cores each in one process; its files lie below `folder`. */
export async function startYarn(folder: string, options: YarnOptions = {}): Promise<Cluster> {
  const { files = "file:///", lines, megabytes = 4096, nodes = 1, secured } = options;
  const settings = readSettings();
  const { sparkHome, java } = await findInstalled(settings);
  const { hdfs, yarn } = cacheLayout(settings.CACHE_DIR);
  const conf = await writeConf(folder, secured?.core ?? { "fs.defaultFS": files }, megabytes, secured?.site);
  const list = join(folder, "applications");
  const log = openSync(join(folder, "yarn.log"), "a", 0o600) as 3;
  const classPath = [conf, ...[hdfs, yarn, join(sparkHome, "jars")].map(jars => join(jars, "*"))].join(":");
  const program = [
    "org.codehaus.janino.SimpleCompiler",
    join(import.meta.dirname, "SmallYarn.java"),
    ...["SmallYarn", list, String(nodes)],
  ];
  const daemon = execa(java, [...JAVA, ...(secured?.java ?? []), "-cp", classPath, ...program], {
    ...{ cwd: folder, reject: false, stdio: ["ignore", log, log], extendEnv: false },
    env: { PATH: process.env.PATH, HOME: process.env.HOME, JAVA_HOME: (await jdkOf(java)).home },
  });
  const applications = async () =>
    listed(list)
      .slice(1)
      .map(line => /^(\S+) (\S+) (.*)$/.exec(line) ?? [])
      .filter(([, , state = ""]) => /^(NEW|NEW_SAVING|SUBMITTED|ACCEPTED|RUNNING)$/.test(state))
      .map(([, id = "", , name = ""]) => ({ id, name }));
  await until(() => {
    if (daemon.nodeChildProcess.exitCode !== null) throw new Error(readFileSync(join(folder, "yarn.log"), "utf8"));
    return listed(list)[0] === `nodes ${nodes}`;
  });
  return {
    settings: { SPARK_MASTER: "yarn", HADOOP_CONF_DIR: conf },
    conf: [
      ...["spark.executor.instances 1", "spark.yarn.am.memory 384m", "spark.executor.memoryOverhead 256m"],
      ...(lines ?? [`spark.yarn.jars local:${join(sparkHome, "jars", "*")}`]),
    ],
    applications,
    // The REST API of the two in one process answers for the NodeManager alone.
    async kill(application) {
      const own = { CACHE_DIR: settings.CACHE_DIR, HADOOP_CONF_DIR: conf, ...secured?.own };
      const left = await killApplication(application, own);
      if (left) throw new Error(left);
    },
    async executors() {
      const { stdout } = await execa("pgrep", ["-af", `${folder}/.*YarnCoarseGrainedExecutorBackend`], {
        reject: false,
      });
      return stdout
        .split("\n")
        .filter(line => /^\d+ \S*java /.test(line))
        .map(line => Number.parseInt(line, 10));
    },
    async stop() {
      daemon.kill("SIGTERM");
      await daemon;
    },
  };
}

function listed(file: string): string[] {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n");
  } catch {
    return [];
  }
}

async function writeConf(
  folder: string,
  files: Readonly<Record<string, string>>,
  megabytes: number,
  principals: Readonly<Record<string, string>> | undefined,
): Promise<string> {
  const conf = join(folder, "hadoop");
  mkdirSync(conf);
  // Principals have the names of hosts.
  const host = principals ? "localhost" : "127.0.0.1";
  const core = { ...files, "hadoop.tmp.dir": join(folder, "tmp") };
  writeFileSync(join(conf, "core-site.xml"), xmlSettings(core));
  writeFileSync(join(conf, "hdfs-site.xml"), xmlSettings(files));
  writeFileSync(
    join(conf, "yarn-site.xml"),
    xmlSettings({ ...(await places(folder, host, megabytes)), ...principals }),
  );
  return conf;
}

async function places(folder: string, host: string, megabytes: number): Promise<Record<string, string>> {
  // Below those that the system gives to connections that go out.
  const here = async () => `${host}:${await freePort(randomInt(20_000, 30_000))}`;
  return {
    "yarn.resourcemanager.hostname": host,
    "yarn.resourcemanager.address": await here(),
    "yarn.resourcemanager.scheduler.address": await here(),
    "yarn.resourcemanager.resource-tracker.address": await here(),
    "yarn.resourcemanager.admin.address": await here(),
    "yarn.resourcemanager.webapp.address": await here(),
    "yarn.resourcemanager.scheduler.class":
      "org.apache.hadoop.yarn.server.resourcemanager.scheduler.fifo.FifoScheduler",
    // A node tells of itself every second, and nothing happens in between.
    "yarn.resourcemanager.nodemanagers.heartbeat-interval-ms": "200",
    "yarn.scheduler.minimum-allocation-mb": "128",
    "yarn.scheduler.maximum-allocation-mb": String(megabytes),
    "yarn.nodemanager.hostname": host,
    "yarn.nodemanager.bind-host": host,
    "yarn.nodemanager.address": await here(),
    "yarn.nodemanager.localizer.address": await here(),
    "yarn.nodemanager.webapp.address": await here(),
    "yarn.nodemanager.resource.memory-mb": String(megabytes),
    "yarn.nodemanager.resource.cpu-vcores": "4",
    "yarn.nodemanager.vmem-check-enabled": "false",
    "yarn.nodemanager.pmem-check-enabled": "false",
    "yarn.nodemanager.local-dirs": join(folder, "node"),
    "yarn.nodemanager.log-dirs": join(folder, "containers"),
    "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage": "99",
  };
}
