import { delimiter, join } from "node:path";
import { looksSecret } from "../../connectors/catalog-browser/allowed.ts";
import { hasKerberos } from "../../connectors/kerberos/delegation-tokens.ts";
import { kerberosConf } from "../../connectors/kerberos/spark-conf.ts";
import { javaOptions, krb5Option } from "../../connectors/spark/server/java.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { findInstalled } from "../../core/installed.ts";
import { type Settings, SettingsError } from "../../core/settings.ts";
import { readProperties } from "../../core/system/wildcard.ts";
import type { Command } from "./driver.ts";
import { usesHdfs } from "./places.ts";
import { handOver, scriptEnvironment, scriptsUser } from "./scripts-user.ts";

/** One script that is to be submitted: its file here, and what comes with it. */
export interface Submission {
  file: string;
  name: string;
  args: readonly string[];
  conf: Readonly<Record<string, string>>;
  /** The folder that it runs in. */
  cwd: string;
}

/**
 * How a script is submitted: by the spark-submit of the settings, else by the Spark that set-up has installed, started
 * without its launcher. spark-submit's own options end before the file, so that the script's arguments may be anything.
 */
export async function submitCommand(settings: Settings, submission: Submission): Promise<Command> {
  const user = scriptsUser(settings);
  const command = await commandOf(user ? withoutKeytab(settings) : settings, submission);
  if (!user) return command;
  const { file, cwd } = submission;
  const jars = command.env.SPARK_HOME && join(command.env.SPARK_HOME, "jars");
  handOver(user, [cwd, file], [command.program, ...(jars ? [jars] : [])]);
  return { ...command, user, env: scriptEnvironment(user, command.env, cwd) };
}

async function commandOf(settings: Settings, submission: Submission): Promise<Command> {
  const { file, name, args, conf, cwd } = submission;
  const rest = ["--name", name, ...confOptions(conf), file, ...args];
  if (settings.SPARK_SUBMIT) {
    const master = settings.SPARK_MASTER ? ["--master", settings.SPARK_MASTER] : [];
    const env = { ...clusterEnvironment(settings), ...krb5Environment() };
    return { program: settings.SPARK_SUBMIT, args: [...master, ...keytabOptions(settings), ...rest], env, cwd };
  }
  needSubmit(settings);
  const { sparkHome, java, classArchive } = await findInstalled(settings);
  const master = settings.SPARK_MASTER ?? "local[*]";
  const own = {
    ...kerberosConf(settings),
    ...(master.startsWith("local") ? localConf(settings) : clusterConf(settings)),
  };
  const env = clusterEnvironment(settings);
  const cluster = [env.HADOOP_CONF_DIR, env.YARN_CONF_DIR].filter(Boolean);
  const folders = [join(sparkHome, "conf"), ...cluster];
  return {
    program: java,
    args: [
      ...javaOptions({ ...own, ...conf, "spark.driver.extraJavaOptions": QUICK_START }),
      ...krb5Option(env),
      // Java takes the archive only with the class path that it was made with.
      ...(classArchive && cluster.length === 0 ? [`-XX:SharedArchiveFile=${classArchive}`] : []),
      ...["-cp", [...folders, join(sparkHome, "jars", "*")].join(delimiter)],
      ...["org.apache.spark.deploy.SparkSubmit", "--master", master],
      ...[...confOptions(own), ...rest],
    ],
    env: {
      ...env,
      SPARK_HOME: sparkHome,
      ...(master.startsWith("local") && { SPARK_LOCAL_IP: "127.0.0.1" }),
    },
    cwd,
  };
}

/** Throws a SettingsError where no Spark is known that a script could be submitted to. */
export function needSubmit({ SPARK_SUBMIT, SPARK_REMOTE, SPARK_MASTER, SPARK_HOME }: Settings): void {
  if (SPARK_REMOTE && !SPARK_SUBMIT && !SPARK_MASTER && !SPARK_HOME)
    throw new SettingsError(
      "Scripts need a Spark to be submitted to, and SPARK_REMOTE is none: write SPARK_SUBMIT=/opt/spark/bin/spark-submit and SPARK_MASTER=yarn (or spark://…, k8s://…) into .env.",
    );
}

// The keytab opens all that the portal may do, to whoever reads it: that user logs in by itself.
function withoutKeytab(settings: Settings): Settings {
  return { ...settings, SPARK_KERBEROS_PRINCIPAL: undefined, SPARK_KERBEROS_KEYTAB: undefined };
}

// Of a Spark of any version: 2.4 has other settings for it.
function keytabOptions(settings: Settings): string[] {
  const { SPARK_KERBEROS_PRINCIPAL: principal = "", SPARK_KERBEROS_KEYTAB: keytab = "" } = settings;
  return hasKerberos(settings) ? ["--principal", principal, "--keytab", keytab] : [];
}

/** What tells any Java that is started where Kerberos is set up, where KRB5_CONFIG says it. */
export function krb5Environment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const options = krb5Option(from);
  return options.length > 0 ? { JAVA_TOOL_OPTIONS: options.join(" ") } : {};
}

/** What the cluster's own tools and a driver are run with, where the settings name the cluster. */
export function clusterEnvironment({
  HADOOP_CONF_DIR: folder,
}: Pick<Settings, "HADOOP_CONF_DIR">): Record<string, string> {
  return { ...environment(), ...(folder && { HADOOP_CONF_DIR: folder }) };
}

/** Where the cluster's own tools find what Spark finds: what `yarn` and `spark-submit` are run with. */
export function environment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const given = PASSED.flatMap(name => (from[name] ? [[name, from[name]] as const] : []));
  // A Java without a language takes every letter outside ASCII for a question mark.
  return {
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    PYTHONUNBUFFERED: "1",
    PYTHONIOENCODING: "utf-8",
    ...Object.fromEntries(given),
  };
}

// All that a script may know of our environment: no setting of the portal, and so no secret of it.
const PASSED = [
  ...["PATH", "HOME", "USER", "TZ", "TMPDIR", "JAVA_HOME", "PYSPARK_PYTHON", "PYSPARK_DRIVER_PYTHON"],
  ...["HADOOP_HOME", "HADOOP_CONF_DIR", "YARN_CONF_DIR", "SPARK_CONF_DIR", "HADOOP_USER_NAME"],
  ...["KRB5_CONFIG", "KRB5CCNAME", "KUBECONFIG"],
];

// Half the processor time for a start, on a machine that has few processors.
const QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

// On this machine: no page of its own, an application id that we know, and, as on a cluster, its HDFS and its Hive.
function localConf(settings: Settings): Record<string, string> {
  const { hdfs, metastore } = readEndpoints(settings);
  const ownHdfs = hdfs && !settings.WEBHDFS_URL && usesHdfs(settings);
  const hive = settings.HIVE_METASTORE_URI ?? metastore?.url;
  return {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    // A local Spark that lets a task wait for a nearer place is never woken to start it.
    "spark.locality.wait": "0s",
    "spark.test.appId": `local-${Date.now()}`,
    ...(ownHdfs && { "spark.hadoop.fs.defaultFS": hdfs.files }),
    ...(hive && { "spark.hadoop.hive.metastore.uris": hive }),
  };
}

// The lines for the worker's own Spark are about the same cluster. Arguments are open to every user of the machine.
function clusterConf({ SPARK_CONF_FILE: file }: Settings): Record<string, string> {
  if (!file) return {};
  try {
    return Object.fromEntries(Object.entries(readProperties(file)).filter(([key]) => !looksSecret(key)));
  } catch (error) {
    throw new SettingsError(`SPARK_CONF_FILE=${file} can't be read: ${(error as Error).message}`);
  }
}

function confOptions(conf: Readonly<Record<string, string>>): string[] {
  return Object.entries(conf).flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
}
